package dev.sallyport.outbound;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * When to ask again after an answer that may be another one soon. Pauses double and are drawn by lot, so that all who were
 * refused at once do not come back at once.
 */
public final class Retry {

    private static final int ATTEMPTS = 4;
    private static final Duration FIRST = Duration.ofMillis(200);

    private Retry() {}

    /**
     * @param attempt the attempts made so far, 1 after the first
     * @param asked how long the other side wants us to wait at least
     * @param left the time that is left for everything
     * @param lot uniformly drawn from 0 to 1
     * @return empty when asking again cannot succeed in time
     */
    public static Optional<Duration> pause(int attempt, Optional<Duration> asked, Duration left, double lot) {
        if (attempt >= ATTEMPTS) return Optional.empty();
        var longest = FIRST.multipliedBy(1L << (attempt - 1));
        var drawn = Duration.ofNanos((long) (longest.toNanos() * (0.5 + lot / 2)));
        var pause = asked.filter(wish -> wish.compareTo(drawn) > 0).orElse(drawn);
        return Optional.of(pause).filter(wait -> wait.compareTo(left) < 0);
    }

    /** The wait that a {@code Retry-After} asks for (RFC 9110, 10.2.3); empty when it cannot be understood. */
    public static Optional<Duration> after(String header, Instant now) {
        var text = header.strip();
        if (text.matches("\\d{1,9}")) return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
        try {
            var at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(at.isAfter(now) ? Duration.between(now, at) : Duration.ZERO);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
