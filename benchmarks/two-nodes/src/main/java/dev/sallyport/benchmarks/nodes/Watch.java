package dev.sallyport.benchmarks.nodes;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/** Asks about each of some things again and again until the answer is yes, and keeps when that was. */
record Watch(CompletableFuture<List<Duration>> asker) {

    /**
     * Watches some of these things, drawn by lot. NB. One asker gets round to all of many things so seldom that it would
     * measure itself, and many askers would take the processors from what is measured.
     *
     * @param patience after which what has not come is given up
     */
    static <T> Watch overSome(
            int number, List<T> things, Predicate<T> isSo, Instant since, Duration patience, Executor executor) {
        var drawn = new ArrayList<>(things);
        Collections.shuffle(drawn);
        var watched = drawn.subList(0, number);
        return new Watch(CompletableFuture.supplyAsync(() -> ask(watched, isSo, since, patience), executor));
    }

    /** From {@code since} to the first yes, for each thing that had one. */
    List<Duration> durations() {
        return asker.join();
    }

    private static <T> List<Duration> ask(Collection<T> share, Predicate<T> isSo, Instant since, Duration patience) {
        var waiting = new ArrayDeque<>(share);
        var durations = new ArrayList<Duration>();
        while (!waiting.isEmpty() && Instant.now().isBefore(since.plus(patience))) {
            var thing = waiting.remove();
            if (isSo.test(thing)) durations.add(Duration.between(since, Instant.now()));
            else waiting.add(thing);
        }
        return durations;
    }
}
