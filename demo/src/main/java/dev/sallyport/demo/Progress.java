package dev.sallyport.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

/** Shows that a long step is under way. */
final class Progress implements AutoCloseable {

    private final PrintStream out;
    private final Instant start = Instant.now();

    Progress(PrintStream out, String step) {
        this.out = out;
        out.print("  " + step + " ");
        out.flush();
    }

    void tick() {
        out.print(".");
        out.flush();
    }

    @Override
    public void close() {
        out.println(" " + Duration.between(start, Instant.now()).toSeconds() + " s");
    }
}
