package dev.sallyport.it.harness;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** Issues certificates of every kind that a device, or somebody who pretends to be one, may show. */
public final class CertificateAuthority {

    private final KeyPair keys;
    private final X509Certificate certificate;
    private final List<X509Certificate> intermediates;

    private CertificateAuthority(KeyPair keys, X509Certificate certificate, List<X509Certificate> intermediates) {
        this.keys = keys;
        this.certificate = certificate;
        this.intermediates = intermediates;
    }

    /** A new self-signed authority. Two of the same name are still strangers. */
    public static CertificateAuthority root(String name) {
        var keys = newKeys();
        return new CertificateAuthority(keys, authority(name, keys, "CN=" + name, keys), List.of());
    }

    /** An authority below this one; what it issues brings its certificate along. */
    public CertificateAuthority intermediate(String name) {
        var below = newKeys();
        var issued =
                authority(name, below, certificate.getSubjectX500Principal().getName(), keys);
        return new CertificateAuthority(
                below,
                issued,
                Stream.concat(Stream.of(issued), intermediates.stream()).toList());
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /** The form in which a trust anchor is configured. */
    public String pem() {
        return pem(certificate);
    }

    static String pem(X509Certificate certificate) {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    static String pem(PrivateKey key) {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    private static String pem(String type, byte[] content) {
        var text = new StringWriter();
        try (var writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, content));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }

    /** A client certificate that is valid now, unless the request says otherwise. */
    public ClientCertificate issue(Consumer<Request> details) {
        var request = new Request();
        details.accept(request);
        var subject = newKeys();
        var builder = new JcaX509v3CertificateBuilder(
                new X500Name(certificate.getSubjectX500Principal().getName()),
                request.serial,
                Date.from(request.from),
                Date.from(request.until),
                new X500Name(request.subject),
                subject.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            if (!request.purposes.isEmpty())
                builder.addExtension(
                        Extension.extendedKeyUsage,
                        false,
                        new ExtendedKeyUsage(request.purposes.toArray(KeyPurposeId[]::new)));
            if (!request.names.isEmpty())
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(request.names.toArray(GeneralName[]::new)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        var chain = Stream.concat(Stream.of(sign(builder, keys)), intermediates.stream())
                .toList();
        return new ClientCertificate(subject.getPrivate(), chain);
    }

    /** What a certificate shall say. */
    public static final class Request {

        private String subject = "CN=nobody";
        private BigInteger serial = newSerial();
        private Instant from = Instant.now().minus(Duration.ofHours(1));
        private Instant until = Instant.now().plus(Duration.ofDays(1));
        private List<KeyPurposeId> purposes = List.of(KeyPurposeId.id_kp_clientAuth);
        private final List<GeneralName> names = new ArrayList<>();

        private Request() {}

        /** An X.500 name, e.g. {@code CN=C02A,O=Example}. */
        public Request subject(String name) {
            this.subject = name;
            return this;
        }

        public Request serial(BigInteger number) {
            this.serial = number;
            return this;
        }

        public Request valid(Instant notBefore, Instant notAfter) {
            this.from = notBefore;
            this.until = notAfter;
            return this;
        }

        /** In place of client authentication; none at all leaves the extension out, which allows everything. */
        public Request purposes(KeyPurposeId... extendedUsages) {
            this.purposes = List.of(extendedUsages);
            return this;
        }

        public Request uri(String name) {
            names.add(new GeneralName(GeneralName.uniformResourceIdentifier, name));
            return this;
        }

        public Request dns(String name) {
            names.add(new GeneralName(GeneralName.dNSName, name));
            return this;
        }

        Request address(String ip) {
            names.add(new GeneralName(GeneralName.iPAddress, ip));
            return this;
        }
    }

    private static X509Certificate authority(String name, KeyPair subject, String issuer, KeyPair issuerKeys) {
        var now = Instant.now();
        var builder = new JcaX509v3CertificateBuilder(
                new X500Name(issuer),
                newSerial(),
                Date.from(now.minus(Duration.ofDays(400))),
                Date.from(now.plus(Duration.ofDays(400))),
                new X500Name("CN=" + name),
                subject.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return sign(builder, issuerKeys);
    }

    private static X509Certificate sign(JcaX509v3CertificateBuilder builder, KeyPair issuer) {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.getPrivate())));
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair newKeys() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static BigInteger newSerial() {
        return new BigInteger(63, new SecureRandom()).add(BigInteger.ONE);
    }
}
