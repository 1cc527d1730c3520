package dev.sallyport.detection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.elevation.Disuse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IdlenessTest {

    private static final Instant NOW = Instant.parse("2026-11-23T11:00:00Z");
    private static final Duration LONG = Duration.ofDays(90);
    private static final Instant LAST_USE = NOW.minus(LONG).minusSeconds(1);
    private static final Idleness ALWAYS_HAD = new Idleness(Optional.empty(), Optional.empty());

    private static Idleness look(Idleness before, Disuse disuse, Instant lastSign) {
        return before.after(disuse, Optional.ofNullable(lastSign), NOW.minus(LONG));
    }

    @ParameterizedTest
    @EnumSource(names = {"NEVER", "BEFORE", "ABSENT"})
    void whatIsNotUsedIsTold(Disuse disuse) {
        assertThat(look(ALWAYS_HAD, disuse, LAST_USE).news(ALWAYS_HAD)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "UNKNOWN"})
    void whatIsUsedOrNobodyCanTellIsNot(Disuse disuse) {
        assertThat(look(ALWAYS_HAD, disuse, LAST_USE).news(ALWAYS_HAD)).isFalse();
    }

    @Test
    void whatWasToldIsNotToldAgain() {
        var told = look(ALWAYS_HAD, Disuse.NEVER, null);

        assertThat(look(told, Disuse.NEVER, null).news(told)).isFalse();
    }

    @Test
    void whatWasUsedAgainAndThenNotIsToldAgain() {
        var told = look(ALWAYS_HAD, Disuse.BEFORE, LAST_USE.minusSeconds(60));

        assertThat(look(told, Disuse.BEFORE, LAST_USE).news(told))
                .as("used and left again between two looks")
                .isTrue();
        var used = look(told, Disuse.NONE, NOW);
        assertThat(used.news(told)).isFalse();
        assertThat(look(used, Disuse.BEFORE, LAST_USE).news(used)).isTrue();
    }

    @Test
    void whoHasItForAShorterTimeIsNotToldOf() {
        var since = new Idleness(Optional.of(NOW.minus(LONG).plusSeconds(1)), Optional.empty());
        var longer = new Idleness(Optional.of(NOW.minus(LONG)), Optional.empty());

        assertThat(look(since, Disuse.NEVER, null).news(since)).isFalse();
        assertThat(look(longer, Disuse.NEVER, null).news(longer)).isTrue();
    }
}
