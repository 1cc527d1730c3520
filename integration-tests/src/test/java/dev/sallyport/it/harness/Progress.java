package dev.sallyport.it.harness;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;

/** Tells whoever waits for the tests what takes so long. */
final class Progress {

    private Progress() {}

    static <T> T step(String what, Callable<T> work) {
        var started = Instant.now();
        say(what + " …");
        try {
            var result = work.call();
            say("%s: done in %.1f s"
                    .formatted(what, Duration.between(started, Instant.now()).toMillis() / 1000.0));
            return result;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(what + " failed", e);
        }
    }

    @SuppressWarnings("SystemOut") // NB. This is for the person at the terminal; a logger would hide it in a file.
    static void say(String line) {
        System.out.println("[harness] " + line);
    }
}
