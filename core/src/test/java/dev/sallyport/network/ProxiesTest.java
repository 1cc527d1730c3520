package dev.sallyport.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxiesTest {

    private static final String TRUSTED = "10.0.0.0/8, 2001:db8:1::/48";
    private static final Optional<Address> PEER = Address.of("203.0.113.200");

    private static Optional<Address> address(String text) {
        return Optional.ofNullable(text).flatMap(Address::of);
    }

    private static Optional<Address> client(String headers, String trusted, boolean spokenFor, String... lines) {
        var header = headers.equals("forwarded") ? "Forwarded" : "X-Forwarded-For";
        return Proxies.of(Optional.of(headers).filter(kind -> !kind.isEmpty()), Optional.of(trusted))
                .client(PEER, spokenFor, name -> name.equals(header) ? List.of(lines) : List.of());
    }

    private static Optional<Address> client(String... lines) {
        return client("xforwarded", TRUSTED, true, lines);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.1 | 192.0.2.1",
                "192.0.2.1:4711 | 192.0.2.1",
                "2001:db8::1 | 2001:db8::1",
                "[2001:db8::1]:4711 | 2001:db8::1",
                "[2001:db8::1] | 2001:db8::1",
                "::ffff:192.0.2.1 | 192.0.2.1",
                "192.0.2.1, 10.0.0.7 | 192.0.2.1",
                "192.0.2.1,10.0.0.7 ,2001:db8:1::9 | 192.0.2.1",
                "10.0.0.7 | 10.0.0.7",
                "unknown |",
                "_hidden |",
                "192.0.2.1, |",
                "192.0.2.1, unknown |",
                "localhost |",
                "'' |"
            })
    void theClientIsTheLastOneWhoIsNoProxy(String header, String expected) {
        assertThat(client(header)).isEqualTo(address(expected));
    }

    @Test
    void whatTheClientTypedBeforeAProxyAddedToItCountsForNothing() {
        assertThat(client("10.9.9.9, 203.0.113.5, 192.0.2.1")).isEqualTo(address("192.0.2.1"));
        assertThat(client("203.0.113.5", "192.0.2.1")).isEqualTo(address("192.0.2.1"));
        assertThat(client("forwarded", TRUSTED, true, "for=203.0.113.5, for=192.0.2.1", "for=10.0.0.1"))
                .isEqualTo(address("192.0.2.1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "for=192.0.2.1 | 192.0.2.1",
                "For=\"[2001:db8::1]:4711\";proto=https | 2001:db8::1",
                "proto=https; for = 192.0.2.1;by=10.0.0.7 | 192.0.2.1",
                "for=192.0.2.1, for=10.0.0.7;proto=http | 192.0.2.1",
                "for=192.0.2.1, proto=http |",
                "xfor=192.0.2.1 |",
                "for=_hidden |",
                "for=unknown |"
            })
    void theStandardHeaderIsReadAlike(String header, String expected) {
        assertThat(client("forwarded", TRUSTED, true, header)).isEqualTo(address(expected));
    }

    @Test
    void withoutProxiesAHeaderIsNothing() {
        assertThat(client("", "", true, "192.0.2.1")).isEqualTo(PEER);
        assertThat(client("", TRUSTED, true, "192.0.2.1")).isEqualTo(PEER);
    }

    @Test
    void theHeaderOfSomebodyElseThanATrustedProxyIsNothing() {
        assertThat(client("xforwarded", TRUSTED, false, "192.0.2.1")).isEqualTo(PEER);
    }

    @Test
    void whoeverSaysNothingSpeaksForItself() {
        assertThat(client()).isEqualTo(PEER);
    }

    // NB. The server would believe the header of anybody.
    @Test
    void withoutTrustedAddressesNobodyVouchesForAnything() {
        assertThat(client("xforwarded", "", true, "192.0.2.1")).isEmpty();
        assertThat(client("xforwarded", "", true)).isEmpty();
        assertThat(Proxies.of(Optional.of("xforwarded"), Optional.empty()).believeAnybody())
                .isTrue();
        assertThat(Proxies.of(Optional.of("xforwarded"), Optional.of(TRUSTED)).believeAnybody())
                .isFalse();
        assertThat(Proxies.of(Optional.empty(), Optional.empty()).believeAnybody())
                .isFalse();
    }

    @Test
    void trustedRangesMayBeWrittenAsServersAcceptThem() {
        assertThat(client("xforwarded", "10.1.2.3/8", true, "192.0.2.1, 10.200.0.1"))
                .isEqualTo(address("192.0.2.1"));
        assertThat(Cidr.around("192.0.2.1")
                        .orElseThrow()
                        .contains(address("192.0.2.2").orElseThrow()))
                .isFalse();
        assertThat(Cidr.around("proxy.example.com")).isEmpty();
        assertThat(Cidr.around("192.0.2.1/33")).isEmpty();
    }
}
