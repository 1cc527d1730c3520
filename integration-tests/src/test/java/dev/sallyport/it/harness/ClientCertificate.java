package dev.sallyport.it.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;

/** A certificate with its key and the intermediates that a TLS peer needs, leaf first. */
public record ClientCertificate(PrivateKey key, List<X509Certificate> chain) {

    static final String PASSWORD = "changeit";

    public X509Certificate leaf() {
        return chain.get(0);
    }

    /** As a browser imports it; the password is {@value #PASSWORD}. */
    public byte[] pkcs12() {
        try (var bytes = new ByteArrayOutputStream()) {
            keyStore().store(bytes, PASSWORD.toCharArray());
            return bytes.toByteArray();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    KeyStore keyStore() throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("key", key, PASSWORD.toCharArray(), chain.toArray(Certificate[]::new));
        return store;
    }

    Path writePkcs12(Path file) throws IOException {
        return Files.write(file, pkcs12());
    }
}
