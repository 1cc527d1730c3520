package dev.sallyport.demo;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/**
 * The certificates of the demo, in one directory: of the server, of the two authorities that TLS accepts client
 * certificates from (only one of them is the realm's anchor for devices), and of each device.
 */
record Certificates(Path directory) {

    /** Protects nothing: every file here is for the demo only. */
    static final String PASSWORD = "demo";

    Path serverCertificate() {
        return directory.resolve("server.crt");
    }

    Path serverKey() {
        return directory.resolve("server.key");
    }

    /** What the server's TLS layer accepts client certificates from. */
    Path clientAuthorities() {
        return directory.resolve("client-authorities.p12");
    }

    /** The realm's trust anchor for devices. */
    Path deviceAuthority() {
        return directory.resolve("device-authority.crt");
    }

    /** A device's certificate and key in the form that browsers import. */
    Path keyStore(Device device) {
        return directory.resolve(device.id() + ".p12");
    }

    private Path serverKeyStore() {
        return directory.resolve("server.p12");
    }

    /** Makes them all, unless they are there and valid for a while: a browser may have imported one. */
    Certificates prepared() {
        try {
            if (usable()) return this;
            Files.createDirectories(directory);
            var devices = Identity.authority("Sallyport demo device authority");
            var foreign = Identity.authority("Another company's device authority");

            var server = Identity.server("localhost");
            save(serverKeyStore(), "server", server);
            pem(serverCertificate(), server.certificate());
            pem(serverKey(), new JcaPKCS8Generator(server.keys().getPrivate(), null));

            pem(deviceAuthority(), devices.certificate());
            var authorities = empty();
            authorities.setCertificateEntry("devices", devices.certificate());
            authorities.setCertificateEntry("foreign", foreign.certificate());
            save(clientAuthorities(), authorities);

            for (var device : Device.values()) {
                var authority = device == Device.FOREIGN_LAPTOP ? foreign : devices;
                var identity = authority.issue(device);
                save(keyStore(device), device.title, identity);
                pem(directory.resolve(device.id() + ".crt"), identity.certificate());
                pem(
                        directory.resolve(device.id() + ".key"),
                        new JcaPKCS8Generator(identity.keys().getPrivate(), null));
            }
            return this;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("certificates could not be made", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean usable() throws GeneralSecurityException, IOException {
        // NB. The last one that is written: without it an earlier run was interrupted.
        var last = Device.values()[Device.values().length - 1];
        if (!Files.exists(directory.resolve(last.id() + ".key"))) return false;
        var certificate = (X509Certificate) load(serverKeyStore()).getCertificateChain("server")[0];
        return certificate.getNotAfter().toInstant().isAfter(Instant.now().plus(Duration.ofDays(7)));
    }

    /** For connections to the server that present nothing. */
    SSLContext trustingServer() {
        return context(null);
    }

    /** For connections to the server that present a device's certificate. */
    SSLContext presenting(Device device) {
        return context(keyStore(device));
    }

    /** For answering in the server's name. */
    SSLContext asServer() {
        return context(serverKeyStore());
    }

    private SSLContext context(Path keys) {
        try {
            var trusted = empty();
            trusted.setCertificateEntry("server", load(serverKeyStore()).getCertificate("server"));
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            own.init(keys == null ? empty() : load(keys), PASSWORD.toCharArray());
            var context = SSLContext.getInstance("TLS");
            context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static KeyStore load(Path file) throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    private static void save(Path file, String alias, Identity identity) throws GeneralSecurityException, IOException {
        var store = empty();
        store.setKeyEntry(
                alias, identity.keys().getPrivate(), PASSWORD.toCharArray(), new Certificate[] {identity.certificate()
                });
        save(file, store);
    }

    private static void save(Path file, KeyStore store) throws GeneralSecurityException, IOException {
        try (var out = Files.newOutputStream(ownersOnly(file))) {
            store.store(out, PASSWORD.toCharArray());
        }
    }

    private static void pem(Path file, Object content) throws IOException {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            writer.writeObject(content);
        }
        Files.writeString(ownersOnly(file), text.toString());
    }

    private static Path ownersOnly(Path file) throws IOException {
        Files.deleteIfExists(file);
        if (!Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix")) return file;
        return Files.createFile(
                file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
}
