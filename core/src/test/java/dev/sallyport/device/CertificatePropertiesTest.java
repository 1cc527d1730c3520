package dev.sallyport.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.device.CertificateIdentification.Field;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class CertificatePropertiesTest {

    private static final Certificates.Holder ROOT =
            Certificates.authority("CN=Device Root").selfSigned();
    private static final byte[] DEVICE = encoded(Certificates.device("CN=C02A,O=Example")
            .uri("urn:device:C02A")
            .issuedBy(ROOT)
            .certificate());

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    void aForgedCertificateProvesNothing(
            @ForAll @IntRange(max = 1_000) int place,
            @ForAll @IntRange(min = 1, max = 255) int change,
            @ForAll Field field)
            throws CertificateException {
        var bytes = DEVICE.clone();
        bytes[place % bytes.length] ^= (byte) change;
        var forged = parsed(bytes);
        Assume.that(forged.isPresent());
        var identification = new CertificateIdentification(field, Optional.empty(), List.of(ROOT.pem()));

        var verdict = identification.verifier().verify(List.of(forged.get()), Certificates.NOW);

        assertThat(verdict.deviceId()).isEmpty();
        assertThat(verdict.reason()).isPresent();
    }

    private static Optional<X509Certificate> parsed(byte[] bytes) throws CertificateException {
        var factory = CertificateFactory.getInstance("X.509");
        try {
            return Optional.of((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(bytes)));
        } catch (CertificateException e) {
            return Optional.empty();
        }
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }
}
