package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.TokenResponse;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An offline session, which outlives its login by weeks, is judged by the device that it was started on. */
@SallyportTest
class OfflineIT {

    private static final String SECRET = "desk-secret";
    private static final Map<String, String> OFFLINE = Map.of("scope", "openid offline_access");

    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server, r -> r.audienceScope("to-ledger", "ledger")
                .client("desk", c -> c.confidential(SECRET).audience("ledger-api"))
                .client("reporter", c -> c.publicClient().optionalScope("to-ledger")));
        guarded.change(realm -> {
            realm.setRevokeRefreshToken(true);
            realm.setRefreshTokenMaxReuse(0);
        });
        guarded.policy("apps", "enforced", "\"clients\":{\"include\":[\"ledger\",\"desk\"]}", GuardedRealm.HEALTHY);
    }

    @Test
    void offlineTokenIsRefusedWithoutBeingUsedUpAndComesBackWithTheDevice() {
        var desk = desk("used-up");
        var tokens = offline(desk);

        guarded.fallIll("used-up");
        var refused = desk.refresh(tokens.refreshToken());
        guarded.heal("used-up");

        assertThat(refused.error()).isEqualTo("invalid_grant");
        assertThat(refused.errorDescription()).contains("Turn on FileVault");
        assertThat(desk.refresh(tokens.refreshToken()).status()).isEqualTo(200);
    }

    @Test
    void offlineSessionKeepsItsDeviceAfterTheOnlineSessionIsGone() {
        var desk = desk("logged-out");
        desk.tokens("ann", GuardedRealm.PASSWORD);
        var tokens = desk.exchange(desk.authorize(OFFLINE));
        endOnlineSession(tokens);
        assertThat(desk.authorize(Map.of("prompt", "none")).error()).isEqualTo("login_required");
        var refreshed = desk.refresh(tokens.refreshToken());
        assertThat(refreshed.status()).as(refreshed.body().toString()).isEqualTo(200);

        guarded.fallIll("logged-out");

        assertThat(desk.refresh(refreshed.refreshToken()).error()).isEqualTo("invalid_grant");
        assertThat(guarded.active(refreshed.accessToken())).isFalse();
        assertThat(desk.userinfo(refreshed.accessToken()).status()).isEqualTo(401);
    }

    @Test
    void offlineTokenOfADeniedSessionIntrospectsAsInactive() {
        var desk = desk("introspected");
        var tokens = offline(desk);
        assertThat(activeRefreshToken(desk, tokens)).isTrue();

        guarded.fallIll("introspected");
        var inactive = activeRefreshToken(desk, tokens);
        guarded.heal("introspected");

        assertThat(inactive).isFalse();
        assertThat(activeRefreshToken(desk, tokens)).isTrue();
    }

    @Test
    void offlineTokenSurvivesARefusalForItsAudience() {
        var reporter = guarded.realm().oidc("reporter").certificate(guarded.healthyDevice("audience"));
        var tokens = reporter.exchange(
                reporter.login("ann", GuardedRealm.PASSWORD, Map.of("scope", "openid offline_access to-ledger")));

        guarded.fallIll("audience");
        var refused = reporter.refresh(tokens.refreshToken());
        guarded.heal("audience");

        assertThat(refused.error()).isEqualTo("invalid_grant");
        assertThat(reporter.refresh(tokens.refreshToken()).status()).isEqualTo(200);
    }

    @Test
    void offlineSessionOfAStolenTokenFallsWithItsDevice() {
        var desk = desk("stolen");
        var tokens = offline(desk);

        guarded.realm().api().delete("/devices/stolen").expect(204);
        var thief = guarded.realm().oidc("desk").secret(SECRET).certificate(guarded.healthyDevice("of-the-thief"));

        assertThat(thief.refresh(tokens.refreshToken()).error()).isEqualTo("invalid_grant");
    }

    private static OidcClient desk(String device) {
        return guarded.realm().oidc("desk").secret(SECRET).certificate(guarded.healthyDevice(device));
    }

    private static TokenResponse offline(OidcClient application) {
        return application.exchange(application.login("ann", GuardedRealm.PASSWORD, OFFLINE));
    }

    private static boolean activeRefreshToken(OidcClient application, TokenResponse tokens) {
        return application
                .request(
                        "/protocol/openid-connect/token/introspect",
                        Map.of("token", tokens.refreshToken(), "token_type_hint", "refresh_token"))
                .body()
                .path("active")
                .asBoolean();
    }

    private static void endOnlineSession(TokenResponse tokens) {
        guarded.realm().admin().deleteSession(tokens.claims().path("sid").asText(), false);
    }
}
