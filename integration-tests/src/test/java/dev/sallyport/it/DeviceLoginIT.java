package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.ClientCertificate;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.SallyportTest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who gets in is decided by the device, and whoever does not is told why. */
@SallyportTest
class DeviceLoginIT {

    private static GuardedRealm guarded;
    private static KeycloakServer server;

    @BeforeAll
    static void makeRealm(KeycloakServer shared) {
        server = shared;
        guarded = GuardedRealm.on(shared);
        guarded.ledgerNeeds(
                "\"device\":{\"proven\":true,\"compliant\":true,\"diskEncrypted\":true,\"maxPostureAge\":\"PT24H\"}");
    }

    @Test
    void userOnAHealthyDeviceGetsIn() {
        var certificate = guarded.healthyDevice("healthy");

        var tokens = guarded.ledger().certificate(certificate).tokens("ann", GuardedRealm.PASSWORD);

        assertThat(tokens.claims().path("azp").asText()).isEqualTo("ledger");
        assertThat(guarded.active(tokens.accessToken())).isTrue();
    }

    @Test
    void userWithoutADeviceIsToldThatNoneWasRecognised() {
        var page = login(guarded.ledger());

        assertRefused(page, "no-proof", "was not recognised");
    }

    @Test
    void certificateOfAnotherAuthorityProvesNothingThoughTlsTrustsIt() {
        guarded.healthyDevice("imitated");
        var imitation =
                server.pki().strangers().issue(c -> c.subject("CN=imitated").uri("urn:device:imitated"));

        var page = login(guarded.ledger().certificate(imitation));

        assertRefused(page, "untrusted-issuer", "authority");
    }

    @Test
    void certificateInAHeaderProvesNothing() {
        var certificate = guarded.healthyDevice("forged");
        var pem = URLEncoder.encode(pem(certificate), StandardCharsets.UTF_8);
        var der = ":" + Base64.getEncoder().encodeToString(encoded(certificate)) + ":";

        var page = login(guarded.ledger()
                .header("ssl-client-cert", pem)
                .header("X-Forwarded-Client-Cert", pem)
                .header("Client-Cert", der)
                .header("X-Forwarded-Trusted-Proxy", "true"));

        assertRefused(page, "no-proof", "was not recognised");
    }

    @Test
    void unregisteredDeviceIsToldToEnrol() {
        var page = login(guarded.ledger().certificate(server.pki().device("nobody-knows-me")));

        assertRefused(page, "not-registered", "nobody-knows-me");
    }

    @Test
    void deviceOfAnotherUserIsNotRecognised() {
        var certificate = guarded.healthyDevice("bens");
        guarded.realm()
                .api()
                .put("/devices/bens", "{\"owner\":\"ben\",\"platform\":\"macos\"}")
                .expect(200);

        var page = login(guarded.ledger().certificate(certificate));

        assertRefused(page, "other-owner", "another");
    }

    @Test
    void certificateWithTwoMatchingNamesProvesNothing() {
        guarded.healthyDevice("first");
        var certificate = server.pki()
                .devices()
                .issue(c -> c.subject("CN=first").uri("urn:device:first").uri("urn:device:second"));

        var page = login(guarded.ledger().certificate(certificate));

        assertRefused(page, "no-device-id", "certificate");
    }

    @Test
    void blockedDeviceIsRefusedWhateverItsPosture() {
        var certificate = guarded.healthyDevice("blocked");
        guarded.realm()
                .api()
                .put("/devices/blocked", "{\"status\":\"blocked\",\"platform\":\"macos\"}")
                .expect(200);

        var page = login(guarded.ledger().certificate(certificate));

        assertRefusedFor(page, "device.status", "blocked");
    }

    @Test
    void stalePostureIsRefused() {
        var certificate = server.pki().device("stale");
        guarded.realm().device("{\"id\":\"stale\",\"platform\":\"macos\"}");
        guarded.posture(
                "stale", Instant.now().minus(Duration.ofHours(31)), "\"compliant\":true,\"diskEncrypted\":true");

        var page = login(guarded.ledger().certificate(certificate));

        assertRefusedFor(page, "device.maxPostureAge", "31");
    }

    @Test
    void missingFactIsNotAGoodFact() {
        var certificate = server.pki().device("silent");
        guarded.realm().device("{\"id\":\"silent\",\"platform\":\"macos\"}");
        guarded.posture("silent", "\"compliant\":true");

        var page = login(guarded.ledger().certificate(certificate));

        assertRefusedFor(page, "device.diskEncrypted", "not known");
    }

    @Test
    void failingFactShowsTheRemedyOfItsSource() {
        var certificate = guarded.healthyDevice("ill");
        guarded.fallIll("ill");

        var page = login(guarded.ledger().certificate(certificate));

        assertRefusedFor(page, "device.diskEncrypted", "Turn on FileVault in System Settings.");
    }

    @Test
    void applicationWithoutAPolicyIsOpenToEveryDevice() {
        var tokens = guarded.wiki().tokens("ann", GuardedRealm.PASSWORD);

        assertThat(tokens.status()).isEqualTo(200);
    }

    private static OidcClient.Page login(OidcClient client) {
        return client.login("ann", GuardedRealm.PASSWORD).page();
    }

    /** Refused since no device was recognised, for this reason. */
    private static void assertRefused(OidcClient.Page page, String reason, String words) {
        assertThat(page.status()).isEqualTo(403);
        assertThat(page.text()).contains(words);
        assertThat(guarded.audited("access.denied"))
                .anySatisfy(entry ->
                        assertThat(entry.at("/details/device").asText()).isEqualTo(reason));
    }

    /** Refused for this control of a recognised device. */
    private static void assertRefusedFor(OidcClient.Page page, String control, String words) {
        assertThat(page.status()).isEqualTo(403);
        assertThat(page.text()).contains(words);
        assertThat(guarded.audited("access.denied"))
                .anySatisfy(entry -> assertThat(entry.at("/details/policies").findValuesAsText("control"))
                        .contains(control));
    }

    private static String pem(ClientCertificate certificate) {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(encoded(certificate))
                + "\n-----END CERTIFICATE-----\n";
    }

    private static byte[] encoded(ClientCertificate certificate) {
        try {
            return certificate.leaf().getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }
}
