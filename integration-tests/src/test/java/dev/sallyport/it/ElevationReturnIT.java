package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.OneTimePassword;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.TokenResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a request when the login in which it was made is started over, and its user signs in again. */
@SallyportTest
class ElevationReturnIT {

    private static final String REASON = "Repair the booking of last night";

    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server, r -> r.group("/dba")
                .clientRole("ledger", "reader")
                .clientRole("ledger", "writer")
                .clientRole("ledger", "keeper")
                .user("bob", u -> u.password(GuardedRealm.PASSWORD))
                .user("carol", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("dora", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("emil", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("fred", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("gina", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("hana", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("ivan", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .with(realm -> names().forEach(name -> r.clientRole("ledger", name)
                        .user("user-" + name, u -> u.password(GuardedRealm.PASSWORD)
                                .groups("/dba")))));
        guarded.realm().client("portal", c -> c.publicClient().optionalScope("sallyport"));
        guarded.realm().api().post("/privileges", document("reader", "")).expect(201);
        guarded.realm()
                .api()
                .post("/privileges", document("writer", approval(1)))
                .expect(201);
        guarded.realm()
                .api()
                .post("/privileges", document("keeper", approval(1)))
                .expect(201);
    }

    private static Stream<String> names() {
        return Arrays.stream(Obstacle.values())
                .flatMap(obstacle -> Stream.of(obstacle.privilege, obstacle.privilege + "-approved"));
    }

    private static String document(String name, String more) {
        return """
                {"name":"%1$s","displayName":"Ledger %1$s","mode":"token","grants":{"clientRoles":{"ledger":["%1$s"]}},
                 "eligible":{"groups":["/dba"]},
                 "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H"}%2$s}""".formatted(name, more);
    }

    private static String document(String name, String rule, String more) {
        return document(name, more).replace("\"defaultDuration\":\"PT1H\"", "\"defaultDuration\":\"PT1H\"" + rule);
    }

    private static String approval(int count) {
        return ",\"approval\":{\"count\":%d,\"approvers\":{\"users\":[\"bob\",\"ann\"]}}".formatted(count);
    }

    @Test
    void requestIsFoundAgainAfterATimeOutAndGoesOnOnceItIsApproved() {
        var ledger = guarded.ledger();
        var login = timedOut(ledger, waiting(ledger, "carol", "writer"));

        var again = signedIn(ledger, login, "carol");
        assertThat(again.document().selectFirst("#sallyport-waiting")).isNotNull();
        decide("carol", "approve");

        assertThat(roles(ledger.exchange(ledger.submit(again, Map.of("choice", "look")))))
                .contains("writer");
        assertThat(elevations("carol")).singleElement().satisfies(found -> assertThat(status(found))
                .isEqualTo("active"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void approvalThatComesWhileNobodyWaitsIsThereForWhoComesBack(boolean byTimeOut) {
        var username = byTimeOut ? "dora" : "emil";
        var ledger = guarded.ledger();
        var waiting = waiting(ledger, username, "writer");
        var login = byTimeOut ? timedOut(ledger, waiting) : startedOver(ledger, waiting);

        decide(username, "approve");
        assertThat(elevations(username)).singleElement().satisfies(found -> assertThat(status(found))
                .isEqualTo("scheduled"));
        var granted = signedIn(ledger, login, username);
        assertThat(granted.document().selectFirst("#sallyport-activate")).isNotNull();
        var tokens = ledger.exchange(ledger.submit(granted, Map.of("choice", "activate")));

        assertThat(roles(tokens)).contains("writer");
        assertThat(elevations(username)).singleElement().satisfies(found -> {
            assertThat(status(found)).isEqualTo("active");
            assertThat(found.path("sessionId").asText())
                    .isEqualTo(tokens.claims().path("sid").asText());
        });
    }

    @Test
    void requestIsNotFoundByWhoElseSignsInInTheSameBrowser() {
        var ledger = guarded.ledger();
        var login = timedOut(ledger, waiting(ledger, "fred", "writer"));

        var form = signedIn(ledger, login, "gina");
        assertThat(form.document().selectFirst("#sallyport-ask")).isNotNull();
        decide("fred", "approve");

        assertThat(roles(ledger.exchange(ledger.submit(form, Map.of("choice", "without")))))
                .doesNotContain("writer");
        assertThat(elevations("gina")).isEmpty();
        assertThat(status(elevations("fred").get(0))).isEqualTo("scheduled");
    }

    @Test
    void requestOfAnotherTermsGivesWayToANewOne() {
        var ledger = guarded.ledger();
        var login = timedOut(ledger, waiting(ledger, "hana", "keeper"));
        guarded.realm()
                .api()
                .put("/privileges/keeper", document("keeper", approval(2)))
                .expect(200);

        var form = signedIn(ledger, login, "hana");
        assertThat(form.document().selectFirst("#sallyport-ask")).isNotNull();
        var waiting = ledger.submit(form, Map.of("choice", "request", "duration", "PT1H"))
                .page();

        assertThat(waiting.document().selectFirst("#sallyport-waiting")).isNotNull();
        assertThat(elevations("hana").stream().map(ElevationReturnIT::status))
                .containsExactlyInAnyOrder("pending", "cancelled");
    }

    @Test
    void whatALoginHadBeforeItWasStartedOverIsTakenUpByAButton() {
        var ledger = guarded.ledger();
        var form = ledger.login("ivan", GuardedRealm.PASSWORD, scope("elevate:reader elevate:writer"))
                .page();
        var second = ledger.submit(form, Map.of("choice", "request", "duration", "PT1H"))
                .page();
        var waiting = ledger.submit(second, Map.of("choice", "request", "duration", "PT1H"))
                .page();

        var granted = signedIn(ledger, timedOut(ledger, waiting), "ivan");
        assertThat(granted.text()).contains("Ledger reader");
        assertThat(granted.document().selectFirst("#sallyport-activate")).isNotNull();
        var rest = ledger.submit(granted, Map.of("choice", "activate")).page();
        assertThat(rest.text()).contains("Ledger writer");
        assertThat(rest.document().selectFirst("#sallyport-waiting")).isNotNull();

        assertThat(roles(ledger.exchange(ledger.submit(rest, Map.of("choice", "without")))))
                .contains("reader")
                .doesNotContain("writer");
        assertThat(elevations("ivan")).hasSize(2);
    }

    /** What comes to stand in the way of a privilege while its user is away. */
    enum Obstacle {
        STRENGTH("strong", ",\"acr\":\"2\""),
        DEVICE("healthy", ",\"device\":{\"proven\":true,\"compliant\":true}"),
        LOCK("locked", "");

        private final String privilege;
        private final String rule;

        Obstacle(String privilege, String rule) {
            this.privilege = privilege;
            this.rule = rule;
        }

        private void rise(String name, String more) {
            if (this == LOCK) guarded.lock("{\"privilege\":\"%s\",\"reason\":\"under review\"}".formatted(name));
            else
                guarded.realm()
                        .api()
                        .put("/privileges/" + name, document(name, rule, more))
                        .expect(200);
        }
    }

    @ParameterizedTest
    @EnumSource(Obstacle.class)
    void whatWasActiveIsNotTakenUpPastWhatStandsInTheWaySince(Obstacle obstacle) {
        var name = obstacle.privilege;
        var username = "user-" + name;
        guarded.realm().api().post("/privileges", document(name, "")).expect(201);
        var ledger = guarded.ledger();
        var form = ledger.login(username, GuardedRealm.PASSWORD, scope("elevate:" + name + " elevate:writer"))
                .page();
        var second = ledger.submit(form, Map.of("choice", "request", "duration", "PT1H"))
                .page();
        var waiting = ledger.submit(second, Map.of("choice", "request", "duration", "PT1H"))
                .page();
        var login = timedOut(ledger, waiting);

        obstacle.rise(name, "");

        assertNotHad(ledger, signedIn(ledger, login, username), name);
    }

    @ParameterizedTest
    @EnumSource(Obstacle.class)
    void whatWasApprovedIsNotActivatedPastWhatStandsInTheWaySince(Obstacle obstacle) {
        var name = obstacle.privilege + "-approved";
        var username = "user-" + name;
        guarded.realm().api().post("/privileges", document(name, approval(1))).expect(201);
        var ledger = guarded.ledger();
        var login = timedOut(ledger, waiting(ledger, username, name));
        decide(username, "approve");

        obstacle.rise(name, approval(1));

        assertNotHad(ledger, signedIn(ledger, login, username), name);
    }

    /** Neither by what the page offers, nor by what a browser may send all the same. */
    private static void assertNotHad(OidcClient ledger, OidcClient.Page page, String privilege) {
        assertThat(page.text()).contains("Ledger " + privilege);
        var tried = ledger.submit(page, Map.of("choice", "activate"));
        assertThat(tried).isInstanceOf(OidcClient.Page.class);
        assertThat(tried.page().text()).contains("Ledger " + privilege);

        var outcome = ledger.submit(tried.page(), Map.of("choice", "without"));
        for (int i = 0; i < 3 && outcome instanceof OidcClient.Page next; i++)
            outcome = ledger.submit(next, onwards(next));
        assertThat(roles(ledger.exchange(outcome))).doesNotContain(privilege);
    }

    // NB. Whoever has no second factor, which the privilege asks for, is had to choose one after all.
    private static Map<String, String> onwards(OidcClient.Page page) {
        var secret = page.document().select("input[name=totpSecret]").val();
        return secret.isEmpty()
                ? Map.of("choice", "without")
                : Map.of("totp", OneTimePassword.of(secret), "userLabel", "phone");
    }

    /** A login that asks for a privilege, up to the page that waits for the decision. */
    private static OidcClient.Page waiting(OidcClient ledger, String username, String privilege) {
        var form = ledger.login(username, GuardedRealm.PASSWORD, scope("elevate:" + privilege))
                .page();
        var fields = Map.of("choice", "request", "justification", REASON, "duration", "PT1H");
        var waiting = ledger.submit(form, fields).page();
        assertThat(waiting.document().selectFirst("#sallyport-waiting")).isNotNull();
        return waiting;
    }

    /** The page on which a browser finds itself that comes back to a login too late. */
    private static OidcClient.Page timedOut(OidcClient browser, OidcClient.Page page) {
        var last = new OidcClient.Page[] {page};
        lifespans(1, 1);
        try {
            // NB. Each look that comes in time keeps the login alive.
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofSeconds(2))
                    .until(() -> {
                        last[0] = browser.submit(last[0], Map.of("choice", "look"))
                                .page();
                        return last[0].asksFor("password");
                    });
        } finally {
            lifespans(1_800, 300);
        }
        return last[0];
    }

    /** Where the link leads by which Keycloak's pages let a user start over. */
    private static OidcClient.Page startedOver(OidcClient browser, OidcClient.Page page) {
        var action = page.document().selectFirst("form[method=post]").absUrl("action");
        return browser.open(action.replaceAll("/login-actions/[a-z-]+", "/login-actions/restart"))
                .page();
    }

    private static void lifespans(int login, int action) {
        guarded.change(realm -> {
            realm.setAccessCodeLifespanLogin(login);
            realm.setAccessCodeLifespanUserAction(action);
        });
    }

    private static OidcClient.Page signedIn(OidcClient browser, OidcClient.Page login, String username) {
        return browser.submit(login, Map.of("username", username, "password", GuardedRealm.PASSWORD))
                .page();
    }

    private static Map<String, String> scope(String scope) {
        return Map.of("scope", "openid " + scope);
    }

    private static List<String> roles(TokenResponse tokens) {
        var roles = new ArrayList<String>();
        tokens.claims().path("resource_access").path("ledger").path("roles").forEach(role -> roles.add(role.asText()));
        return roles;
    }

    /** Has bob decide on what that user asked for. */
    private static void decide(String username, String decision) {
        var bob = selfService("bob");
        var open =
                bob.get("/elevations?role=approver&status=pending").expect(200).json();
        for (var request : open) {
            if (!request.path("requester").asText().equals(username)) continue;
            bob.post("/elevations/" + request.path("id").asText() + "/" + decision, "{}")
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

    private static String status(JsonNode elevation) {
        return elevation.path("status").asText();
    }
}
