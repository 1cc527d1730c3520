package dev.sallyport.outbound;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether a service that fails again and again is asked at all: every question to a dead one costs a thread for as long as
 * the time-out, and costs a sick one the strength to recover. While the circuit is open nobody asks; then one does, and the
 * answer decides for all.
 *
 * @param failures how many there were in a row
 * @param openUntil until when nobody asks; empty when everybody may
 */
public record Circuit(int failures, Optional<Instant> openUntil) {

    public static final Circuit CLOSED = new Circuit(0, Optional.empty());

    static final int TOLERATED = 5;
    static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    public boolean admits(Instant now) {
        return openUntil.map(until -> !now.isBefore(until)).orElse(true);
    }

    /** As it is once somebody has been let through: after a pause only one may try. */
    public Circuit entered(Instant now, Duration timeout) {
        return openUntil.isEmpty() ? this : new Circuit(failures, Optional.of(now.plus(timeout)));
    }

    /** A failure ends no wait that the service has asked for. */
    public Circuit failed(Instant now) {
        int count = Math.min(failures + 1, 1_000);
        var asked = openUntil.filter(now::isBefore);
        if (count < TOLERATED) return new Circuit(count, asked);
        var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(count - TOLERATED, 10));
        var until = now.plus(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
        return new Circuit(count, Optional.of(asked.filter(until::isBefore).orElse(until)));
    }

    /** The service itself asks to be left alone for a while; not for ever, however long it says. */
    public Circuit askedToWait(Instant now, Duration wait) {
        return new Circuit(failures, Optional.of(now.plus(wait.compareTo(LONGEST_PAUSE) < 0 ? wait : LONGEST_PAUSE)));
    }
}
