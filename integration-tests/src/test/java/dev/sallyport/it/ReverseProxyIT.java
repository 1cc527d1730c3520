package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.ClientCertificate;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.ReverseProxy;
import dev.sallyport.it.harness.SallyportTest;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Behind a reverse proxy the certificate comes in a header, and only the trusted proxy may say it. */
@SallyportTest(
        buildOptions = "--spi-x509cert-lookup--provider=nginx",
        options = {
            "--spi-x509cert-lookup--nginx--ssl-client-cert=" + ReverseProxy.CERTIFICATE_HEADER,
            "--proxy-headers=xforwarded",
            "--proxy-trusted-addresses=127.0.0.2"
        })
class ReverseProxyIT {

    private static GuardedRealm guarded;
    private static KeycloakServer server;

    @BeforeAll
    static void makeRealm(KeycloakServer own) {
        server = own;
        guarded = GuardedRealm.on(own);
        guarded.ledgerNeeds(GuardedRealm.HEALTHY);
    }

    @Test
    void trustedProxyVouchesForTheCertificate() throws IOException {
        var certificate = guarded.healthyDevice("proxied");

        try (var proxy = ReverseProxy.inFrontOf(server, "127.0.0.2")) {
            var ledger = guarded.ledger().via(proxy.address()).certificate(certificate);

            assertThat(ledger.tokens("ann", GuardedRealm.PASSWORD).status()).isEqualTo(200);
        }
    }

    @Test
    void sameProxyAtAnUntrustedAddressVouchesForNothing() throws IOException {
        var certificate = guarded.healthyDevice("untrusted-proxy");

        try (var proxy = ReverseProxy.inFrontOf(server, "127.0.0.3")) {
            var page = guarded.ledger()
                    .via(proxy.address())
                    .certificate(certificate)
                    .login("ann", GuardedRealm.PASSWORD)
                    .page();

            assertThat(page.status()).isEqualTo(403);
            assertThat(guarded.audited("access.denied"))
                    .anySatisfy(entry ->
                            assertThat(entry.at("/details/device").asText()).isEqualTo("untrusted-proxy"));
        }
    }

    // NB. A server that ends TLS itself turns this one away in the handshake; a proxy passes it on.
    @Test
    void certificateForAnotherPurposeProvesNothing() throws IOException {
        guarded.healthyDevice("purpose");
        var certificate = server.pki().devices().issue(c -> c.subject("CN=purpose")
                .uri("urn:device:purpose")
                .purposes(KeyPurposeId.id_kp_emailProtection));

        assertProvesNothing(certificate, "wrong-purpose");
    }

    private static void assertProvesNothing(ClientCertificate certificate, String reason) throws IOException {
        try (var proxy = ReverseProxy.inFrontOf(server, "127.0.0.2")) {
            var page = guarded.ledger()
                    .via(proxy.address())
                    .certificate(certificate)
                    .login("ann", GuardedRealm.PASSWORD)
                    .page();

            assertThat(page.status()).isEqualTo(403);
            assertThat(guarded.audited("access.denied"))
                    .anySatisfy(entry ->
                            assertThat(entry.at("/details/device").asText()).isEqualTo(reason));
        }
    }

    @Test
    void headerTypedByTheClientItselfProvesNothing() throws CertificateEncodingException {
        var certificate = guarded.healthyDevice("typed");
        var pem = "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(certificate.leaf().getEncoded())
                + "\n-----END CERTIFICATE-----\n";

        var page = guarded.ledger()
                .header(ReverseProxy.CERTIFICATE_HEADER, URLEncoder.encode(pem, StandardCharsets.UTF_8))
                .header("X-Forwarded-Trusted-Proxy", "true")
                .login("ann", GuardedRealm.PASSWORD)
                .page();

        assertThat(page.status()).isEqualTo(403);
    }
}
