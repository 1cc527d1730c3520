package dev.sallyport.device;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates for tests: healthy unless a test says what shall be wrong with them. */
public final class Certificates {

    static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");

    private Certificates() {}

    /** A certificate with its key. */
    public record Holder(X509Certificate certificate, KeyPair keys) {

        String pem() {
            var pem = new StringWriter();
            try (var writer = new JcaPEMWriter(pem)) {
                writer.writeObject(certificate);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return pem.toString();
        }
    }

    /** A certificate of a device, which may authenticate clients from yesterday until tomorrow. */
    static Draft device(String subject) {
        return new Draft(new X500Name(subject))
                .usage(KeyUsage.digitalSignature)
                .purposes(KeyPurposeId.id_kp_clientAuth);
    }

    /** A certificate of an authority. */
    static Draft authority(String subject) {
        return new Draft(new X500Name(subject)).authority().usage(KeyUsage.keyCertSign | KeyUsage.cRLSign);
    }

    /** The certificate of a server, which vouches for itself and is valid while the tests run. */
    public static Holder server(String host) {
        var now = Instant.now();
        return new Draft(new X500Name("CN=" + host))
                .dns(host)
                .purposes(KeyPurposeId.id_kp_serverAuth)
                .validFrom(now.minusSeconds(3_600))
                .validUntil(now.plusSeconds(3_600))
                .selfSigned();
    }

    static final class Draft {

        private final X500Name subject;
        private final List<GeneralName> names = new ArrayList<>();
        private final List<Additional> additional = new ArrayList<>();
        private List<KeyPurposeId> purposes = List.of();
        private Optional<Integer> usage = Optional.empty();
        private Optional<KeyPair> keys = Optional.empty();
        private boolean authority;
        private BigInteger serial = BigInteger.valueOf(0x0a1b2c);
        private Instant from = NOW.minusSeconds(86_400);
        private Instant until = NOW.plusSeconds(86_400);

        private record Additional(String oid, boolean critical, ASN1Encodable value) {}

        Draft(X500Name subject) {
            this.subject = subject;
        }

        Draft uri(String uri) {
            names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
            return this;
        }

        Draft dns(String name) {
            names.add(new GeneralName(GeneralName.dNSName, name));
            return this;
        }

        Draft purposes(KeyPurposeId... these) {
            purposes = List.of(these);
            return this;
        }

        Draft usage(int bits) {
            usage = Optional.of(bits);
            return this;
        }

        Draft withoutUsage() {
            usage = Optional.empty();
            return this;
        }

        Draft authority() {
            authority = true;
            return this;
        }

        Draft serial(BigInteger number) {
            serial = number;
            return this;
        }

        Draft validFrom(Instant time) {
            from = time;
            return this;
        }

        Draft validUntil(Instant time) {
            until = time;
            return this;
        }

        Draft keys(KeyPair these) {
            keys = Optional.of(these);
            return this;
        }

        Draft extension(String oid, boolean critical, ASN1Encodable value) {
            additional.add(new Additional(oid, critical, value));
            return this;
        }

        Holder selfSigned() {
            var own = keys.orElseGet(Certificates::newKeys);
            return signed(subject, own, own);
        }

        Holder issuedBy(Holder issuer) {
            var name = X500Name.getInstance(
                    issuer.certificate().getSubjectX500Principal().getEncoded());
            return signed(name, issuer.keys(), keys.orElseGet(Certificates::newKeys));
        }

        private Holder signed(X500Name issuer, KeyPair issuerKeys, KeyPair own) {
            try {
                var builder = new JcaX509v3CertificateBuilder(
                        issuer, serial, Date.from(from), Date.from(until), subject, own.getPublic());
                if (authority) builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
                if (usage.isPresent()) builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage.get()));
                if (!purposes.isEmpty()) {
                    builder.addExtension(
                            Extension.extendedKeyUsage,
                            false,
                            new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)));
                }
                if (!names.isEmpty()) {
                    builder.addExtension(
                            Extension.subjectAlternativeName,
                            false,
                            new GeneralNames(names.toArray(GeneralName[]::new)));
                }
                for (var extension : additional) {
                    builder.addExtension(
                            new ASN1ObjectIdentifier(extension.oid()), extension.critical(), extension.value());
                }
                var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate());
                return new Holder(new JcaX509CertificateConverter().getCertificate(builder.build(signer)), own);
            } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    static KeyPair newKeys() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
