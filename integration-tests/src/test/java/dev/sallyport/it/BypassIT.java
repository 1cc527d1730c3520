package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.OidcClient.Outcome;
import dev.sallyport.it.harness.OidcClient.Page;
import dev.sallyport.it.harness.OidcClient.Returned;
import dev.sallyport.it.harness.SallyportTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way around the gate ends at another one. */
@SallyportTest
class BypassIT {

    /** What setup made is as setup made it. */
    @Nested
    class InAGuardedRealm {

        private static GuardedRealm guarded;

        @BeforeAll
        static void makeRealm(KeycloakServer server) {
            guarded = GuardedRealm.on(server, r -> r.client("own-flow", c -> c.publicClient())
                    .client("backend", c -> c.confidential("backend-secret").directGrants())
                    .client("reporter", c -> c.publicClient().audience("ledger-api"))
                    .with(realm -> realm.setRegistrationAllowed(true)));
            guarded.change(realm -> realm.setDirectGrantFlow("sallyport direct grant"));
            guarded.policy(
                    "ledger",
                    "enforced",
                    "\"clients\":{\"include\":[\"ledger\",\"own-flow\",\"backend\",\"ledger-api\"]}",
                    GuardedRealm.HEALTHY);
            var admin = guarded.realm().admin();
            var stock = admin.flows().getFlows().stream()
                    .filter(flow -> flow.getAlias().equals("browser"))
                    .findFirst()
                    .orElseThrow();
            var client = admin.clients().findByClientId("own-flow").get(0);
            client.setAuthenticationFlowBindingOverrides(Map.of("browser", stock.getId()));
            admin.clients().get(client.getId()).update(client);
        }

        @Test
        void clientsOwnFlowIsCaughtByTheRequiredAction() {
            var page = login(guarded.realm().oidc("own-flow")).page();

            assertThat(page.status()).isEqualTo(403);
        }

        @Test
        void sessionThatWasStolenWithItsCookiesIsWorthNothingElsewhere() {
            var owner = guarded.ledger().certificate(guarded.healthyDevice("owners"));
            owner.tokens("ann", GuardedRealm.PASSWORD);

            var without = owner.withoutCertificate();
            var other = owner.certificate(guarded.healthyDevice("thiefs"));

            assertThat(without.authorize().page().status()).isEqualTo(403);
            assertThat(without.authorize(Map.of("prompt", "none")).error()).isEqualTo("interaction_required");
            assertThat(other.authorize().page().status()).isEqualTo(403);
            assertThat(other.authorize(Map.of("prompt", "none")).error()).isEqualTo("interaction_required");
        }

        @Test
        void directGrantWithItsFlowBoundSaysWhy() {
            var refused = guarded.ledger().passwordGrant("ann", GuardedRealm.PASSWORD);

            assertThat(refused.error()).isEqualTo("invalid_grant");
            assertThat(refused.errorDescription()).contains("was not recognised");
        }

        @Test
        void directGrantOfAPublicClientOnAHealthyDeviceIsAllowed() {
            var certificate = guarded.healthyDevice("terminal");

            var tokens = guarded.ledger().certificate(certificate).passwordGrant("ann", GuardedRealm.PASSWORD);

            assertThat(tokens.status()).isEqualTo(200);
            guarded.fallIll("terminal");
            assertThat(guarded.ledger().refresh(tokens.refreshToken()).error()).isEqualTo("invalid_grant");
        }

        @Test
        void certificateOfAConfidentialClientIsNoDeviceOfItsUser() {
            var certificate = guarded.healthyDevice("application-server");

            var refused = guarded.realm()
                    .oidc("backend")
                    .secret("backend-secret")
                    .certificate(certificate)
                    .passwordGrant("ann", GuardedRealm.PASSWORD);

            assertThat(refused.error()).isEqualTo("invalid_grant");
        }

        @Test
        void tokenIsJudgedByTheResourceServersThatItReaches() {
            var reporter = guarded.realm().oidc("reporter");

            var refused = reporter.exchange(login(reporter));

            assertThat(refused.error()).isEqualTo("invalid_grant");
        }

