package dev.sallyport.outbound.realm;

import java.time.Duration;

/** The moment by which everything has to be done, however many steps it takes. */
public final class Deadline {

    private final long end;

    private Deadline(long end) {
        this.end = end;
    }

    public static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** What is left; zero when it has passed. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    public boolean passed() {
        return left().isZero();
    }

    /** What is left in whole milliseconds, rounded up: libraries take zero for endless, and what they end has passed. */
    int millis() {
        return (int) Math.min(Integer.MAX_VALUE, left().toMillis() + 1);
    }
}
