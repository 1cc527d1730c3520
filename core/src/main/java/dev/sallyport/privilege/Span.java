package dev.sallyport.privilege;

import dev.sallyport.document.DocumentFault;
import java.time.Duration;
import java.util.Optional;

/** Lengths of time in documents: whole enough for a token, and short enough to be added to any time. */
final class Span {

    private static final Duration LONGEST = Duration.ofDays(366);

    private Span() {}

    static void require(String field, Duration length) {
        if (length == null) throw new DocumentFault(field, "is required");
        if (length.isNegative() || length.isZero()) throw new DocumentFault(field, "must be longer than nothing");
        if (length.compareTo(Duration.ofSeconds(1)) < 0) throw new DocumentFault(field, "must be a second at least");
        if (length.compareTo(LONGEST) > 0) throw new DocumentFault(field, "must not be longer than 366 days");
    }

    static void check(String field, Optional<Duration> length) {
        length.ifPresent(value -> require(field, value));
    }
}
