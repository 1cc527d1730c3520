package dev.sallyport.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OsVersionTest {

    private static OsVersion version(String text) {
        return OsVersion.of(text).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "14.4,14.4,0",
        "14.4,14.4.0,0",
        "14,14.0.0.0,0",
        "014.04,14.4,0",
        "0,0.0,0",
        "14.10,14.9,1",
        "14.4.1,14.4,1",
        "9,10,-1",
        "10.0.22631.3593,10.0.22631.3594,-1",
        "999999999999999999,1000000,1"
    })
    void numbersAreComparedOneByOneAndAMissingOneIsZero(String one, String other, int order) {
        assertThat(Integer.signum(version(one).compareTo(version(other)))).isEqualTo(order);
        assertThat(version(one).equals(version(other))).isEqualTo(order == 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".",
                "14.",
                ".4",
                "14..4",
                "14.4 ",
                "14.4\n",
                "-1",
                "+1",
                "14,4",
                "macOS 14",
                "14.4b",
                "1e3",
                "\u0661\u0664",
                "1.2.3.4.5.6.7.8.9",
                "1234567890123456789",
                "0x10"
            })
    void whatIsNotDottedNumbersIsNoVersion(String text) {
        assertThat(OsVersion.of(text)).isEmpty();
    }

    @Test
    void aLongTextIsRefusedWithoutBeingRead() {
        assertThat(OsVersion.of("1.".repeat(1_000_000) + "1")).isEmpty();
    }

    @Provide
    Arbitrary<OsVersion> versions() {
        return Arbitraries.of(0, 1, 2, 10, 999_999_999)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(numbers -> version(numbers.stream().map(String::valueOf).collect(Collectors.joining("."))));
    }

    @Property(tries = 500)
    void theOrderIsTotalAndConsistentWithEquality(
            @ForAll("versions") OsVersion a, @ForAll("versions") OsVersion b, @ForAll("versions") OsVersion c) {
        int ab = a.compareTo(b);

        assertThat(Integer.signum(b.compareTo(a))).isEqualTo(-Integer.signum(ab));
        assertThat(a.equals(b)).isEqualTo(ab == 0);
        assertThat(a.hashCode() == b.hashCode() || ab != 0).isTrue();
        if (ab <= 0 && b.compareTo(c) <= 0) assertThat(a.compareTo(c)).isNotPositive();
        if (ab == 0) assertThat(Integer.signum(a.compareTo(c))).isEqualTo(Integer.signum(b.compareTo(c)));
    }
}
