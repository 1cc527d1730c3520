package dev.sallyport.device;

import static dev.sallyport.device.Certificates.NOW;
import static dev.sallyport.device.Certificates.authority;
import static dev.sallyport.device.Certificates.device;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sallyport.device.CertificateIdentification.Field;
import dev.sallyport.device.CertificateIdentification.Verdict;
import dev.sallyport.device.Certificates.Draft;
import dev.sallyport.device.Certificates.Holder;
import dev.sallyport.device.Recognition.Reason;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateIdentificationTest {

    private static final Holder ROOT = authority("CN=Device Root,O=Example").selfSigned();

    private static CertificateIdentification by(Field field, String prefix, Holder... anchors) {
        return new CertificateIdentification(
                field,
                prefix.isEmpty() ? Optional.empty() : Optional.of(prefix),
                Arrays.stream(anchors).map(Holder::pem).toList());
    }

    private static Verdict judge(CertificateIdentification identification, Holder... chain) {
        return identification
                .verifier()
                .verify(Arrays.stream(chain).map(Holder::certificate).toList(), NOW);
    }

    /** What the chain proves to a realm that reads the common name and trusts {@link #ROOT}. */
    private static Verdict judge(Holder... chain) {
        return judge(by(Field.SUBJECT_CN, "", ROOT), chain);
    }

    private static Verdict proof(String id) {
        return new Verdict(Optional.of(id), Optional.empty());
    }

    private static Verdict noProof(Reason reason) {
        return new Verdict(Optional.empty(), Optional.of(reason));
    }

    // The field

    @Test
    void theIdIsReadFromTheConfiguredField() throws Exception {
        var certificate = device("CN=C02A,O=Example")
                .uri("urn:device:C02B")
                .dns("c02c.example.com")
                .serial(new BigInteger("00ABCDEF", 16))
                .issuedBy(ROOT);

        var ids = Arrays.stream(Field.values())
                .map(field -> judge(by(field, "", ROOT), certificate).deviceId())
                .toList();

        var thumbprint = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(certificate.certificate().getEncoded()));
        assertThat(ids)
                .containsExactly(
                        Optional.of("urn:device:C02B"),
                        Optional.of("c02c.example.com"),
                        Optional.of("C02A"),
                        Optional.of("abcdef"),
                        Optional.of(thumbprint));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SAN_URI", "SAN_DNS", "SUBJECT_CN"})
    void aCertificateWithoutTheConfiguredFieldIdentifiesNothing(Field field) {
        var certificate = device("O=Example").issuedBy(ROOT);

        var verdict = judge(by(field, "", ROOT), certificate);

        assertThat(verdict).isEqualTo(noProof(Reason.NO_DEVICE_ID));
    }

    @Test
    void thePrefixIsStrippedAndValuesWithoutItDoNotCount() {
        var certificate = device("CN=C02A")
                .uri("urn:user:ann")
                .uri("urn:device:C02B")
                .uri("URN:DEVICE:C02C")
                .issuedBy(ROOT);

        var verdict = judge(by(Field.SAN_URI, "urn:device:", ROOT), certificate);

        assertThat(verdict).isEqualTo(proof("C02B"));
    }

    @Test
    void severalMatchingNamesIdentifyNothing() {
        var certificate =
                device("CN=C02A").uri("urn:device:C02A").uri("urn:device:C02B").issuedBy(ROOT);

        var verdict = judge(by(Field.SAN_URI, "urn:device:", ROOT), certificate);

        assertThat(verdict).isEqualTo(noProof(Reason.NO_DEVICE_ID));
    }

    @Test
    void aPrefixAloneIdentifiesNothing() {
        var certificate = device("CN=C02A").uri("urn:device:").issuedBy(ROOT);

        var verdict = judge(by(Field.SAN_URI, "urn:device:", ROOT), certificate);

        assertThat(verdict).isEqualTo(noProof(Reason.NO_DEVICE_ID));
    }

    @Test
    void aNameOfAnotherKindDoesNotCount() {
        var certificate = device("CN=C02A").dns("c02b.example.com").issuedBy(ROOT);

        var verdict = judge(by(Field.SAN_URI, "", ROOT), certificate);

        assertThat(verdict).isEqualTo(noProof(Reason.NO_DEVICE_ID));
    }

    @Test
    void theCommonNameIsReadFromARelativeNameOfSeveralValues() {
        var certificate = device("O=Example,OU=Fleet+CN=C02A\\, the first").issuedBy(ROOT);

        assertThat(judge(certificate)).isEqualTo(proof("C02A, the first"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CN=C02A,CN=C02B", "CN=C02A+CN=C02B,O=Example"})
    void severalCommonNamesIdentifyNothing(String subject) {
        var certificate = device(subject).issuedBy(ROOT);

        assertThat(judge(certificate)).isEqualTo(noProof(Reason.NO_DEVICE_ID));
    }

    @Test
    void anotherFieldThatLooksLikeACommonNameDoesNotCount() {
        var certificate = device("O=CN\\=C02B\\,CN\\=C02B,CN=C02A").issuedBy(ROOT);

        assertThat(judge(certificate)).isEqualTo(proof("C02A"));
    }

    static Stream<X500Name> subjectsThatAreNoText() {
        return Stream.of(
                new X500NameBuilder()
                        .addRDN(BCStyle.CN, new DEROctetString(new byte[] {1, 2, 3}))
                        .build(),
                new X500NameBuilder().addRDN(BCStyle.CN, DERNull.INSTANCE).build(),
                new X500NameBuilder()
                        .addRDN(BCStyle.CN, new DERBMPString("C02\0A"))
                        .build());
    }

    @ParameterizedTest
    @MethodSource("subjectsThatAreNoText")
    void aCommonNameThatIsNoTextIdentifiesNothing(X500Name subject) {
        var certificate = new Draft(subject).issuedBy(ROOT);

        assertThat(judge(certificate)).isEqualTo(noProof(Reason.NO_DEVICE_ID));
    }

    @Test
    void anIdMayBeAsLongAsTheLimitAndNoLonger() {
        var longest = "urn:" + "x".repeat(Device.MAX_ID - 4);
        var identification = by(Field.SAN_URI, "", ROOT);

        var atLimit = judge(identification, device("CN=a").uri(longest).issuedBy(ROOT));
        var above = judge(identification, device("CN=a").uri(longest + "x").issuedBy(ROOT));

        assertThat(atLimit).isEqualTo(proof(longest));
        assertThat(above).isEqualTo(noProof(Reason.NO_DEVICE_ID));
    }

    // The path

    @Test
    void nothingPresentedIsNoProof() {
        assertThat(judge()).isEqualTo(noProof(Reason.NO_PROOF));
    }

    @Test
    void withoutAnchorsNothingIsIdentified() {
        var certificate = device("CN=C02A").issuedBy(ROOT);

        var verdict = judge(by(Field.SUBJECT_CN, ""), certificate);

        assertThat(verdict).isEqualTo(noProof(Reason.NOT_CONFIGURED));
    }

    @Test
    void aCertificateOfAnotherAuthorityOfTheSameNameIsNotTrusted() {
        var impostor = authority("CN=Device Root,O=Example").selfSigned();
        var certificate = device("CN=C02A").issuedBy(impostor);

        assertThat(judge(certificate)).isEqualTo(noProof(Reason.UNTRUSTED_ISSUER));
        assertThat(judge(certificate, impostor)).isEqualTo(noProof(Reason.UNTRUSTED_ISSUER));
    }

    @Test
    void aCertificateOfAnotherAuthorityIsNotTrustedBecauseAnAnchorTravelsWithIt() {
        var other = authority("CN=Other Root").selfSigned();
        var certificate = device("CN=C02A").issuedBy(other);

        assertThat(judge(certificate, ROOT)).isEqualTo(noProof(Reason.UNTRUSTED_ISSUER));
        assertThat(judge(certificate, other, ROOT)).isEqualTo(noProof(Reason.UNTRUSTED_ISSUER));
    }

    @Test
    void onlyTheFirstCertificateIsTheDevices() {
        var stolen = device("CN=C02A").issuedBy(ROOT);
        var own = device("CN=C02B").selfSigned();

        assertThat(judge(own, stolen)).isEqualTo(noProof(Reason.UNTRUSTED_ISSUER));
    }

    @Test
    void aSelfSignedCertificateIsNotTrusted() {
        assertThat(judge(device("CN=C02A").selfSigned())).isEqualTo(noProof(Reason.UNTRUSTED_ISSUER));
    }

    @Test
    void aCertificateOfAnyAnchorIsTrusted() {
        var second = authority("CN=Second Root").selfSigned();

        var verdict =
                judge(by(Field.SUBJECT_CN, "", ROOT, second), device("CN=C02A").issuedBy(second));

        assertThat(verdict).isEqualTo(proof("C02A"));
    }

    @Test
    void anIntermediateMustBePresented() {
        var intermediate = authority("CN=Intermediate").issuedBy(ROOT);
        var certificate = device("CN=C02A").issuedBy(intermediate);

        assertThat(judge(certificate, intermediate)).isEqualTo(proof("C02A"));
        assertThat(judge(certificate, intermediate, ROOT)).isEqualTo(proof("C02A"));
        assertThat(judge(certificate)).isEqualTo(noProof(Reason.UNTRUSTED_ISSUER));
    }

    @Test
    void anIntermediateMayItselfBeTheAnchor() {
        var intermediate = authority("CN=Intermediate").issuedBy(ROOT);
        var sibling = authority("CN=Sibling").issuedBy(ROOT);
        var identification = by(Field.SUBJECT_CN, "", intermediate);

        assertThat(judge(identification, device("CN=C02A").issuedBy(intermediate)))
                .isEqualTo(proof("C02A"));
        assertThat(judge(identification, device("CN=C02A").issuedBy(sibling), sibling, ROOT))
                .isEqualTo(noProof(Reason.UNTRUSTED_ISSUER));
    }

    @Test
    void theOrderOfIntermediatesDoesNotMatter() {
        var upper = authority("CN=Upper").issuedBy(ROOT);
        var lower = authority("CN=Lower").issuedBy(upper);
        var certificate = device("CN=C02A").issuedBy(lower);

        assertThat(judge(certificate, upper, lower)).isEqualTo(proof("C02A"));
    }

    @Test
    void anExpiredIntermediateBreaksThePath() {
        var intermediate =
                authority("CN=Intermediate").validUntil(NOW.minusSeconds(1)).issuedBy(ROOT);
        var certificate = device("CN=C02A").issuedBy(intermediate);

        assertThat(judge(certificate, intermediate)).isEqualTo(noProof(Reason.UNTRUSTED_ISSUER));
    }

    @Test
    void aDeviceCannotIssueDevices() {
        var thief = device("CN=C02A").issuedBy(ROOT);
        var signing = device("CN=C02B")
                .usage(KeyUsage.digitalSignature | KeyUsage.keyCertSign)
                .issuedBy(ROOT);

        assertThat(judge(device("CN=C02C").issuedBy(thief), thief)).isEqualTo(noProof(Reason.UNTRUSTED_ISSUER));
        assertThat(judge(device("CN=C02C").issuedBy(signing), signing)).isEqualTo(noProof(Reason.UNTRUSTED_ISSUER));
    }

    @Test
    void anIntermediateForAnotherPurposeIssuesNoDevices() {
        var forServers = authority("CN=Server Intermediate")
                .purposes(KeyPurposeId.id_kp_serverAuth)
                .issuedBy(ROOT);
        var forClients = authority("CN=Client Intermediate")
                .purposes(KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth)
                .issuedBy(ROOT);

        assertThat(judge(device("CN=C02A").issuedBy(forServers), forServers))
                .isEqualTo(noProof(Reason.UNTRUSTED_ISSUER));
        assertThat(judge(device("CN=C02A").issuedBy(forClients), forClients)).isEqualTo(proof("C02A"));
    }

    @Test
    void theNameConstraintsOfAnIntermediateHold() {
        var constraints = new NameConstraints(
                new GeneralSubtree[] {new GeneralSubtree(new GeneralName(GeneralName.dNSName, "example.com"))}, null);
        var intermediate = authority("CN=Intermediate")
                .extension("2.5.29.30", true, constraints)
                .issuedBy(ROOT);
        var identification = by(Field.SAN_DNS, "", ROOT);

        var inside = device("CN=a").dns("c02a.example.com").issuedBy(intermediate);
        var outside = device("CN=a").dns("c02a.example.org").issuedBy(intermediate);

        assertThat(judge(identification, inside, intermediate)).isEqualTo(proof("c02a.example.com"));
        assertThat(judge(identification, outside, intermediate)).isEqualTo(noProof(Reason.UNTRUSTED_ISSUER));
    }

    @Test
    void aCriticalExtensionThatNobodyUnderstandsIsNotTrusted() {
        var certificate = device("CN=C02A")
                .extension("1.3.6.1.4.1.99999.1", true, DERNull.INSTANCE)
                .issuedBy(ROOT);

        assertThat(judge(certificate)).isEqualTo(noProof(Reason.UNTRUSTED_ISSUER));
    }

    @Test
    void aHugeChainIsNotTrusted() {
        var certificate = device("CN=C02A").issuedBy(ROOT);
        var chain = new ArrayList<Holder>();
        chain.add(certificate);
        chain.addAll(IntStream.range(0, 1_000).mapToObj(i -> ROOT).toList());

        assertThat(judge(chain.toArray(Holder[]::new))).isEqualTo(noProof(Reason.UNTRUSTED_ISSUER));
    }

    // Validity and purpose

    @Test
    void aCertificateCountsFromItsFirstToItsLastMoment() {
        var certificate = device("CN=C02A")
                .validFrom(NOW.minusSeconds(10))
                .validUntil(NOW.plusSeconds(10))
                .issuedBy(ROOT)
                .certificate();
        var verifier = by(Field.SUBJECT_CN, "", ROOT).verifier();

        var verdicts = Stream.of(-11, -10, 10, 11)
                .map(second -> verifier.verify(List.of(certificate), NOW.plusSeconds(second)))
                .toList();

        assertThat(verdicts)
                .containsExactly(
                        noProof(Reason.OUTSIDE_VALIDITY),
                        proof("C02A"),
                        proof("C02A"),
                        noProof(Reason.OUTSIDE_VALIDITY));
    }

    @Test
    void aCertificateForAnotherPurposeIdentifiesNothing() {
        var server = device("CN=C02A").purposes(KeyPurposeId.id_kp_serverAuth).issuedBy(ROOT);

        assertThat(judge(server)).isEqualTo(noProof(Reason.WRONG_PURPOSE));
    }

    @Test
    void aCertificateThatNamesNoPurposeOrAnyMayAuthenticateClients() {
        var none = device("CN=C02A").purposes().issuedBy(ROOT);
        var any = device("CN=C02A").purposes(KeyPurposeId.anyExtendedKeyUsage).issuedBy(ROOT);

        assertThat(judge(none)).isEqualTo(proof("C02A"));
        assertThat(judge(any)).isEqualTo(proof("C02A"));
    }

    @Test
    void aKeyThatMayNotSignIdentifiesNothing() {
        var encryption = device("CN=C02A").usage(KeyUsage.keyEncipherment).issuedBy(ROOT);
        var unsaid = device("CN=C02A").withoutUsage().issuedBy(ROOT);

        assertThat(judge(encryption)).isEqualTo(noProof(Reason.WRONG_PURPOSE));
        assertThat(judge(unsaid)).isEqualTo(proof("C02A"));
    }

    @Test
    void anAuthoritysOwnCertificateIsNoDevice() {
        var intermediate = device("CN=C02A")
                .authority()
                .usage(KeyUsage.digitalSignature | KeyUsage.keyCertSign)
                .issuedBy(ROOT);

        assertThat(judge(intermediate)).isEqualTo(noProof(Reason.WRONG_PURPOSE));
        assertThat(judge(ROOT)).isEqualTo(noProof(Reason.WRONG_PURPOSE));
    }

    // The configuration

    private static DocumentFault faultOf(Map<String, ?> certificate) {
        var json = Documents.write(Map.of("certificate", certificate));
        return catchThrowableOfType(
                DocumentFault.class,
                () -> Documents.read(json, DeviceIdentification.class, DeviceIdentification.MAX_TEXT));
    }

    @Test
    void aConfigurationIsReadAndWrittenAgain() {
        var identification = new DeviceIdentification(Optional.of(by(Field.SAN_URI, "urn:device:", ROOT)));

        var read = Documents.read(
                Documents.write(identification), DeviceIdentification.class, DeviceIdentification.MAX_TEXT);

        assertThat(read).isEqualTo(identification);
    }

    @Test
    void anAbsentMethodIdentifiesNothing() {
        assertThat(Documents.read("{}", DeviceIdentification.class)).isEqualTo(DeviceIdentification.none());
    }

    static Stream<String> notOneCertificate() {
        var pem = ROOT.pem();
        return Stream.of(
                "",
                "not a certificate",
                "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                "-----BEGIN CERTIFICATE-----\n!\u00e4!\n-----END CERTIFICATE-----\n",
                "-----BEGIN CERTIFICATE-----",
                pem.substring(0, pem.length() / 2),
                pem.replaceFirst("M", ""),
                pem + pem,
                pem + "\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    }

    @ParameterizedTest
    @MethodSource("notOneCertificate")
    void anAnchorThatIsNotOneCertificateIsRefusedWithItsPlace(String pem) {
        var fault = faultOf(Map.of("deviceId", "serial", "trustAnchors", List.of(ROOT.pem(), pem)));

        assertThat(fault).isNotNull();
        assertThat(fault.path()).isEqualTo("certificate.trustAnchors[1]");
        assertThat(fault.reason()).isEqualTo("is not one X.509 certificate in PEM");
    }

    @Test
    void anAnchorThatIsNoAuthorityIsRefusedWithItsPlace() {
        var leaf = device("CN=C02A").issuedBy(ROOT);

        var fault = faultOf(Map.of("deviceId", "serial", "trustAnchors", List.of(ROOT.pem(), leaf.pem())));

        assertThat(fault.path()).isEqualTo("certificate.trustAnchors[1]");
        assertThat(fault.reason()).isEqualTo("is not the certificate of an authority");
    }

    @Test
    void theFieldOfTheIdIsRequired() {
        assertThat(faultOf(Map.of()).path()).isEqualTo("certificate.deviceId");
    }

    @Test
    void anUnknownFieldOfTheConfigurationIsRefused() {
        assertThat(faultOf(Map.of("deviceId", "serial", "verifier", true)).path())
                .isEqualTo("certificate.verifier");
    }

    @Test
    void anyOfTheFieldsCanBeConfigured() {
        for (var field : List.of("san-uri", "san-dns", "subject-cn", "serial", "thumbprint")) {
            var json = Documents.write(Map.of("certificate", Map.of("deviceId", field)));

            assertThatCode(() -> Documents.read(json, DeviceIdentification.class))
                    .doesNotThrowAnyException();
        }
    }
}
