package dev.sallyport.detection;

import dev.sallyport.elevation.Disuse;
import java.time.Instant;
import java.util.Optional;

/**
 * Something that somebody may have, as looks have found it so far.
 *
 * @param since since when they have it; empty where they had it already before anybody looked
 * @param told the last sign of use without which that was told; empty when it was not told, or not of what is now
 */
public record Idleness(Optional<Instant> since, Optional<Instant> told) {

    /** Stands for the last sign of use of what was never used. */
    private static final Instant NEVER = Instant.EPOCH;

    /**
     * What there is to remember after a look.
     *
     * @param lastSign the last sign of use
     * @param from the beginning of the time in which there was none
     */
    public Idleness after(Disuse disuse, Optional<Instant> lastSign, Instant from) {
        boolean dormant =
                disuse.certain() && since.filter(began -> began.isAfter(from)).isEmpty();
        return new Idleness(since, dormant ? Optional.of(lastSign.orElse(NEVER)) : Optional.empty());
    }

    /** Whether there is something to tell that was not told before. */
    public boolean news(Idleness before) {
        return told.isPresent() && !told.equals(before.told);
    }
}
