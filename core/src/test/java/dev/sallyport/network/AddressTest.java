package dev.sallyport.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1",
        "255.255.255.255, 255.255.255.255",
        "::1, ::1",
        "2001:DB8:0:0::1, 2001:db8::1",
        "::ffff:10.0.0.1, 10.0.0.1",
        "::ffff:0a00:0001, 10.0.0.1",
        "64:ff9b::10.0.0.1, 64:ff9b::a00:1"
    })
    void anAddressIsALiteral(String text, String canonical) {
        assertThat(Address.of(text))
                .hasValueSatisfying(address -> assertThat(address).hasToString(canonical));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "*",
                "10",
                "10.0.0",
                "10.0.0.256",
                "10.0.0.01",
                "012.0.0.1",
                "0x0a.0.0.1",
                "167772161",
                "10.0.0.1/8",
                "10.0.0.1/32",
                "10.0.0.1-9",
                "10.0.0.*",
                "10.0.0.1:80",
                " 10.0.0.1",
                "localhost",
                "example.com",
                "a:b",
                "1::2::3",
                "::ffff:10.0.0.01",
                "::ffff:010.0.0.1",
                "fe80::1%eth0",
                "fe80::1%",
                "[::1]",
                "2001:db8::/32",
                "0b1010.0.0.1",
                "4)+k&C#VzJ4br>0wv%Yp",
                "unknown"
            })
    void whatElseCouldBeMeantIsNoAddressAndIsNeverLookedUp(String text) {
        assertThat(Address.of(text)).isEmpty();
    }

    @Test
    void twoWaysToWriteAnAddressAreOneAddress() {
        assertThat(Address.of("::ffff:192.0.2.1")).isEqualTo(Address.of("192.0.2.1"));
    }
}
