package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Page;
import dev.sallyport.it.harness.Chromium;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.TokenResponse;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How people ask for a privilege during a login, and get back to the application with it. */
@SallyportTest
class ElevationFlowIT {

    private static final String REASON = "Repair the booking of last night";

    private static final String ACRS = "{\"reading\":\"reader\"}";

    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server, r -> r.group("/dba")
                .clientRole("ledger", "reader")
                .clientRole("ledger", "writer")
                .user("bob", u -> u.password(GuardedRealm.PASSWORD))
                .user("carol", u -> u.password(GuardedRealm.PASSWORD))
                .user("dora", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("emil", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("fred", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("gina", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("hana", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("ivan", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("jana", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("kurt", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("lena", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("mia", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("nils", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("olga", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .client("terminal", c -> c.publicClient().with(client -> client.getAttributes()
                        .put("oauth2.device.authorization.grant.enabled", "true")))
                .with(realm -> {
                    realm.setInternationalizationEnabled(true);
                    realm.setSupportedLocales(Set.of("en", "de"));
                    realm.setDefaultLocale("en");
                    realm.getAttributes().put("sallyport.elevationAcr", ACRS);
                }));
        guarded.realm().client("portal", c -> c.publicClient().optionalScope("sallyport"));
        privilege("reader", "\"eligible\":{\"groups\":[\"/dba\"],\"users\":[\"ann\",\"ben\"]}", """
                "maxDuration":"PT4H","defaultDuration":"PT1H","justification":"^.{10,}$\"""", "");
        privilege("writer", "\"eligible\":{\"groups\":[\"/dba\"],\"users\":[\"ann\"]}", """
                "maxDuration":"PT2H","defaultDuration":"PT1H\"""", """
                ,"approval":{"count":1,"approvers":{"users":["bob"]}}""");
        privilege("strong", "\"eligible\":{\"users\":[\"ann\",\"ben\"]}", """
                "maxDuration":"PT2H","defaultDuration":"PT1H","acr":"2\"""", "");
    }

    private static void urgentPrivilege() {
        privilege("urgent", "\"eligible\":{\"groups\":[\"/dba\"]}", """
                "maxDuration":"PT2H","defaultDuration":"PT1H","acr":"2\"""", """
                ,"approval":{"count":1,"approvers":{"users":["bob"]}},
                 "emergency":{"eligible":{"users":["ben"]},"maxDuration":"PT15M","perDay":3,
                              "officers":{"users":["carol"]}}""");
    }

    private static void privilege(String name, String eligible, String activation, String more) {
        var role = name.equals("reader") ? "reader" : "writer";
        guarded.realm()
                .api()
                .post("/privileges", """
                        {"name":"%s","displayName":"Ledger %s","mode":"token",
                         "grants":{"clientRoles":{"ledger":["%s"]}},%s,"activation":{%s}%s}""".formatted(name, name, role, eligible, activation, more))
                .expect(201);
    }

    @Test
    void scopeLeadsToTheFormAndBackWithTheRole(Chromium chromium) {
        var page = login(chromium.page(), "dora", "elevate:reader");
        assertThat(page.locator("h1").innerText()).contains("Ledger reader");
        assertThat(page.locator("#sallyport-grants").innerText()).contains("reader in ledger");

        page.locator("#sallyport-justification").fill(REASON);
        page.locator("#sallyport-ask").click();

        var tokens = returned(page);
        assertThat(roles(tokens)).contains("reader");
        assertThat(tokens.claims().path("scope").asText()).doesNotContain("elevate");
        assertThat(elevations("dora").get(0).path("justification").asText()).isEqualTo(REASON);
    }

    @Test
    void reasonThatIsNotEnoughIsToldWhereItWasEntered(Chromium chromium) {
        var page = login(chromium.page(), "emil", "elevate:reader");

        page.locator("#sallyport-justification").fill("short");
        page.locator("#sallyport-ask").click();

        assertThat(page.locator("#sallyport-fault").innerText()).contains("^.{10,}$");
        assertThat(page.locator("#sallyport-justification").inputValue()).isEqualTo("short");
        assertThat(elevations("emil", "reader")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void waitingPageFollowsTheApprovalByItself(boolean javaScript, Chromium chromium) {
        var username = javaScript ? "fred" : "gina";
        var page = login(
                javaScript ? chromium.page() : chromium.page(o -> o.withoutJavaScript()), username, "elevate:writer");
        assertThat(page.locator("#sallyport-approvers").innerText()).contains("bob");
        page.locator("#sallyport-ask").click();
        page.locator("#sallyport-waiting").waitFor();

        decide(username, "approve", "");

        assertThat(roles(returned(page))).contains("writer");
    }

    @Test
    void denialIsShownWithItsCommentAndTheUserGoesOnWithout(Chromium chromium) {
        var page = login(chromium.page(), "hana", "elevate:writer");
        page.locator("#sallyport-ask").click();
        page.locator("#sallyport-waiting").waitFor();

        decide("hana", "deny", "Not <b>tonight</b>");
        page.locator("#sallyport-not-elevated").waitFor();
        assertThat(page.locator(".sallyport-comment").innerText()).isEqualTo("bob: Not <b>tonight</b>");
        assertAccessible(page);
        page.locator("#sallyport-without").click();

        assertThat(roles(returned(page))).doesNotContain("writer");
    }

    @Test
    void requestIsCancelledOnTheWaitingPage(Chromium chromium) {
        var page = login(chromium.page(), "ivan", "elevate:writer");
        page.locator("#sallyport-ask").click();
        page.locator("#sallyport-waiting").waitFor();
        assertAccessible(page);

        page.locator("#sallyport-cancel").click();

        assertThat(roles(returned(page))).doesNotContain("writer");
        assertThat(elevations("ivan").get(0).path("status").asText()).isEqualTo("cancelled");
    }

    @Test
    void formIsUsedByKeyboardAlone(Chromium chromium) {
        var page = login(chromium.page(), "ivan", "elevate:reader");
        assertAccessible(page);

        page.locator("#sallyport-justification").focus();
        page.keyboard().type(REASON);
        page.keyboard().press("Tab");
        page.keyboard().press("ArrowUp");
        page.keyboard().press("Tab");
        page.keyboard().press("Enter");

        assertThat(roles(returned(page))).contains("reader");
        assertThat(elevations("ivan", "reader").get(0).path("status").asText()).isEqualTo("active");
    }

    @Test
    void pageSpeaksGerman(Chromium chromium) {
        var page = login(chromium.page(options -> options.locale("de-DE")), "emil", "elevate:reader");

        assertThat(page.locator("body").innerText()).contains("Begründung", "Ohne ihn fortfahren");
        assertThat(page.content()).doesNotContain("sallyport.elevation.");
    }

    @Test
    void whoMayNotAskIsToldAndGoesOnWithout() {
        var ledger = guarded.ledger();

        var page = ledger.login("carol", GuardedRealm.PASSWORD, scope("elevate:reader"))
                .page();
        assertThat(page.text()).contains("There is no elevated access of this name");
        var tokens = ledger.exchange(ledger.submit(page, Map.of("choice", "without")));

        assertThat(roles(tokens)).doesNotContain("reader");
        assertThat(elevations("carol")).isEmpty();
    }

    @Test
    void scopeWithoutItsPrivilegeIsNoScope() {
        assertThat(guarded.ledger().authorize(scope("elevate:nothing")).error()).isEqualTo("invalid_scope");
    }

    @Test
    void reentryAsksWithoutAPasswordAndSilentlyOnlyWhileItIsInEffect() {
        var wiki = guarded.wiki();
        wiki.tokens("ann", GuardedRealm.PASSWORD);
        var ledger = wiki.client("ledger");
        var silent = Map.of("scope", "openid elevate:reader", "prompt", "none");
        assertThat(ledger.authorize(silent).error()).isEqualTo("interaction_required");

        var page = ledger.authorize(scope("elevate:reader")).page();
        assertThat(page.asksFor("password")).isFalse();
        var tokens = ledger.exchange(
                ledger.submit(page, Map.of("choice", "request", "justification", REASON, "duration", "PT1H")));

        assertThat(roles(tokens)).contains("reader");
        assertThat(roles(ledger.exchange(ledger.authorize(silent)))).contains("reader");
        assertThat(roles(ledger.exchange(ledger.authorize(scope("elevate:reader")))))
                .contains("reader");
    }

    @Test
    void elevationOfOneSessionIsNotThatOfAnother() {
        var first = guarded.ledger();
        elevate(first, "ann", "reader");

        var page = guarded.ledger()
                .login("ann", GuardedRealm.PASSWORD, scope("elevate:reader"))
                .page();

        assertThat(page.document().selectFirst("#sallyport-request")).isNotNull();
    }

    @Test
    void acrThatTheRealmMapsAsksToo() {
        var page = guarded.ledger()
                .login("emil", GuardedRealm.PASSWORD, Map.of("acr_values", "reading"))
                .page();

        assertThat(page.text()).contains("Ledger reader");
    }

    @Test
    void strengthThatThePrivilegeNeedsIsAskedForBeforeTheForm() {
        var ledger = guarded.ledger();

        var page = ledger.login("ben", GuardedRealm.PASSWORD, scope("elevate:strong"))
                .page();
        assertThat(page.asksFor("otp")).isTrue();
        var form = ledger.submitOtp(page, GuardedRealm.OTP_SECRET).page();
        var tokens = ledger.exchange(ledger.submit(form, Map.of("choice", "request", "duration", "PT1H")));

        assertThat(roles(tokens)).contains("writer");
        assertThat(tokens.claims().path("acr").asText()).isEqualTo("2");
    }

    @Test
    void secondFactorThatIsStillToBeSetUpElevatesNobody() {
        var ledger = guarded.ledger();

        var page = ledger.login("ann", GuardedRealm.PASSWORD, scope("elevate:strong"))
                .page();
        assertThat(page.text()).contains("Strength of the sign-in");
        var again = ledger.submit(page, Map.of("choice", "request", "duration", "PT1H"))
                .page();

        assertThat(again.text()).contains("Strength of the sign-in");
        assertThat(elevations("ann", "strong")).isEmpty();
    }

    @Test
    void reentryIsSteppedUpForThePrivilege() {
        var wiki = guarded.wiki();
        wiki.tokens("ben", GuardedRealm.PASSWORD);
        var ledger = wiki.client("ledger");

        var page = ledger.authorize(scope("elevate:strong")).page();
        assertThat(page.asksFor("otp")).isTrue();
        var form = ledger.submitOtp(page, GuardedRealm.OTP_SECRET).page();

        assertThat(roles(ledger.exchange(ledger.submit(form, Map.of("choice", "request", "duration", "PT1H")))))
                .contains("writer");
    }

    @Test
    void applicationStartsTheRequestAsAnAction() {
        var ledger = guarded.ledger();
        var action = Map.of("kc_action", "sallyport-elevate:reader");

        var form = ledger.login("dora", GuardedRealm.PASSWORD, action).page();
        assertThat(form.text()).contains("Ledger reader");
        var outcome = (OidcClient.Returned)
                ledger.submit(form, Map.of("choice", "request", "justification", REASON, "duration", "PT1H"));

        assertThat(outcome.parameters()).containsEntry("kc_action_status", "success");
        assertThat(roles(ledger.exchange(outcome))).contains("reader");
    }

    @Test
    void actionThatTheUserLeavesIsCancelled() {
        var ledger = guarded.ledger();

        var form = ledger.login("emil", GuardedRealm.PASSWORD, Map.of("kc_action", "sallyport-elevate:reader"))
                .page();
        var outcome = (OidcClient.Returned) ledger.submit(form, Map.of("choice", "without"));

        assertThat(outcome.parameters()).containsEntry("kc_action_status", "cancelled");
        assertThat(roles(ledger.exchange(outcome))).doesNotContain("reader");
    }

    @Test
    void actionWaitsForApprovalToo(Chromium chromium) {
        var page = chromium.page();
        page.navigate(guarded.realm().authorizationUrl("ledger") + "&kc_action=sallyport-elevate:writer");
        enter(page, "emil");
        page.locator("#sallyport-ask").click();
        page.locator("#sallyport-waiting").waitFor();

        decide("emil", "approve", "");

        assertThat(roles(returned(page))).contains("writer");
    }

    @Test
    void administratorInTheUsersPlaceAsksForNothing() {
        var ledger = guarded.ledger();
        var administrator = guarded.realm().server().admin().tokenManager().getAccessTokenString();
        assertThat(ledger.impersonate(guarded.realm().userId("olga"), administrator))
                .isEqualTo(200);

        var page = ledger.authorize(scope("elevate:reader")).page();
        assertThat(page.document().selectFirst("#sallyport-ask")).isNull();
        ledger.submit(page, Map.of("choice", "request", "justification", REASON, "duration", "PT1H"));

        assertThat(elevations("olga")).isEmpty();
    }

    @Test
    void formNamesNothingThatItsReaderMayNotHave() {
        var ledger = guarded.ledger();
        var form = ledger.login("emil", GuardedRealm.PASSWORD, scope("elevate:reader"))
                .page();

        var forged = Map.of(
                "choice",
                "request",
                "justification",
                REASON,
                "duration",
                "PT1H",
                "privilege",
                "strong",
                "emergency",
                "true");
        ledger.submit(form, forged);

        assertThat(elevations("emil", "strong")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT100H", "-PT1H", "P1000000000D", "forever", ""})
    void lengthThatIsNotOfferedIsRefused(String duration) {
        var ledger = guarded.ledger();
        var form = ledger.login("hana", GuardedRealm.PASSWORD, scope("elevate:reader"))
                .page();

        var again = ledger.submit(form, Map.of("choice", "request", "justification", REASON, "duration", duration));

        assertThat(again.page().text()).contains("Choose one of the lengths of time.");
        assertThat(elevations("hana", "reader")).isEmpty();
    }

    @Test
    void emergencySkipsTheApprovalAndAnOfficerReviewsItWhereTheLinkLeads() {
        urgentPrivilege();
        var ledger = guarded.ledger();
        var form = ledger.submitOtp(
                        ledger.login("ben", GuardedRealm.PASSWORD, scope("elevate:urgent"))
                                .page(),
                        GuardedRealm.OTP_SECRET)
                .page();
        assertThat(form.document().select("#sallyport-emergency option").eachAttr("value"))
                .containsExactly("PT15M");
        var tokens = ledger.exchange(
                ledger.submit(form, Map.of("choice", "emergency", "emergencyDuration", "PT15M", "duration", "PT2H")));
        assertThat(roles(tokens)).contains("writer");
        var emergency = elevations("ben", "urgent").get(0);
        assertThat(emergency.path("emergency").asBoolean()).isTrue();

        var officer = guarded.wiki();
        officer.tokens("carol", GuardedRealm.PASSWORD);
        var link = guarded.realm().issuer() + "/sallyport/approvals/"
                + emergency.path("id").asText();
        var page = officer.open(link).page();
        officer.submit(page, Map.of("choice", "misuse", "comment", "Nothing was broken"));

        var review = elevations("ben", "urgent").get(0).path("review");
        assertThat(review.path("outcome").asText()).isEqualTo("misuse");
    }

    @Test
    void emergencyIsNotToBeHadWhereNoneIsOffered() {
        var ledger = guarded.ledger();
        var form = ledger.login("hana", GuardedRealm.PASSWORD, scope("elevate:writer"))
                .page();

        ledger.submit(form, Map.of("choice", "emergency", "emergencyDuration", "PT15M"));

        assertThat(elevations("hana", "writer"))
                .noneMatch(elevation -> elevation.path("emergency").asBoolean());
    }

    @Test
    void formOfOneBrowserIsRefusedInAnother() {
        var ledger = guarded.ledger();
        var form = ledger.login("emil", GuardedRealm.PASSWORD, scope("elevate:reader"))
                .page();
        var fields = Map.of("choice", "request", "justification", REASON, "duration", "PT1H");
        var before = elevations("emil").size();

        var other = guarded.ledger();
        other.login("gina", GuardedRealm.PASSWORD, scope("elevate:reader"));
        other.submit(form, fields);
        guarded.ledger().submit(form, fields);

        assertThat(elevations("emil")).hasSize(before);
        assertThat(elevations("gina", "reader")).isEmpty();
    }

    @Test
    void formOfOneTabIsRefusedInAnother() {
        var first = guarded.ledger();
        var form = first.login("gina", GuardedRealm.PASSWORD, scope("elevate:reader"))
                .page();
        var second = first.client("wiki");
        var other = second.login("gina", GuardedRealm.PASSWORD, scope("elevate:reader"));
        var action = form.document().selectFirst("form[method=post]").absUrl("action");
        var tab = tab(other.page().document().selectFirst("form[method=post]").absUrl("action"));

        second.post(
                action.replaceAll("tab_id=[^&]*", "tab_id=" + tab),
                Map.of("choice", "request", "justification", REASON, "duration", "PT1H"));

        assertThat(elevations("gina", "reader")).isEmpty();
    }

    @Test
    void whatOneLoginAskedForIsNotForTheSessionThatAnotherMakesInTheSameBrowser() {
        var first = guarded.ledger();
        var form = first.login("jana", GuardedRealm.PASSWORD, scope("elevate:writer"))
                .page();
        first.submit(form, Map.of("choice", "request", "justification", REASON, "duration", "PT1H"));
        var second = first.client("ledger");
        var tokens = second.tokens("jana", GuardedRealm.PASSWORD);

        decide("jana", "approve", "");

        var elevation = elevations("jana", "writer").get(0);
        assertThat(elevation.path("status").asText()).isEqualTo("active");
        assertThat(elevation.path("sessionId").asText())
                .isEqualTo(tokens.claims().path("sid").asText());
        assertThat(roles(second.refresh(tokens.refreshToken()))).doesNotContain("writer");
    }

    @Test
    void whatWasGrantedForLaterIsUsedByAButtonAndNotByTheVisit() {
        var portal = guarded.realm().oidc("portal");
        var tokens = portal.exchange(portal.login("kurt", GuardedRealm.PASSWORD, scope("sallyport")));
        guarded.realm()
                .publicApi()
                .as(tokens.accessToken())
                .post("/elevations", "{\"privilege\":\"writer\",\"justification\":\"" + REASON + "\"}")
                .expect(201);
        portal.logout(tokens.refreshToken());
        decide("kurt", "approve", "");
        var ledger = guarded.ledger();

        var page = ledger.login("kurt", GuardedRealm.PASSWORD, scope("elevate:writer"))
                .page();
        assertThat(page.document().selectFirst("#sallyport-activate")).isNotNull();
        assertThat(elevations("kurt", "writer").get(0).path("status").asText()).isEqualTo("scheduled");

        assertThat(roles(ledger.exchange(ledger.submit(page, Map.of("choice", "activate")))))
                .contains("writer");
    }

    /** What the user of a terminal does in a browser, up to the form. */
    private static OidcClient.Page atTheForm(OidcClient browser, TokenResponse asked, String username) {
        var login = browser.open(asked.body().path("verification_uri_complete").asText())
                .page();
        return browser.submit(login, Map.of("username", username, "password", GuardedRealm.PASSWORD))
                .page();
    }

    private static TokenResponse askFromTerminal(String scope) {
        return guarded.realm()
                .oidc("terminal")
                .request("/protocol/openid-connect/auth/device", Map.of("scope", "openid " + scope));
    }

    private static TokenResponse collect(TokenResponse asked) {
        return guarded.realm()
                .oidc("terminal")
                .token(Map.of(
                        "grant_type",
                        "urn:ietf:params:oauth:grant-type:device_code",
                        "device_code",
                        asked.body().path("device_code").asText()));
    }

    @Test
    void deviceGrantShowsTheFormInTheBrowserAndElevatesThatSessionAlone() {
        var asked = askFromTerminal("elevate:reader");
        var browser = guarded.realm().oidc("terminal");
        var form = atTheForm(browser, asked, "lena");
        assertThat(form.text()).contains("Ledger reader");
        assertThat(elevations("lena")).isEmpty();

        var consent = browser.submit(form, Map.of("choice", "request", "justification", REASON, "duration", "PT1H"))
                .page();
        browser.submit(consent, Map.of("accept", "Yes"));
        var tokens = collect(asked);

        assertThat(roles(tokens)).contains("reader");
        assertThat(elevations("lena").get(0).path("sessionId").asText())
                .isEqualTo(tokens.claims().path("sid").asText());
        var other = askFromTerminal("");
        var elsewhere = guarded.realm().oidc("terminal");
        elsewhere.submit(atTheForm(elsewhere, other, "lena"), Map.of("accept", "Yes"));
        assertThat(roles(collect(other))).doesNotContain("reader");
    }

    @Test
    void deviceGrantOfWhoGoesOnWithoutItCarriesNothing() {
        var asked = askFromTerminal("elevate:reader");
        var browser = guarded.realm().oidc("terminal");
        var form = atTheForm(browser, asked, "mia");

        var consent = browser.submit(form, Map.of("choice", "without")).page();
        browser.submit(consent, Map.of("accept", "Yes"));
        var tokens = collect(asked);

        assertThat(tokens.status()).isEqualTo(200);
        assertThat(roles(tokens)).doesNotContain("reader");
        assertThat(elevations("mia")).isEmpty();
    }

    @Test
    void requestOutlivesTheLoginThatTimedOutOnTheWaitingPage() {
        guarded.change(realm -> {
            realm.setAccessCodeLifespanLogin(4);
            realm.setAccessCodeLifespanUserAction(4);
        });
        var ledger = guarded.ledger();
        var form = ledger.login("nils", GuardedRealm.PASSWORD, scope("elevate:writer"))
                .page();
        var waiting = ledger.submit(form, Map.of("choice", "request", "justification", REASON, "duration", "PT1H"))
                .page();
        assertThat(waiting.document().selectFirst("#sallyport-waiting")).isNotNull();
        await().pollDelay(Duration.ofSeconds(6)).until(() -> true);

        var late = ledger.submit(waiting, Map.of("choice", "cancel")).page();
        guarded.change(realm -> {
            realm.setAccessCodeLifespanLogin(1_800);
            realm.setAccessCodeLifespanUserAction(300);
        });

        assertThat(late.asksFor("password")).isTrue();
        assertThat(elevations("nils").get(0).path("status").asText()).isEqualTo("pending");
        decide("nils", "approve", "");
        assertThat(elevations("nils")).hasSize(1);
        assertThat(roles(guarded.ledger().tokens("nils", GuardedRealm.PASSWORD)))
                .doesNotContain("writer");
    }

    private static String tab(String address) {
        return Arrays.stream(URI.create(address).getRawQuery().split("&"))
                .filter(parameter -> parameter.startsWith("tab_id="))
                .findFirst()
                .orElseThrow()
                .substring("tab_id=".length());
    }

    private static void elevate(OidcClient ledger, String username, String privilege) {
        var form = ledger.login(username, GuardedRealm.PASSWORD, scope("elevate:" + privilege))
                .page();
        ledger.exchange(ledger.submit(form, Map.of("choice", "request", "justification", REASON, "duration", "PT1H")));
    }

    private static Map<String, String> scope(String scope) {
        return Map.of("scope", "openid " + scope);
    }

    private static Page login(Page page, String username, String scope) {
        page.navigate(guarded.realm().authorizationUrl("ledger").replace("scope=openid", "scope=openid+" + scope));
        return enter(page, username);
    }

    private static Page enter(Page page, String username) {
        page.locator("input[name=username]").fill(username);
        page.locator("input[name=password]").fill(GuardedRealm.PASSWORD);
        page.locator("#kc-login").click();
        return page;
    }

    /** What the application gets once the browser is back. */
    private static TokenResponse returned(Page page) {
        page.waitForURL(url -> url.startsWith(OidcClient.CALLBACK));
        var parameters = Arrays.stream(URI.create(page.url()).getRawQuery().split("&"))
                .map(parameter -> parameter.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        return guarded.ledger()
                .token(Map.of(
                        "grant_type",
                        "authorization_code",
                        "code",
                        parameters.getOrDefault("code", ""),
                        "redirect_uri",
                        OidcClient.CALLBACK));
    }

    private static List<String> roles(TokenResponse tokens) {
        var roles = new ArrayList<String>();
        tokens.claims().path("resource_access").path("ledger").path("roles").forEach(role -> roles.add(role.asText()));
        return roles;
    }

    /** Has bob decide over REST on what that user asked for. */
    private static void decide(String username, String decision, String comment) {
        var bob = selfService("bob");
        var open =
                bob.get("/elevations?role=approver&status=pending").expect(200).json();
        for (var request : open) {
            if (!request.path("requester").asText().equals(username)) continue;
            bob.post(
                            "/elevations/" + request.path("id").asText() + "/" + decision,
                            comment.isEmpty() ? "{}" : "{\"comment\":\"" + comment + "\"}")
                    .expect(200);
            return;
        }
        throw new AssertionError("No request of " + username + " in " + open);
    }

    private static RestApi selfService(String username) {
        var portal = guarded.realm().oidc("portal");
        var tokens = portal.exchange(portal.login(username, GuardedRealm.PASSWORD, scope("sallyport")));
        return guarded.realm().publicApi().as(tokens.accessToken());
    }

    private static List<JsonNode> elevations(String username) {
        var found = new ArrayList<JsonNode>();
        guarded.realm()
                .api()
                .get("/elevations?user=" + username)
                .expect(200)
                .json()
                .forEach(found::add);
        return found;
    }

    private static List<JsonNode> elevations(String username, String privilege) {
        return elevations(username).stream()
                .filter(elevation -> elevation.path("privilege").asText().equals(privilege))
                .toList();
    }

    private static void assertAccessible(Page page) {
        // NB. The field that shows who is signing in is Keycloak's own, and has no label there.
        assertThat(new AxeBuilder(page)
                        .exclude("#kc-attempted-username")
                        .analyze()
                        .getViolations())
                .isEmpty();
    }
}
