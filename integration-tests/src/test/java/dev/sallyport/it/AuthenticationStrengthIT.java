package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.SallyportTest;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A policy may ask for a stronger or a fresher authentication; the user is led to it and back to the application. */
@SallyportTest
class AuthenticationStrengthIT {

    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server, r -> r.client("fresh", c -> c.publicClient()));
        guarded.ledgerNeeds("\"acr\":\"2\"");
        guarded.policy(
                "fresh", "enforced", "\"clients\":{\"include\":[\"fresh\"]}", "\"freshAuthentication\":\"PT2S\"");
    }

    @Test
    void firstLoginAsksForTheSecondFactor() {
        var ledger = guarded.ledger();

        var outcome = ledger.login("ben", GuardedRealm.PASSWORD, GuardedRealm.OTP_SECRET);

        assertThat(ledger.exchange(outcome).claims().path("acr").asText()).isEqualTo("2");
    }

    @Test
    void reentryIsSteppedUpAndComesBackToTheApplication() {
        var wiki = guarded.wiki();
        assertThat(wiki.tokens("ben", GuardedRealm.PASSWORD)
                        .claims()
                        .path("acr")
                        .asText())
                .isEqualTo("1");

        var ledger = wiki.client("ledger");
        var page = ledger.authorize().page();
        assertThat(page.asksFor("otp")).isTrue();
        assertThat(page.asksFor("password")).isFalse();
        var tokens = ledger.exchange(ledger.submitOtp(page, GuardedRealm.OTP_SECRET));

        assertThat(tokens.claims().path("acr").asText()).isEqualTo("2");
        assertThat(ledger.refresh(tokens.refreshToken()).status()).isEqualTo(200);
    }

    @Test
    void silentReentryAsksForInteractionInstead() {
        var wiki = guarded.wiki();
        wiki.tokens("ben", GuardedRealm.PASSWORD);

        var outcome = wiki.client("ledger").authorize(Map.of("prompt", "none"));

        assertThat(outcome.error()).isIn("interaction_required", "login_required");
    }

    @Test
    void userWithoutASecondFactorIsNotLetIn() {
        var outcome = guarded.ledger().login("ann", GuardedRealm.PASSWORD);

        // NB. She is led to set one up, as by Keycloak's own level condition, and not back to the application.
        assertThat(outcome.page().asksFor("totp")).isTrue();
    }

    @Test
    void settingUpTheSecondFactorCannotBeCancelled() {
        var ledger = guarded.ledger();

        var page = ledger.login("ann", GuardedRealm.PASSWORD, Map.of("kc_action", "CONFIGURE_TOTP"))
                .page();
        var cancelled = ledger.submit(page, Map.of("cancel-aia", "true"));

        assertThat(cancelled.page().asksFor("totp")).isTrue();
    }

    @Test
    void clientCannotRedefineWhatALevelMeans() {
        var clients = guarded.realm().admin().clients();
        var ledger = clients.findByClientId("ledger").get(0);
        ledger.getAttributes().put("acr.loa.map", "{\"2\":1}");
        clients.get(ledger.getId()).update(ledger);

        var outcome = guarded.ledger().login("ben", GuardedRealm.PASSWORD);

        assertThat(outcome.page().asksFor("otp")).isTrue();
    }

    @Test
    void oldAuthenticationIsRenewedByThePassword() {
        var wiki = guarded.wiki();
        var first = wiki.tokens("ann", GuardedRealm.PASSWORD)
                .claims()
                .path("auth_time")
                .asLong();
        var fresh = wiki.client("fresh");
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> Instant.now()
                .isAfter(Instant.ofEpochSecond(first).plusSeconds(3)));

        var page = fresh.authorize().page();
        assertThat(page.asksFor("password")).isTrue();
        var tokens = fresh.exchange(fresh.submit(page, Map.of("username", "ann", "password", GuardedRealm.PASSWORD)));

        assertThat(tokens.status()).isEqualTo(200);
        assertThat(tokens.claims().path("auth_time").asLong()).isGreaterThan(first);
    }

    @Test
    void wrongPasswordDoesNotRenewAnAuthentication() {
        var wiki = guarded.wiki();
        var first = wiki.tokens("ann", GuardedRealm.PASSWORD)
                .claims()
                .path("auth_time")
                .asLong();
        var fresh = wiki.client("fresh");
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> Instant.now()
                .isAfter(Instant.ofEpochSecond(first).plusSeconds(3)));

        var page = fresh.authorize().page();
        var again = fresh.submit(page, Map.of("username", "ann", "password", "wrong"));

        assertThat(again.page().asksFor("password")).isTrue();
    }

    @Test
    void refreshIsRefusedOnceTheAuthenticationIsTooOld() {
        var fresh = guarded.realm().oidc("fresh");
        var tokens = fresh.tokens("ann", GuardedRealm.PASSWORD);
        var since = Instant.ofEpochSecond(tokens.claims().path("auth_time").asLong());
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> Instant.now()
                .isAfter(since.plusSeconds(3)));

        var refused = fresh.refresh(tokens.refreshToken());

        assertThat(refused.error()).isEqualTo("invalid_grant");
    }
}
