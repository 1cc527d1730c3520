package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.it.harness.ClientCertificate;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.ReverseProxy;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.network.GeoDatabase;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Behind a reverse proxy the certificate and the address of the client come in headers, and only the trusted proxy may say
 * them.
 */
@SallyportTest(
        buildOptions = "--spi-x509cert-lookup--provider=nginx",
        options = {
            "--spi-x509cert-lookup--nginx--ssl-client-cert=" + ReverseProxy.CERTIFICATE_HEADER,
            "--proxy-headers=xforwarded",
            "--proxy-trusted-addresses=127.0.0.2",
            "--spi-sallyport-geoip--default--country=" + ReverseProxyIT.COUNTRIES,
            "--spi-sallyport-geoip--default--asn=" + ReverseProxyIT.SYSTEMS
        })
class ReverseProxyIT {

    // NB. Relative to where the build runs the tests, and so the server.
    static final String COUNTRIES = "target/geoip/countries.mmdb";
    static final String SYSTEMS = "target/geoip/systems.mmdb";

    private static final String OFFICE = "192.0.2.10";
    private static final String AWAY = "203.0.113.10";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SECRET = "a client's secret";
    private static final String IN_OFFICE_ONLY = "\"networks\":{\"exclude\":[\"office\"]}";

    private static GuardedRealm guarded;
    private static KeycloakServer server;

