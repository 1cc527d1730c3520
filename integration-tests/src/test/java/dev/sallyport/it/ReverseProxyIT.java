package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.Realm;
import dev.sallyport.it.harness.ReverseProxy;
import dev.sallyport.it.harness.SallyportTest;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A certificate in a header counts when a trusted proxy put it there. */
@SallyportTest(
        buildOptions = "--spi-x509cert-lookup--provider=nginx",
        options = {
            "--spi-x509cert-lookup--nginx--ssl-client-cert=" + ReverseProxy.CERTIFICATE_HEADER,
            "--proxy-headers=xforwarded",
            "--proxy-trusted-addresses=127.0.0.2"
        })
class ReverseProxyIT {

    private static Realm realm;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        realm = CertificateLogin.realm(server);
    }

    @Test
    void certificateIsTakenFromATrustedProxyOnly() throws IOException {
        var server = realm.server();
        var ledger = realm.oidc("ledger").certificate(server.pki().device("ann"));

        try (var trusted = ReverseProxy.inFrontOf(server, "127.0.0.2");
                var untrusted = ReverseProxy.inFrontOf(server, "127.0.0.3")) {
            assertThat(ledger.via(trusted.address()).authorize().code()).isNotEmpty();
            assertThat(ledger.withoutCookies()
                            .via(untrusted.address())
                            .authorize()
                            .page()
                            .text())
                    .doesNotContain("ann");
        }
    }
}
