package dev.sallyport.delivery.realm;

import dev.sallyport.delivery.SinkDocument;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.truststore.TruststoreProvider;

/** TLS as a sink's document wants it: whom to trust, and what to show. */
final class ClientTls {

    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "Ed25519");
    private static final char[] IN_MEMORY = "in memory only".toCharArray();

    private ClientTls() {}

    /** @throws DocumentFault that names the field, if its PEM cannot be used */
    static SSLContext context(KeycloakSession session, SinkDocument document) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(keys(document), trust(session, document), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("TLS cannot be set up", e);
        }
    }

    /**
     * A key that is in the vault shows its faults when it is used.
     *
     * @throws DocumentFault that names the field, if its PEM cannot be used
     */
    static void check(KeycloakSession session, SinkDocument document) {
        try {
            trust(session, document);
            document.certificate().ifPresent(pem -> certificates("certificate", pem));
            var key = document.key().filter(pem -> !Secret.inVault(pem) && !pem.equals(Secret.MASK));
            if (key.isPresent()) keys(document);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("TLS cannot be set up", e);
        }
    }

    private static KeyManager[] keys(SinkDocument document) throws GeneralSecurityException, IOException {
        if (document.key().isEmpty()) return new KeyManager[0];
        var chain = certificates("certificate", document.certificate().orElseThrow());
        var key = key(document.key().get());
        var store = empty();
        try {
            store.setKeyEntry("sink", key, IN_MEMORY, chain.toArray(Certificate[]::new));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new DocumentFault("certificate", "must be a chain that begins with the certificate of the key");
        }
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, IN_MEMORY);
        return managers.getKeyManagers();
    }

    private static TrustManager[] trust(KeycloakSession session, SinkDocument document)
            throws GeneralSecurityException, IOException {
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        if (document.trustAnchors().isEmpty()) {
            // NB. Null is what the Java platform trusts.
            managers.init(Optional.ofNullable(session.getProvider(TruststoreProvider.class))
                    .map(TruststoreProvider::getTruststore)
                    .orElse(null));
            return managers.getTrustManagers();
        }
        var store = empty();
        for (int i = 0; i < document.trustAnchors().size(); i++) {
            var path = "trustAnchors[" + i + "]";
            for (var anchor : certificates(path, document.trustAnchors().get(i))) {
                store.setCertificateEntry(path + store.size(), anchor);
            }
        }
        managers.init(store);
        return managers.getTrustManagers();
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<Certificate> certificates(String path, String pem) {
        try {
            var read = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
            if (!read.isEmpty()) return List.copyOf(read);
        } catch (CertificateException unreadable) {
            // NB. Said below.
        }
        throw new DocumentFault(path, "must be certificates in PEM");
    }

    private static PrivateKey key(String pem) throws GeneralSecurityException {
        var text = pem.strip();
        if (!text.matches("(?s)-----BEGIN PRIVATE KEY-----.*-----END PRIVATE KEY-----")) throw notAKey();
        byte[] encoded;
        try {
            encoded = Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", ""));
        } catch (IllegalArgumentException e) {
            throw notAKey();
        }
        for (var algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            } catch (InvalidKeySpecException another) {
                // NB. The next algorithm is tried.
            }
        }
        throw notAKey();
    }

    private static DocumentFault notAKey() {
        return new DocumentFault("key", "must be an unencrypted private key in PEM (PKCS #8)");
    }
}
