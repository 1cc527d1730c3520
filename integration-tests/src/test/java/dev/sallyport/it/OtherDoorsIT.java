package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.SallyportTest;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The doors beside the browser login of an application ask the same policies. */
@SallyportTest
class OtherDoorsIT {

    private static GuardedRealm guarded;
    private static GuardedRealm brokering;

    @BeforeAll
    static void makeRealms(KeycloakServer server) {
        guarded = GuardedRealm.on(server, r -> r.audienceScope("to-ledger", "ledger")
                .client("reporter", c -> c.publicClient().optionalScope("to-ledger"))
                .client(
                        "implicit",
                        c -> c.publicClient().audience("ledger").with(client -> client.setImplicitFlowEnabled(true)))
                .client("batch", c -> c.serviceAccount("batch-secret"))
                .client("robot", c -> c.serviceAccount("robot-secret")));
        guarded.change(realm -> {
            realm.setRevokeRefreshToken(true);
            realm.setRefreshTokenMaxReuse(0);
        });
        guarded.ledgerNeeds(GuardedRealm.HEALTHY);
        guarded.policy("robot", "enforced", "\"clients\":{\"include\":[\"robot\"]}", GuardedRealm.HEALTHY);
        guarded.policy(
                "services",
                "enforced",
                "\"clients\":{\"exclude\":[\"reporter\",\"wiki\",\"robot\"]}",
                GuardedRealm.HEALTHY);

        var partner = server.realm(r -> r.user("pat", u -> u.password(GuardedRealm.PASSWORD))
                .client("broker", c -> c.confidential("broker-secret").redirect("*")));
        brokering = GuardedRealm.on(server, r -> r.brokerTo("partner", partner, "broker", "broker-secret"));
        brokering.ledgerNeeds(GuardedRealm.HEALTHY);
    }

    @Test
    void directGrantIsRefused() {
        var refused = guarded.ledger().passwordGrant("ann", GuardedRealm.PASSWORD);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo("invalid_grant");
    }

    @Test
    void tokenThatReachesTheLedgerIsJudgedWhicheverClientAsks() {
        var reporter = guarded.realm().oidc("reporter");

        var harmless = reporter.exchange(reporter.login("ann", GuardedRealm.PASSWORD));
        var reaching = reporter.exchange(reporter.authorize(Map.of("scope", "openid to-ledger")));

        assertThat(harmless.status()).isEqualTo(200);
        assertThat(reaching.error()).isEqualTo("invalid_grant");
    }

    @Test
    void refreshTokenSurvivesARefusalForItsAudience() {
        var reporter = guarded.realm().oidc("reporter").certificate(guarded.healthyDevice("reporter"));
        reporter.login("ann", GuardedRealm.PASSWORD).code();
        var tokens = reporter.exchange(reporter.authorize(Map.of("scope", "openid to-ledger")));

        guarded.fallIll("reporter");
        var refused = reporter.refresh(tokens.refreshToken());
        guarded.heal("reporter");

        assertThat(refused.error()).isEqualTo("invalid_grant");
        assertThat(reporter.refresh(tokens.refreshToken()).status()).isEqualTo(200);
    }

    @Test
    void tokenIsNotExchangedOnceTheDeviceOfItsSessionIsIll() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("exchanged"));
        var api = guarded.realm().oidc("ledger-api").secret(GuardedRealm.API_SECRET);
        var exchange = Map.of(
                "grant_type", "urn:ietf:params:oauth:grant-type:token-exchange",
                "subject_token", ledger.tokens("ann", GuardedRealm.PASSWORD).accessToken(),
                "subject_token_type", "urn:ietf:params:oauth:token-type:access_token");
        assertThat(api.token(exchange).status()).isEqualTo(200);

        guarded.fallIll("exchanged");

        assertThat(api.token(exchange).error()).isEqualTo("invalid_grant");
    }

    @Test
    void implicitFlowIsJudgedByItsAudience() {
        var outcome = guarded.realm()
                .oidc("implicit")
                .login("ann", GuardedRealm.PASSWORD, Map.of("response_type", "token", "nonce", "n"));

        assertThat(outcome.toString()).doesNotContain("access_token");
    }

    @Test
    void serviceAccountHasNoDeviceUnlessAPolicyNamesIt() {
        var batch = guarded.realm().oidc("batch").secret("batch-secret").clientCredentials();
        var robot = guarded.realm().oidc("robot").secret("robot-secret").clientCredentials();

        assertThat(batch.status()).isEqualTo(200);
        assertThat(robot.error()).isEqualTo("unauthorized_client");
    }

    @Test
    void brokeredLoginIsCaughtThoughItNeverReturnsToTheFlow() {

        var page = brokering
                .ledger()
                .login("pat", GuardedRealm.PASSWORD, Map.of("kc_idp_hint", "partner"))
                .page();

        assertThat(page.status()).isEqualTo(403);
        assertThat(page.text()).contains("was not recognised");
    }

    @Test
    void brokeredLoginOnAHealthyDeviceGetsIn() {
        var ledger = brokering.ledger().certificate(brokering.healthyDevice("brokered"));

        var tokens = ledger.exchange(ledger.login("pat", GuardedRealm.PASSWORD, Map.of("kc_idp_hint", "partner")));

        assertThat(tokens.status()).isEqualTo(200);
    }

    @Test
    void anotherRealmsTokensAndPoliciesStayThere() {
        var tokens = brokering.wiki().tokens("ann", GuardedRealm.PASSWORD);

        assertThat(tokens.status()).isEqualTo(200);
        assertThat(guarded.ledger().refresh(tokens.refreshToken()).error()).isEqualTo("invalid_grant");
        assertThat(guarded.active(tokens.accessToken())).isFalse();
    }
}
