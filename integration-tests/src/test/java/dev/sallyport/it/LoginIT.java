package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.Chromium;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.Realm;
import dev.sallyport.it.harness.SallyportTest;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A realm that the pack was not set up in works as ever. */
@SallyportTest
class LoginIT {

    private static Realm realm;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        realm = server.realm(r -> r.group("/finance")
                .role("clerk")
                .clientRole("ledger", "reader")
                .user("ann", u -> u.password("secret")
                        .groups("/finance")
                        .roles("clerk")
                        .clientRoles("ledger", "reader"))
                .client("ledger", c -> c.publicClient().audience("ledger-api"))
                .client("ledger-api", c -> c.resourceServer("api-secret"))
                .client("batch", c -> c.serviceAccount("batch-secret")));
    }

    @Test
    void codeIsExchangedForTokensThatRefreshAndIntrospect() {
        var ledger = realm.oidc("ledger");

        var tokens = ledger.tokens("ann", "secret");
        var refreshed = ledger.refresh(tokens.refreshToken());

        assertThat(refreshed.claims().path("iss").asText()).isEqualTo(realm.issuer());
        var introspection = realm.oidc("ledger-api").secret("api-secret").introspect(refreshed.accessToken());
        assertThat(introspection.body().path("active").asBoolean()).isTrue();
        assertThat(introspection.body().at("/resource_access/ledger/roles/0").asText())
                .isEqualTo("reader");
    }

    @Test
    void secondRequestIsAnsweredFromTheSessionWithoutAPage() {
        var ledger = realm.oidc("ledger");
        ledger.login("ann", "secret").code();

        var again = ledger.authorize(Map.of("prompt", "none"));

        assertThat(again.code()).isNotEmpty();
        assertThat(ledger.withoutCookies().authorize(Map.of("prompt", "none")).error())
                .isEqualTo("login_required");
    }

    @Test
    void wrongPasswordShowsTheLoginPageAgain() {
        var page = realm.oidc("ledger").login("ann", "wrong").page();

        assertThat(page.asksFor("password")).isTrue();
    }

    @Test
    void serviceAccountGetsATokenOfItsOwn() {
        var token = realm.oidc("batch").secret("batch-secret").clientCredentials();

        assertThat(token.claims().path("azp").asText()).isEqualTo("batch");
    }

    @Test
    void browserLogsIn(Chromium chromium) {
        var page = chromium.page();

        page.navigate(realm.authorizationUrl("ledger"));
        page.getByLabel("Username or email").fill("ann");
        page.locator("input[name=password]").fill("secret");
        page.locator("#kc-login").click();
        page.waitForURL(url -> url.startsWith(OidcClient.CALLBACK));

        assertThat(page.url()).contains("code=");
    }
}
