package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.it.harness.AuditExport;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.Realm;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where keys are in files, whoever has the database has none that signs. */
@SallyportTest(postgres = true, options = "--spi-sallyport-audit--default--keys=" + AuditKeyFileIT.DIRECTORY)
class AuditKeyFileIT {

    static final String DIRECTORY = "/tmp/sallyport-it-keys";

    private static KeycloakServer server;

    private Realm realm;
    private RestApi api;

    @BeforeAll
    static void keep(KeycloakServer one) throws IOException {
        server = one;
        Files.createDirectories(Path.of(DIRECTORY));
    }

    @BeforeEach
    void makeRealm() {
        realm = GuardedRealm.unguarded(server, r -> {});
        newKey();
        realm.setup();
        api = realm.api();
    }

    @Test
    void keyInAFileSignsAndNoneIsInTheDatabase() throws SQLException {
        placed("signed");

        var export = AuditExport.of(api);
        assertThat(export.verify().text()).startsWith("Intact: ");
        assertThat(export.key().lines()).hasSize(1);
        assertThat(privateKeys()).isZero();
    }

    @Test
    void newKeyComesInAFileAndNotByRequest() throws SQLException {
        placed("before");
        var earlier = AuditExport.checkpoint(api);

        assertThat(api.post("/audit/key", "").expect(409).text()).contains("in a file");
        newKey();
        placed("after");

        var export = AuditExport.of(api);
        assertThat(export.key().lines()).hasSize(2);
        assertThat(privateKeys()).isZero();
        assertThat(export.against(earlier, export.checkpoints().get(0)).verify().status())
                .isZero();
    }

    @Test
    void nothingIsSignedWithoutTheFile() throws IOException, SQLException {
        placed("before");
        long before = size();
        var secret = Files.readString(file(".pem"));

        Files.delete(file(".pem"));
        realm.device("{\"id\":\"meanwhile\"}");
        await().during(Duration.ofSeconds(2)).until(() -> size() == before);
        assertThat(api.get("/audit/key", "text/plain").text().lines()).hasSize(1);
        assertThat(privateKeys()).isZero();

        Files.writeString(file(".pem"), secret);
        await().until(() -> size() > before);
    }

    private void placed(String device) {
        long before = size();
        realm.device("{\"id\":\"" + device + "\"}");
        await().until(() -> size() > before);
    }

    private long size() {
        return AuditExport.size(AuditExport.checkpoint(api));
    }

    private void newKey() {
        try {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            Files.writeString(file(".pem"), pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
            Files.writeString(
                    file(".pub.pem"), pem("PUBLIC KEY", pair.getPublic().getEncoded()));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path file(String ending) {
        return Path.of(DIRECTORY, realm.name() + ending);
    }

    private static String pem(String kind, byte[] encoded) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(encoded) + "\n-----END " + kind
                + "-----\n";
    }

    private long privateKeys() throws SQLException {
        try (var connection = server.jdbc();
                var query = connection.prepareStatement(
                        "select count(*) from sp_audit_key where private_key is not null and realm_id = ?")) {
            query.setString(1, realm.admin().toRepresentation().getId());
            try (var rows = query.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }
}
