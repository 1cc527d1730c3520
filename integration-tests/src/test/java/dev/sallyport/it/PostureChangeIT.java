package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.SallyportTest;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A session whose device falls ill loses its access at every door, and gets it back when the device is healed. */
@SallyportTest
class PostureChangeIT {

    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server);
        guarded.ledgerNeeds(GuardedRealm.HEALTHY);
    }

    @Test
    void refreshIsRefusedOnceTheDeviceIsIllAndWorksAgainOnceItIsHealed() {
        guarded.change(realm -> {
            realm.setRevokeRefreshToken(true);
            realm.setRefreshTokenMaxReuse(0);
        });
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("refresh"));
        var tokens = ledger.tokens("ann", GuardedRealm.PASSWORD);

        guarded.fallIll("refresh");
        var refused = ledger.refresh(tokens.refreshToken());
        guarded.heal("refresh");
        var refreshed = ledger.refresh(tokens.refreshToken());

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo("invalid_grant");
        assertThat(refused.errorDescription()).contains("Turn on FileVault");
        // NB. The refusal must not have used up the single use of the refresh token.
        assertThat(refreshed.status()).isEqualTo(200);
    }

    @Test
    void offlineTokenIsRefusedOnceTheDeviceIsIll() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("offline"));
        var tokens =
                ledger.exchange(ledger.login("ann", GuardedRealm.PASSWORD, Map.of("scope", "openid offline_access")));
        var refreshed = ledger.refresh(tokens.refreshToken());
        assertThat(refreshed.status()).isEqualTo(200);

        guarded.fallIll("offline");
        var refused = ledger.refresh(refreshed.refreshToken());

        assertThat(refused.error()).isEqualTo("invalid_grant");
        assertThat(refused.errorDescription()).contains("Turn on FileVault");
        assertThat(guarded.active(tokens.accessToken())).isFalse();
    }

    @Test
    void refreshNeedsNoCertificateSinceTheSessionKeepsItsDevice() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("bound"));
        var tokens = ledger.tokens("ann", GuardedRealm.PASSWORD);

        var refreshed = ledger.withoutCertificate().refresh(tokens.refreshToken());

        assertThat(refreshed.status()).isEqualTo(200);
    }

    @Test
    void anotherDevicesCertificateDoesNotHelpAtRefresh() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("mine"));
        var helper = guarded.healthyDevice("helper");
        var tokens = ledger.tokens("ann", GuardedRealm.PASSWORD);

        guarded.fallIll("mine");
        var refused = ledger.certificate(helper).refresh(tokens.refreshToken());

        assertThat(refused.error()).isEqualTo("invalid_grant");
    }

    @Test
    void tokensOfADeniedSessionIntrospectAsInactive() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("introspection"));
        var tokens = ledger.tokens("ann", GuardedRealm.PASSWORD);
        assertThat(guarded.active(tokens.accessToken())).isTrue();

        guarded.fallIll("introspection");

        assertThat(guarded.active(tokens.accessToken())).isFalse();
        assertThat(ledger.userinfo(tokens.accessToken()).status()).isEqualTo(401);
    }

    @Test
    void reentryIsRefusedOnceTheDeviceIsIll() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("reentry"));
        ledger.tokens("ann", GuardedRealm.PASSWORD);
        assertThat(ledger.authorize().code()).isNotEmpty();

        guarded.fallIll("reentry");

        assertThat(ledger.authorize().page().status()).isEqualTo(403);
        assertThat(ledger.authorize(Map.of("prompt", "none")).error()).isEqualTo("interaction_required");
    }

    @Test
    void codeIsNotExchangedOnceTheDeviceIsIll() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("exchange"));
        var code = ledger.login("ann", GuardedRealm.PASSWORD).code();

        guarded.fallIll("exchange");
        var refused = ledger.exchange(code);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo("invalid_grant");
    }

    @Test
    void stolenCookieIsNotEnoughWithoutTheDevice() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("robbed"));
        ledger.tokens("ann", GuardedRealm.PASSWORD);

        var elsewhere = ledger.withoutCertificate().authorize();

        assertThat(elsewhere.page().status()).isEqualTo(403);
    }

    @Test
    void sessionDoesNotMoveToAnotherDeviceEvenAHealthyOne() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("origin"));
        var other = guarded.healthyDevice("destination");
        ledger.tokens("ann", GuardedRealm.PASSWORD);

        var elsewhere = ledger.certificate(other).authorize();

        assertThat(elsewhere.page().status()).isEqualTo(403);
        assertThat(guarded.audited("access.denied"))
                .anySatisfy(entry ->
                        assertThat(entry.at("/details/device").asText()).isEqualTo("other-device"));
    }

    @Test
    void sessionThatBeganWithoutADeviceCanProveOneLater() {
        var wiki = guarded.wiki();
        wiki.tokens("ann", GuardedRealm.PASSWORD);

        var ledger = wiki.client("ledger").certificate(guarded.healthyDevice("late"));

        assertThat(ledger.exchange(ledger.authorize()).status()).isEqualTo(200);
    }

    @Test
    void removedDeviceIsUnknownAtOnce() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("removed"));
        var tokens = ledger.tokens("ann", GuardedRealm.PASSWORD);

        guarded.realm().api().delete("/devices/removed").expect(204);

        assertThat(ledger.refresh(tokens.refreshToken()).error()).isEqualTo("invalid_grant");
        assertThat(guarded.active(tokens.accessToken())).isFalse();
    }
}