        @ParameterizedTest
        @CsvSource({
            "acr_values, 1",
            "acr_values, 2",
            "max_age, 0",
            "max_age, 100000",
            "prompt, login",
            "prompt, none",
            "prompt, consent",
            "prompt, create",
            "prompt, select_account",
            "kc_action, UPDATE_PASSWORD",
            "kc_action, sallyport-access",
            "kc_action, CONFIGURE_TOTP",
            "login_hint, ann",
        })
        void noParameterOfARequestLeadsPast(String parameter, String value) {
            var wiki = guarded.wiki();
            wiki.tokens("ann", GuardedRealm.PASSWORD);

            var outcome = wiki.client("ledger").authorize(Map.of(parameter, value));
            var answered = outcome instanceof Page page && page.asksFor("password")
                    ? wiki.submit(page, Map.of("username", "ann", "password", GuardedRealm.PASSWORD))
                    : outcome;

            assertNoCode(answered);
        }

        @Test
        void refusedLoginStaysRefusedByWhateverItIsContinued() {
            var ledger = guarded.ledger();
            var page = login(ledger).page();
            var again = page.document().select("a[href*=login-actions], form[action*=login-actions]");
            var address = again.hasAttr("href") ? again.attr("abs:href") : again.attr("abs:action");
            assertThat(address).contains("/login-actions/");

            for (var step : List.of("authenticate", "required-action", "consent", "registration", "restart")) {
                var forged = address.replaceAll("/login-actions/[a-z-]+", "/login-actions/" + step);
                assertNoCode(ledger.open(forged));
                assertNoCode(ledger.open(forged + "&skip_logout=true"));
                assertNoCode(ledger.open(forged + "&sallyport_return=true"));
                assertNoCode(ledger.post(forged, Map.of("accept", "Yes", "submitAction", "linkAccount")));
                assertNoCode(ledger.withoutCookies().post(forged, Map.of("accept", "Yes")));
            }
            assertNoSession(guarded);
        }

        @Test
        void pageThatWasOpenedOnAHealthyDeviceIsNoGoodWithoutIt() {
            var ledger = guarded.ledger().certificate(guarded.healthyDevice("left-open"));
            var page = ledger.authorize().page();

            guarded.fallIll("left-open");

            assertThat(answer(ledger, page).page().status()).isEqualTo(403);
            assertThat(answer(ledger.withoutCertificate(), ledger.authorize().page())
                            .page()
                            .status())
                    .isEqualTo(403);
        }

        @Test
        void loginInOneTabDoesNotVouchForAnother() {
            var ledger = guarded.ledger();
            var first = ledger.authorize().page();
            var second = ledger.client("wiki").authorize().page();

            assertThat(answer(ledger, second).code()).isNotEmpty();

            assertNoCode(answer(ledger, first));
            assertThat(ledger.authorize().page().status()).isEqualTo(403);
        }

        @Test
        void codeOfOneBrowserIsNoGoodOnceItsDeviceIsIll() {
            var ledger = guarded.ledger().certificate(guarded.healthyDevice("coded"));
            var code = login(ledger).code();

            guarded.fallIll("coded");

            assertThat(ledger.exchange(code).error()).isEqualTo("invalid_grant");
        }

        @Test
        void addressesBesideTheLoginStartNoSession() {
            var ledger = guarded.ledger();
            var issuer = guarded.realm().issuer();

            assertNoCode(ledger.open(issuer + "/login-actions/detached-info?kc_state_checker=forged"));
            assertNoCode(ledger.open(issuer + "/login-actions/restart?client_id=ledger&skip_logout=true"));
            assertNoCode(ledger.open(issuer + "/login-actions/action-token?key=forged&client_id=ledger"));
            assertNoCode(ledger.open(issuer + "/login-actions/authenticate?client_id=ledger"));
            assertNoCode(ledger.open(issuer + "/clients/ledger/redirect"));
            assertNoCode(ledger.open(issuer + "/broker/after-first-broker-login?client_id=ledger&tab_id=x"));
            assertNoSession(guarded);
        }
    }

    /** The administrator went back to the stock flow. */
    @Nested
    class WithoutTheGate {

