package dev.sallyport.it.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/**
 * The certificates of one run. The servers' TLS trusts two authorities for clients, {@link #devices} and
 * {@link #strangers}; only the first is meant to be configured as a device anchor.
 */
public final class Pki {

    static final Pki CURRENT = new Pki();

    private final CertificateAuthority servers = CertificateAuthority.root("Test servers");
    private final CertificateAuthority devices = CertificateAuthority.root("Test devices");
    private final CertificateAuthority strangers = CertificateAuthority.root("Test strangers");

    private Pki() {}

    /** Issued the servers' own certificate. */
    public CertificateAuthority servers() {
        return servers;
    }

    /** Stands for the device management's authority. */
    public CertificateAuthority devices() {
        return devices;
    }

    /** TLS trusts it, for whatever other reason; it says nothing about devices. */
    public CertificateAuthority strangers() {
        return strangers;
    }

    /** The certificate of a well-kept device: {@code urn:device:<id>} as SAN URI, the id as common name. */
    public ClientCertificate device(String id) {
        return devices.issue(c -> c.subject("CN=" + id).uri("urn:device:" + id));
    }

    /** For a client that trusts the servers and shows the certificate, if any. */
    public SSLContext sslContext(Optional<ClientCertificate> certificate) {
        try {
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trustStore(List.of(servers)));
            var keys = new KeyManager[0];
            if (certificate.isPresent()) {
                var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                factory.init(certificate.get().keyStore(), ClientCertificate.PASSWORD.toCharArray());
                keys = factory.getKeyManagers();
            }
            var context = SSLContext.getInstance("TLS");
            context.init(keys, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    ClientCertificate serverCertificate() {
        return servers.issue(c -> c.subject("CN=localhost")
                .dns("localhost")
                .address("127.0.0.1")
                .purposes(KeyPurposeId.id_kp_serverAuth));
    }

    /**
     * Writes what a server needs and names it in options.
     *
     * @param seenAs the directory's name for the server, which another file system may have given it
     */
    List<String> serverOptions(Path directory, Path seenAs) throws IOException {
        Files.createDirectories(directory);
        serverCertificate().writePkcs12(directory.resolve("server.p12"));
        try (var out = Files.newOutputStream(directory.resolve("client-authorities.p12"))) {
            trustStore(List.of(devices, strangers)).store(out, ClientCertificate.PASSWORD.toCharArray());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        // NB. The server calls itself when a realm brokers to another, and its nginx lookup rebuilds chains from here.
        Files.writeString(directory.resolve("authorities.pem"), servers.pem() + devices.pem() + strangers.pem());
        return List.of(
                "--https-key-store-file=" + seenAs.resolve("server.p12"),
                "--https-key-store-password=" + ClientCertificate.PASSWORD,
                "--https-trust-store-file=" + seenAs.resolve("client-authorities.p12"),
                "--https-trust-store-password=" + ClientCertificate.PASSWORD,
                "--truststore-paths=" + seenAs.resolve("authorities.pem"));
    }

    private static KeyStore trustStore(List<CertificateAuthority> authorities)
            throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (var authority : authorities)
            store.setCertificateEntry(
                    authority.certificate().getSubjectX500Principal().getName(), authority.certificate());
        return store;
    }
}
