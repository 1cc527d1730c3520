package dev.sallyport.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.document.DocumentFault;
import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DaysTest {

    private static final Instant NOW = Instant.parse("2026-11-24T23:59:59Z");

    @Test
    void lastThirtyDaysUnlessSaidOtherwise() {
        assertThat(Days.of(null, null, NOW)).isEqualTo(new Days(day("2026-10-26"), day("2026-11-24")));
        assertThat(Days.of("2026-11-01", null, NOW)).isEqualTo(new Days(day("2026-11-01"), day("2026-11-24")));
        assertThat(Days.of(null, "2026-03-30", NOW)).isEqualTo(new Days(day("2026-03-01"), day("2026-03-30")));
    }

    @Test
    void momentStandsForItsDayInUtc() {
        assertThat(Days.of("2026-11-23T23:30:00Z", "2026-11-24T00:00:00Z", NOW))
                .isEqualTo(new Days(day("2026-11-23"), day("2026-11-24")));
    }

    @ParameterizedTest
    @CsvSource({
        "yesterday, 2026-11-24, from",
        "'', 2026-11-24, from",
        "2026-02-30, 2026-11-24, from",
        "2026-11-25, 2026-11-24, from",
        "2025-11-23, 2026-11-24, from",
        "-999999999-01-01, 2026-11-24, from",
        "2026-11-23T23:30:00+01:00, 2026-11-24, from",
        "2026-11-23, 2026-13-01, to",
        "2026-11-23, 2026-11-24T99:99:99Z, to"
    })
    void otherTextIsRefusedByTheNameOfItsParameter(String from, String to, String named) {
        assertThatThrownBy(() -> Days.of(from, to, NOW))
                .isInstanceOfSatisfying(
                        DocumentFault.class, fault -> assertThat(fault.path()).isEqualTo(named));
    }

    private static LocalDate day(String text) {
        return LocalDate.parse(text);
    }
}
