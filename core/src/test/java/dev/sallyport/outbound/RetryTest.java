package dev.sallyport.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryTest {

    private static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");
    private static final Duration LONG = Duration.ofSeconds(10);

    @Property(tries = 300)
    void pauseIsDrawnFromTheUpperHalfOfOneThatDoubles(
            @ForAll @IntRange(min = 1, max = 3) int attempt, @ForAll @DoubleRange(min = 0, max = 1) double lot) {
        var longest = Duration.ofMillis(100L << attempt);

        assertThat(Retry.pause(attempt, Optional.empty(), LONG, lot).orElseThrow())
                .isBetween(longest.dividedBy(2), longest);
    }

    @Test
    void twoWhoWereRefusedAtOnceDoNotComeBackAtOnce() {
        assertThat(Retry.pause(1, Optional.empty(), LONG, 0.1))
                .isNotEqualTo(Retry.pause(1, Optional.empty(), LONG, 0.9));
    }

    @Test
    void nobodyAsksAFifthTime() {
        assertThat(Retry.pause(3, Optional.empty(), LONG, 0)).isPresent();
        assertThat(Retry.pause(4, Optional.empty(), LONG, 0)).isEmpty();
    }

    @Test
    void waitThatIsAskedForIsKept() {
        assertThat(Retry.pause(1, Optional.of(Duration.ofSeconds(3)), LONG, 0)).contains(Duration.ofSeconds(3));
        assertThat(Retry.pause(1, Optional.of(Duration.ZERO), LONG, 0)).contains(Duration.ofMillis(100));
    }

    @Property(tries = 300)
    void nobodyWaitsForWhatCannotSucceedInTime(
            @ForAll @IntRange(max = 5_000) int asked,
            @ForAll @IntRange(max = 5_000) int left,
            @ForAll @DoubleRange(min = 0, max = 1) double lot) {
        assertThat(Retry.pause(1, Optional.of(Duration.ofMillis(asked)), Duration.ofMillis(left), lot))
                .satisfies(
                        pause -> assertThat(pause.orElse(Duration.ofMillis(-1))).isLessThan(Duration.ofMillis(left)));
        if (asked >= left) {
            assertThat(Retry.pause(1, Optional.of(Duration.ofMillis(asked)), Duration.ofMillis(left), lot))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            0                             | PT0S
            120                           | PT2M
            999999999                     | PT277777H46M39S
            Mon, 23 Nov 2026 08:00:30 GMT | PT30S
            Mon, 23 Nov 2026 07:00:00 GMT | PT0S
            -1                            | none
            1.5                           | none
            9999999999                    | none
            soon                          | none
            ''                            | none
            """)
    void waitIsReadInSecondsOrAsATime(String header, Duration wait) {
        assertThat(Retry.after(header, NOW)).isEqualTo(Optional.ofNullable(wait));
    }
}