    @BeforeAll
    static void makeRealm(KeycloakServer own) throws IOException {
        server = own;
        replace(COUNTRIES, GeoDatabase.countries(Map.of("192.0.2.0/24", "DE", "203.0.113.0/24", "FR")));
        replace(SYSTEMS, GeoDatabase.systems(Map.of("192.0.2.0/24", 64_496L)));
        guarded = GuardedRealm.on(own, r -> r.client("portal", c -> c.publicClient())
                .client("reports", c -> c.confidential(SECRET))
                .client("app", c -> c.publicClient().audience("ledger-api"))
                .client("intranet", c -> c.publicClient())
                .client("batch", c -> c.serviceAccount(SECRET)));
        guarded.ledgerNeeds(GuardedRealm.HEALTHY);
        guarded.network("office", "\"cidrs\":[\"192.0.2.0/24\"]");
        guarded.network("germany", "\"countries\":[\"DE\"]");
        guarded.network("provider", "\"asns\":[64496]");
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

    /** The application, opened by a browser at that address. */
    private static OidcClient opened(ReverseProxy proxy, String client) {
        return guarded.realm().oidc(client).via(proxy.address());
    }

    private static int loginStatus(OidcClient client) {
        var outcome = client.login("ann", GuardedRealm.PASSWORD);
        return outcome instanceof OidcClient.Page page
                ? page.status()
                : outcome.code().isEmpty() ? 0 : 200;
    }

    @Test
    void addressOfTheClientIsTheOneThatTheTrustedProxySays() throws IOException {
        guarded.blocks("portal", IN_OFFICE_ONLY);

        try (var office = ReverseProxy.withClientsFrom(server, "127.0.0.2", OFFICE);
                var away = ReverseProxy.withClientsFrom(server, "127.0.0.2", AWAY)) {
            assertThat(loginStatus(opened(office, "portal"))).isEqualTo(200);
            assertThat(loginStatus(opened(away, "portal"))).isEqualTo(403);
        }
    }

    @Test
    void addressThatTheClientTypesIsNothing() throws IOException {
        guarded.blocks("intranet", IN_OFFICE_ONLY);
        var intranet = guarded.realm().oidc("intranet");

        try (var office = ReverseProxy.withClientsFrom(server, "127.0.0.2", OFFICE);
                var away = ReverseProxy.withClientsFrom(server, "127.0.0.2", AWAY);
                var stranger = ReverseProxy.withClientsFrom(server, "127.0.0.3", OFFICE)) {
            for (var header : List.of("X-Forwarded-For", "Forwarded", "X-Real-IP")) {
                var forged = header.equals("Forwarded") ? "for=" + OFFICE : OFFICE;
                var typing =
                        intranet.withoutCookies().header(header, forged).header("X-Forwarded-Trusted-Proxy", "true");
                assertThat(loginStatus(typing)).as(header).isEqualTo(403);
                assertThat(loginStatus(typing.withoutCookies().via(away.address())))
                        .as(header + " through the proxy")
                        .isEqualTo(403);
            }
            assertThat(loginStatus(opened(stranger, "intranet"))).isEqualTo(403);
            assertThat(loginStatus(opened(office, "intranet").header("X-Forwarded-For", AWAY)))
                    .isEqualTo(200);
        }
    }

    @Test
    void whereAnApplicationsServerIsSaysNothingOfItsUser() throws IOException {
        guarded.blocks("reports", IN_OFFICE_ONLY);

        try (var office = ReverseProxy.withClientsFrom(server, "127.0.0.2", OFFICE);
                var away = ReverseProxy.withClientsFrom(server, "127.0.0.2", AWAY)) {
            var browser = opened(office, "reports").secret(SECRET);
            var application = browser.via(server.address());
            var tokens = application.exchange(browser.login("ann", GuardedRealm.PASSWORD));

            assertThat(tokens.status()).isEqualTo(200);
            assertThat(application.refresh(tokens.refreshToken()).status()).isEqualTo(200);
            assertThat(loginStatus(opened(away, "reports").secret(SECRET))).isEqualTo(403);
        }
    }

    @Test
    void sessionOfAPublicClientIsSeenToMove() throws IOException {
        guarded.blocks("app", IN_OFFICE_ONLY);

        try (var office = ReverseProxy.withClientsFrom(server, "127.0.0.2", OFFICE);
                var away = ReverseProxy.withClientsFrom(server, "127.0.0.2", AWAY)) {
            var app = opened(office, "app");
            var tokens = app.tokens("ann", GuardedRealm.PASSWORD);
            var again = app.refresh(tokens.refreshToken());
            var stolen = app.via(away.address()).refresh(again.refreshToken());

            assertThat(again.status()).isEqualTo(200);
            assertThat(stolen.status()).isEqualTo(400);
            assertThat(stolen.error()).isEqualTo("invalid_grant");
            assertThat(guarded.active(again.accessToken()))
                    .as("for a resource server that is elsewhere")
                    .isTrue();
        }
    }

    @Test
    void serviceAccountIsWhereItsConnectionComesFrom() throws IOException {
        guarded.blocks("batch", IN_OFFICE_ONLY);

        try (var office = ReverseProxy.withClientsFrom(server, "127.0.0.2", OFFICE);
                var away = ReverseProxy.withClientsFrom(server, "127.0.0.2", AWAY)) {
            assertThat(opened(office, "batch")
                            .secret(SECRET)
                            .clientCredentials()
                            .status())
                    .isEqualTo(200);
            assertThat(opened(away, "batch").secret(SECRET).clientCredentials().error())
                    .isEqualTo("unauthorized_client");
        }
    }

    @Test
    void countryIsTheOneOfTheDatabaseThatIsThereNow() throws IOException {
        guarded.blocks("wiki", "\"networks\":{\"include\":[\"germany\"]}");

        try (var office = ReverseProxy.withClientsFrom(server, "127.0.0.2", OFFICE)) {
            assertThat(loginStatus(opened(office, "wiki"))).isEqualTo(403);

            replace(COUNTRIES, GeoDatabase.countries(Map.of("192.0.2.0/24", "FR")));
            await().atMost(PATIENCE).until(() -> decision("wiki", OFFICE).equals("allow"));
            assertThat(loginStatus(opened(office, "wiki"))).isEqualTo(200);

            replace(COUNTRIES, "no database".getBytes(StandardCharsets.UTF_8));
            await().atMost(PATIENCE).until(() -> decision("wiki", OFFICE).equals("deny"));
            assertThat(loginStatus(opened(office, "wiki"))).isEqualTo(403);
        }
    }

    @Test
    void autonomousSystemIsTheOneOfTheDatabase() {
        guarded.blocks("portal", "\"networks\":{\"exclude\":[\"provider\"]}");

        assertThat(decision("portal", OFFICE)).isEqualTo("allow");
        assertThat(decision("portal", AWAY)).as("the database does not know it").isEqualTo("deny");
    }

    private static String decision(String client, String ip) {
        var question = "{\"user\":\"ann\",\"client\":\"%s\",\"ip\":\"%s\"}".formatted(client, ip);
        return guarded.realm()
                .api()
                .post("/access-policies/evaluate", question)
                .expect(200)
                .json()
                .path("decision")
                .asText();
    }

    private static void replace(String file, byte[] content) throws IOException {
        var path = Path.of(file);
        Files.createDirectories(path.getParent());
        var other = path.resolveSibling(path.getFileName() + ".new");
        Files.write(other, content);
        Files.move(other, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
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