        private static GuardedRealm gateless;

        @BeforeAll
        static void makeRealm(KeycloakServer server) {
            gateless = GuardedRealm.on(
                    server,
                    r -> r.client("asking", c -> c.publicClient().with(client -> client.setConsentRequired(true))));
            gateless.policy(
                    "ledger", "enforced", "\"clients\":{\"include\":[\"ledger\",\"asking\"]}", GuardedRealm.HEALTHY);
            gateless.removeTheGate();
        }

        @Test
        void requiredActionCatchesTheLogin() {
            var page = login(gateless.ledger()).page();

            assertThat(page.status()).isEqualTo(403);
            assertThat(page.text()).contains("was not recognised");
        }

        @Test
        void requiredActionCatchesReentryToo() {
            var wiki = gateless.wiki();
            wiki.tokens("ann", GuardedRealm.PASSWORD);

            var ledger = wiki.client("ledger");

            assertThat(ledger.authorize().page().status()).isEqualTo(403);
            assertThat(ledger.authorize(Map.of("prompt", "none")).error()).isEqualTo("interaction_required");
        }

        @Test
        void requiredActionCannotBeSkippedByAskingForIt() {
            var ledger = gateless.ledger();

            var page = ledger.login("ann", GuardedRealm.PASSWORD, Map.of("kc_action", "sallyport-access"))
                    .page();
            var cancelled = ledger.submit(page, Map.of("cancel-aia", "true"));

            assertThat(page.status()).isEqualTo(403);
            assertThat(cancelled.page().status()).isEqualTo(403);
        }

