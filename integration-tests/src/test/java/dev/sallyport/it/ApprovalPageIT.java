package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.Chromium;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.SallyportTest;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page to which links in mails lead those who decide. */
@SallyportTest
class ApprovalPageIT {

    private static final String REASON = "Repair <b>the booking</b> of last night";

    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server, r -> r.clientRole("ledger", "writer")
                .user("bob", u -> u.password(GuardedRealm.PASSWORD))
                .user("carol", u -> u.password(GuardedRealm.PASSWORD))
                .user("dan", u -> u.password(GuardedRealm.PASSWORD)));
        guarded.policy(
                "device of dan", "enforced", "\"users\":{\"include\":{\"users\":[\"dan\"]}}", GuardedRealm.HEALTHY);
        privilege("writer", "");
        privilege("guarded", ",\"approverAcr\":\"2\"");
    }

    private static void privilege(String name, String more) {
        guarded.realm()
                .api()
                .post("/privileges", """
                        {"name":"%s","displayName":"Ledger %s","mode":"token","grants":{"clientRoles":{"ledger":["writer"]}},
                         "eligible":{"users":["ann","bob"]},"activation":{"maxDuration":"PT2H","defaultDuration":"PT1H"},
                         "approval":{"count":1,"approvers":{"users":["bob","ben","dan"]}%s}}""".formatted(name, name, more))
                .expect(201);
    }

    @Test
    void approverDecidesWhereTheLinkLeads(Chromium chromium) {
        var id = request("ann", "writer");
        var page = chromium.page();

        page.navigate(link("/" + id));
        page.locator("input[name=username]").fill("bob");
        page.locator("input[name=password]").fill(GuardedRealm.PASSWORD);
        page.locator("#kc-login").click();
        assertThat(page.locator("#sallyport-request-facts").innerText()).contains("ann", "Ledger writer", REASON);
        assertThat(new AxeBuilder(page)
                        .exclude("#kc-attempted-username")
                        .analyze()
                        .getViolations())
                .isEmpty();
        page.locator("#sallyport-comment").fill("Go on");
        page.locator("#sallyport-approve").click();
        assertThat(page.locator("#sallyport-status").innerText()).contains("in effect");
        page.locator("#sallyport-done").click();

        assertThat(page.locator("body").innerText()).contains("You may close this page.");
        assertThat(elevation(id).path("status").asText()).isEqualTo("active");
        assertThat(elevation(id).path("approvals").get(0).path("comment").asText())
                .isEqualTo("Go on");
    }

    @Test
    void whatWaitsIsListed() {
        var id = request("ann", "writer");
        var browser = guarded.wiki();
        browser.tokens("bob", GuardedRealm.PASSWORD);

        var list = browser.open(link("")).page();
        assertThat(list.document().select("input[name=id]").eachAttr("value")).contains(id);
        var decision = browser.submit(
                        browser.submit(list, Map.of("choice", "look", "id", id)).page(), Map.of("choice", "deny"))
                .page();

        assertThat(decision.text()).contains("It was denied.");
        assertThat(elevation(id).path("status").asText()).isEqualTo("denied");
    }

    @Test
    void whoIsNoApproverSeesNothing() {
        var id = request("ann", "writer");

        var page = open("carol", id);
        assertThat(page.text()).contains("There is no such request").doesNotContain("ann", "Ledger");
        carolTries(page);

        assertThat(elevation(id).path("status").asText()).isEqualTo("pending");
    }

    private static void carolTries(OidcClient.Page page) {
        var browser = guarded.wiki();
        browser.tokens("carol", GuardedRealm.PASSWORD);
        var own = browser.open(link("")).page();
        browser.submit(own, Map.of("choice", "approve"));
        browser.submit(page, Map.of("choice", "approve"));
    }

    @Test
    void requesterWhoIsAnApproverDoesNotDecide() {
        var id = request("bob", "writer");
        var browser = guarded.wiki();
        browser.tokens("bob", GuardedRealm.PASSWORD);

        var page = browser.open(link("/" + id)).page();
        assertThat(page.document().selectFirst("#sallyport-approve")).isNull();
        browser.submit(page, Map.of("choice", "approve"));

        assertThat(elevation(id).path("status").asText()).isEqualTo("pending");
    }

    @Test
    void strengthThatApproversNeedIsAskedFor() {
        var id = request("ann", "guarded");
        var browser = guarded.wiki();
        browser.tokens("ben", GuardedRealm.PASSWORD);

        var page = browser.open(link("/" + id)).page();
        assertThat(page.asksFor("otp")).isTrue();
        var form = browser.submitOtp(page, GuardedRealm.OTP_SECRET).page();
        browser.submit(form, Map.of("choice", "approve"));

        assertThat(elevation(id).path("status").asText()).isEqualTo("active");
    }

    @Test
    void policiesHoldForWhoDecides() {
        var id = request("ann", "writer");
        var browser = guarded.wiki();
        var refused = browser.submit(
                browser.open(link("/" + id)).page(), Map.of("username", "dan", "password", GuardedRealm.PASSWORD));

        assertThat(refused.page().status()).isEqualTo(403);
        assertThat(elevation(id).path("status").asText()).isEqualTo("pending");
    }

    @Test
    void formOfTheApproverIsRefusedFromAnotherBrowser() {
        var id = request("ann", "writer");
        var form = open("bob", id);

        guarded.wiki().submit(form, Map.of("choice", "approve"));
        var ann = guarded.wiki();
        ann.tokens("ann", GuardedRealm.PASSWORD);
        ann.submit(form, Map.of("choice", "approve"));

        assertThat(elevation(id).path("status").asText()).isEqualTo("pending");
    }

    @Test
    void codeOfTheLoginIsWorthNothing() {
        var browser = guarded.wiki();
        browser.tokens("bob", GuardedRealm.PASSWORD);
        var page = browser.open(link("")).page();

        var over = browser.submit(page, Map.of("choice", "done")).page();

        assertThat(over.text()).contains("You may close this page.");
        var code = over.document().baseUri().replaceAll(".*[?&]code=([^&]*).*", "$1");
        var tokens = guarded.realm()
                .oidc("sallyport-approvals")
                .token(Map.of("grant_type", "authorization_code", "code", code, "redirect_uri", link("")));
        assertThat(tokens.status()).isEqualTo(400);
    }

    @Test
    void whatIsNoIdIsNotFound() {
        var browser = guarded.wiki();

        assertThat(browser.open(link("/x:y")).page().status()).isEqualTo(404);
        assertThat(browser.open(link("/" + UUID.randomUUID())).page().asksFor("password"))
                .isTrue();
    }

    private static OidcClient.Page open(String username, String id) {
        var browser = guarded.wiki();
        browser.tokens(username, GuardedRealm.PASSWORD);
        return browser.open(link("/" + id)).page();
    }

    private static String link(String below) {
        return guarded.realm().issuer() + "/sallyport/approvals" + below;
    }

    /** Asks in a login that then waits. */
    private static String request(String username, String privilege) {
        var ledger = guarded.ledger();
        var form = ledger.login(username, GuardedRealm.PASSWORD, Map.of("scope", "openid elevate:" + privilege))
                .page();
        var waiting = ledger.submit(form, Map.of("choice", "request", "justification", REASON, "duration", "PT1H"))
                .page();
        assertThat(waiting.text()).contains("Your request waits");
        return guarded.realm()
                .api()
                .get("/elevations?status=pending&user=" + username)
                .expect(200)
                .json()
                .get(0)
                .path("id")
                .asText();
    }

    private static JsonNode elevation(String id) {
        for (var elevation :
                guarded.realm().api().get("/elevations").expect(200).json()) {
            if (elevation.path("id").asText().equals(id)) return elevation;
        }
        throw new AssertionError("No elevation " + id);
    }
}
