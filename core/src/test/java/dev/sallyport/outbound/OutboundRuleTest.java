package dev.sallyport.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.network.Address;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundRuleTest {

    private static final OutboundRule NOBODY = OutboundRule.PUBLIC_ONLY;
    private static final URI HTTPS = URI.create("https://mdm.example.com");
    private static final URI HTTP = URI.create("http://mdm.example.com");

    private static Address address(String text) {
        return Address.of(text).orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1.1.1", "172.15.255.255", "172.32.0.0", "192.0.1.0", "2606:4700::1111", "2a00:1450::1"})
    void publicAddressesAreAdmitted(String text) {
        assertThat(NOBODY.objection(HTTPS, address(text))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "10.0.0.1",
                "100.64.0.1",
                "127.0.0.1",
                "127.255.255.254",
                "168.63.129.16",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.192",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255"
            })
    void noOtherIpv4AddressIsInAnyNotationOfIpv6Either(String ipv4) {
        assertThat(NOBODY.objection(HTTPS, address(ipv4))).isPresent();
        assertThat(NOBODY.objection(HTTPS, address("::ffff:" + ipv4))).isPresent();
        assertThat(NOBODY.objection(HTTPS, address("::" + ipv4))).isPresent();
        assertThat(NOBODY.objection(HTTPS, address("64:ff9b::" + ipv4))).isPresent();
        assertThat(NOBODY.objection(HTTPS, address("64:ff9b:1::" + ipv4))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::",
                "::1",
                "::ffff:7f00:1",
                "::ffff:0:127.0.0.1",
                "fe80::1",
                "fec0::1",
                "fc00::1",
                "fd00:ec2::254",
                "ff02::1",
                "100::1",
                "2001::1",
                "2001:db8::1",
                "2002:7f00:1::",
                "2002:a00:1::1",
                "3fff::1",
                "4000::1"
            })
    void noOtherIpv6AddressIs(String ipv6) {
        assertThat(NOBODY.objection(HTTPS, address(ipv6))).isPresent();
    }

    @Test
    void objectionNamesTheAddressAndTheOption() {
        assertThat(NOBODY.objection(HTTPS, address("::ffff:10.0.0.1")).orElseThrow())
                .contains("10.0.0.1", "spi-sallyport-outbound--default--allow");
    }

    @Test
    void whatTheServersOptionNamesIsAdmittedAlsoWithoutTls() {
        var rule = OutboundRule.of(" 10.1.0.0/16, MDM.example.com. ,fd00::/8,192.168.1.7 ");

        for (var inside : new String[] {"10.1.2.3", "::ffff:10.1.2.3", "fd12::1", "192.168.1.7"}) {
            assertThat(rule.objection(URI.create("http://other.example.com"), address(inside)))
                    .isEmpty();
        }
        assertThat(rule.objection(HTTP, address("127.0.0.1"))).isEmpty();
        assertThat(rule.objection(URI.create("http://mdm.example.com."), address("127.0.0.1")))
                .isEmpty();
        assertThat(rule.objection(URI.create("https://other.example.com"), address("10.2.0.1")))
                .isPresent();
        assertThat(rule.objection(URI.create("https://a.mdm.example.com"), address("10.2.0.1")))
                .isPresent();
    }

    @Test
    void withoutTlsOnlyWhatTheServersOptionNamesIsReached() {
        assertThat(NOBODY.objection(HTTP, address("1.1.1.1"))).isPresent();
        assertThat(NOBODY.objection(HTTP)).isPresent();
        assertThat(NOBODY.objection(URI.create("HTTP://mdm.example.com"))).isPresent();
        assertThat(NOBODY.objection(HTTPS)).isEmpty();
        assertThat(OutboundRule.of("1.1.1.1").objection(HTTP, address("1.1.1.1")))
                .isEmpty();
        assertThat(OutboundRule.of("mdm.example.com").objection(HTTP)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.1.2.3/8",
                "10.0.0.0/33",
                "::ffff:10.0.0.0/104",
                "10.0.0",
                "999.1.1.1",
                "https://mdm",
                "a b",
                "*.example.com",
                "fe80::1%eth0"
            })
    void optionThatCouldBeReadOtherwiseThanMeantIsRefused(String option) {
        assertThatThrownBy(() -> OutboundRule.of(option)).isInstanceOf(DocumentFault.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://mdm.example.com",
                "HTTPS://mdm.example.com:8443/below",
                "http://localhost",
                "https://[2606:4700::1111]/",
                "https://1.1.1.1"
            })
    void serviceIsAUrlWithAHost(String url) {
        assertThat(OutboundRule.service(url)).isEqualTo(URI.create(url));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "mdm.example.com",
                "//mdm.example.com",
                "https:mdm.example.com",
                "https://",
                "https:///path",
                "ftp://mdm.example.com",
                "file:///etc/passwd",
                "jar:https://mdm.example.com!/x",
                "https://mdm_.example.com:port",
                "https://mdm.example.com\\@other.example.com",
                "https://mdm.example.com /",
                "https://user@mdm.example.com",
                "https://mdm.example.com@10.0.0.1",
                "https://user:secret@mdm.example.com",
                "https://@mdm.example.com",
                "https://mdm.example.com?a=b",
                "https://mdm.example.com?",
                "https://mdm.example.com#f",
                "https://2130706433",
                "https://0x7f000001",
                "https://0x7f.0.0.1",
                "https://0x7f.1",
                "https://127.1",
                "https://017700000001",
                "https://0177.0.0.1",
                "https://mdm.example.0x1",
                "https://[::ffff:127.0.0.1"
            })
    void anythingElseIsNone(String url) {
        assertThatThrownBy(() -> OutboundRule.service(url)).isInstanceOf(DocumentFault.class);
    }

    @ParameterizedTest
    @CsvSource({"MDM.Example.com, mdm.example.com", "mdm.example.com., mdm.example.com", "[::1], ::1"})
    void hostHasOneNotation(String written, String host) {
        assertThat(OutboundRule.host(written)).isEqualTo(host);
    }
}