        // NB. What follows the semicolon is no part of the path by which the server finds the page.
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "consent",
                    "consent;x=%2Fprotocol%2Fopenid-connect%2Ftoken",
                    "consent;x=/protocol/openid-connect/token"
                })
        void consentThatNobodyAskedForDoesNotEndTheLogin(String step) {
            var asking = gateless.realm().oidc("asking");
            var page = login(asking).page();
            var form = page.document().selectFirst("form[method=post]");
            form.attr(
                    "action",
                    form.absUrl("action").replace("/login-actions/required-action", "/login-actions/" + step));

            var consented = asking.submit(page, Map.of("accept", "Yes"));

            assertThat(consented).isInstanceOf(Page.class);
            assertNoSession(gateless);
        }

        @Test
        void setupReportsIt() {
            var drift = gateless.realm().api().get("/setup").expect(200).json();

            assertThat(drift.path("bypassed")).anySatisfy(bypass -> {
                assertThat(bypass.path("binding").asText()).isEqualTo("browser");
                assertThat(bypass.path("usedBy").asText()).isEqualTo("realm");
            });
        }
    }

    /** Of what setup made, all that an administrator can remove is gone; the policies are not. */
    @Nested
    class WithoutAnythingThatCanBeRemoved {

        private static GuardedRealm bare;

        @BeforeAll
        static void makeRealm(KeycloakServer server) {
            bare = GuardedRealm.on(server, r -> r.user("eve", u -> u.password(GuardedRealm.PASSWORD)));
            bare.ledgerNeeds(GuardedRealm.HEALTHY);
            bare.removeEverythingThatCanBeRemoved();
        }

        @Test
        void lastDoorRefusesTheLogin() {
            var page = login(bare.ledger()).page();

            assertThat(page.status()).isEqualTo(403);
            assertThat(page.text()).contains("was not recognised");
        }

        @Test
        void lastDoorRefusesASilentLogin() {
            var wiki = bare.wiki();
            wiki.tokens("ann", GuardedRealm.PASSWORD);

            var ledger = wiki.client("ledger");

            assertThat(ledger.authorize().page().status()).isEqualTo(403);
            assertThat(ledger.authorize(Map.of("prompt", "none")).error()).isEqualTo("interaction_required");
        }

        @Test
        void postProcessorRefusesEveryGrant() {
            var ledger = bare.ledger().certificate(bare.healthyDevice("unguarded"));
            var tokens = ledger.tokens("ann", GuardedRealm.PASSWORD);
            var code = ledger.authorize().code();

            bare.fallIll("unguarded");

            assertThat(ledger.exchange(code).error()).isEqualTo("invalid_grant");
            assertThat(ledger.refresh(tokens.refreshToken()).error()).isEqualTo("invalid_grant");
        }

        @Test
        void refusedGrantLeavesNoSessionBehind() {
            var refused = bare.ledger().passwordGrant("eve", GuardedRealm.PASSWORD);

            assertThat(refused.error()).isEqualTo("invalid_grant");
            assertThat(refused.errorDescription()).contains("was not recognised");
            var eve = bare.realm().userId("eve");
            assertThat(bare.realm().admin().users().get(eve).getUserSessions()).isEmpty();
        }

        @Test
        void setupReportsAllOfIt() {
            var drift = bare.realm().api().get("/setup").expect(200).json();

            assertThat(drift.path("bypassed").toString()).contains("\"browser\"");
            assertThat(drift.path("missing").toString()).contains("client-policy/sallyport");
            assertThat(drift.path("changed").toString()).contains("required-action/sallyport-access");
        }
    }

    /** What belongs to one realm is worth nothing in another, also where names are the same. */
    @Nested
    class InTwoRealms {

        private static GuardedRealm guarded;
        private static GuardedRealm open;

        @BeforeAll
        static void makeRealms(KeycloakServer server) {
            guarded = GuardedRealm.on(server);
            guarded.ledgerNeeds(GuardedRealm.HEALTHY);
            open = GuardedRealm.on(server);
        }

        @Test
        void sessionOfOneRealmIsNoneInAnother() {
            var browser = open.ledger();
            browser.tokens("ann", GuardedRealm.PASSWORD);

            var page = browser.open(guarded.realm().authorizationUrl("ledger")
                            + "&code_challenge_method=S256&code_challenge=" + "c".repeat(43))
                    .page();

            assertThat(page.asksFor("password")).isTrue();
        }

        @Test
        void cookiesOfOneRealmThatAreShownToAnotherAreNoSessionThere() {
            var browser = open.ledger();
            browser.tokens("ann", GuardedRealm.PASSWORD);
            var silent = guarded.realm().authorizationUrl("ledger") + "&prompt=none&code_challenge_method=S256"
                    + "&code_challenge=" + "c".repeat(43);

            var outcome =
                    browser.withoutCookies().header("Cookie", browser.cookies()).open(silent);

            assertThat(outcome.error()).isEqualTo("login_required");
        }

        @Test
        void tokensOfOneRealmAreWorthNothingInAnother() {
            var tokens = open.ledger().tokens("ann", GuardedRealm.PASSWORD);

            assertThat(guarded.ledger().refresh(tokens.refreshToken()).error()).isEqualTo("invalid_grant");
            assertThat(guarded.ledger().userinfo(tokens.accessToken()).status()).isEqualTo(401);
            assertThat(guarded.active(tokens.accessToken())).isFalse();
        }

        @Test
        void deviceOfOneRealmIsUnknownToAnother() {
            var certificate = open.healthyDevice("elsewhere");

            var page = login(guarded.ledger().certificate(certificate)).page();

            assertThat(page.status()).isEqualTo(403);
        }

        @Test
        void policyOfOneRealmBindsNobodyInAnother() {
            assertThat(open.ledger().tokens("ann", GuardedRealm.PASSWORD).status())
                    .isEqualTo(200);
        }
    }

    private static Outcome login(OidcClient client) {
        return client.login("ann", GuardedRealm.PASSWORD);
    }

    private static Outcome answer(OidcClient client, Page page) {
        return client.submit(page, Map.of("username", "ann", "password", GuardedRealm.PASSWORD));
    }

    private static void assertNoCode(Outcome outcome) {
        if (outcome instanceof Returned returned)
            assertThat(returned.parameters()).doesNotContainKey("code");
    }

    private static void assertNoSession(GuardedRealm realm) {
        var sessions =
                realm.realm().admin().users().get(realm.realm().userId("ann")).getUserSessions();
        assertThat(sessions)
                .allSatisfy(session -> assertThat(session.getClients().values()).doesNotContain("ledger", "asking"));
    }
}
