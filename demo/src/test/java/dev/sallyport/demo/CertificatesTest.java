package dev.sallyport.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SignatureException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesTest {

    @TempDir
    Path directory;

    @Test
    void deviceCertificateNamesItsDeviceAndComesFromTheAnchor() throws Exception {
        var certificates = new Certificates(directory).prepared();

        var laptop = certificate("healthy-laptop.crt");

        laptop.verify(certificate(certificates.deviceAuthority().getFileName().toString())
                .getPublicKey());
        assertThat(laptop.getSubjectAlternativeNames().iterator().next().get(1)).isEqualTo("urn:device:healthy-laptop");
    }

    @Test
    void foreignCertificateClaimsTheSameDeviceButComesFromElsewhere() throws Exception {
        var anchor = new Certificates(directory).prepared().deviceAuthority();

        var foreign = certificate("foreign-laptop.crt");

        assertThat(foreign.getSubjectAlternativeNames())
                .hasSameElementsAs(certificate("healthy-laptop.crt").getSubjectAlternativeNames());
        assertThatThrownBy(() -> foreign.verify(
                        certificate(anchor.getFileName().toString()).getPublicKey()))
                .isInstanceOf(SignatureException.class);
    }

    @Test
    void certificatesOfAnEarlierRunAreKept() throws Exception {
        new Certificates(directory).prepared();
        var before = Files.readString(directory.resolve("healthy-laptop.crt"));

        new Certificates(directory).prepared();

        assertThat(Files.readString(directory.resolve("healthy-laptop.crt"))).isEqualTo(before);
    }

    private X509Certificate certificate(String file) throws Exception {
        try (var in = Files.newInputStream(directory.resolve(file))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
