package dev.sallyport.demo;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
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

/** A key pair and the certificate about it. */
record Identity(KeyPair keys, X509Certificate certificate) {

    private static final Duration VALIDITY = Duration.ofDays(365);

    /** A server's own, which nobody but the demo vouches for. */
    static Identity server(String host) throws GeneralSecurityException, IOException {
        var keys = newKeys();
        var builder = about(keys, "CN=" + host, "CN=" + host);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        builder.addExtension(
                Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(GeneralName.dNSName, host)));
        return signed(builder, keys, keys);
    }

    static Identity authority(String name) throws GeneralSecurityException, IOException {
        var keys = newKeys();
        var builder = about(keys, "CN=" + name, "CN=" + name);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        return signed(builder, keys, keys);
    }

    /** A device's, from this authority. */
    Identity issue(Device device) throws GeneralSecurityException, IOException {
        var own = newKeys();
        var builder = about(own, certificate.getSubjectX500Principal().getName(), "CN=" + device.title);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
        var id = new GeneralName(GeneralName.uniformResourceIdentifier, Device.PREFIX + device.claimedId());
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(id));
        return signed(builder, own, keys);
    }

    private static JcaX509v3CertificateBuilder about(KeyPair keys, String issuer, String subject) {
        var now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                new X500Name(issuer),
                new BigInteger(127, new SecureRandom()).setBit(126),
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(VALIDITY)),
                new X500Name(subject),
                keys.getPublic());
    }

    private static Identity signed(JcaX509v3CertificateBuilder builder, KeyPair keys, KeyPair issuer)
            throws GeneralSecurityException {
        try {
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.getPrivate());
            return new Identity(keys, new JcaX509CertificateConverter().getCertificate(builder.build(signer)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }
}
