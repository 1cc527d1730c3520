package dev.sallyport.delivery;

import java.time.Duration;
import java.util.Optional;

/** When a sink that failed is tried again. Pauses double and are drawn by lot, so that sinks do not come back together. */
public final class Pause {

    private static final Duration FIRST = Duration.ofSeconds(1);

    /** NB. Also how long a receiver that is back may have to wait for what it missed. */
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private static final Duration LONGEST_WISH = Duration.ofMinutes(10);

    private Pause() {}

    /**
     * @param failures how many there were in a row, 1 after the first
     * @param wish how long the receiver asked us to wait at least
     * @param lot uniformly drawn from 0 to 1
     */
    public static Duration after(int failures, Optional<Duration> wish, double lot) {
        var doubled = FIRST.multipliedBy(1L << Math.min(Math.max(failures, 1) - 1, 10));
        var most = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        var drawn = Duration.ofNanos((long) (most.toNanos() * (0.5 + lot / 2)));
        var asked = wish.map(wait -> wait.compareTo(LONGEST_WISH) < 0 ? wait : LONGEST_WISH);
        return asked.filter(wait -> wait.compareTo(drawn) > 0).orElse(drawn);
    }
}
