package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.Chromium;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.Realm;
import dev.sallyport.it.harness.SallyportTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The server sees the certificate of the TLS connection, which everything about devices rests on. */
@SallyportTest
class ClientCertificateIT {

    private static Realm realm;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        realm = CertificateLogin.realm(server);
    }

    @Test
    void certificateOfEitherTrustedAuthorityReachesTheServer() {
        var pki = realm.server().pki();
        var ledger = realm.oidc("ledger");

        assertThat(ledger.certificate(pki.device("ann")).authorize().code()).isNotEmpty();
        assertThat(ledger.withoutCookies()
                        .certificate(pki.strangers().issue(c -> c.subject("CN=ann")))
                        .authorize()
                        .code())
                .isNotEmpty();
    }

    @Test
    void intermediateIsSentAlong() {
        var issuing = realm.server().pki().devices().intermediate("Issuing");

        var outcome = realm.oidc("ledger")
                .certificate(issuing.issue(c -> c.subject("CN=ann")))
                .authorize();

        assertThat(outcome.code()).isNotEmpty();
    }

    @Test
    void nobodyIsSignedInWithoutACertificate() {
        assertThat(realm.oidc("ledger").authorize().page().text()).doesNotContain("ann");
    }

    @Test
    void browserShowsItsCertificate(Chromium chromium) {
        var device = realm.server().pki().device("ann");
        var page = chromium.page(options -> options.certificate(realm.server(), device));

        page.navigate(realm.authorizationUrl("ledger"));

        assertThat(page.url()).startsWith(OidcClient.CALLBACK).contains("code=");
    }
}
