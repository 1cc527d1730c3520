package dev.sallyport.benchmarks.nodes;

import static java.util.stream.Collectors.collectingAndThen;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Asks about each of many things again and again until the answer is yes, and keeps when that was. */
record Watch(List<CompletableFuture<List<Duration>>> askers) {

    private static final int ASKERS = 1;

    /** @param patience after which what has not come is given up */
    static <T> Watch over(List<T> things, Predicate<T> isSo, Instant since, Duration patience, Executor executor) {
        var shares = IntStream.range(0, things.size())
                .boxed()
                .collect(groupingBy(i -> i % ASKERS, collectingAndThen(toList(), s -> s.stream()
                        .map(things::get)
                        .toList())));
        return new Watch(shares.values().stream()
                .map(share -> CompletableFuture.supplyAsync(() -> ask(share, isSo, since, patience), executor))
                .toList());
    }

    /** From {@code since} to the first yes, for each thing that had one. */
    List<Duration> durations() {
        return askers.stream()
                .map(CompletableFuture::join)
                .flatMap(Collection::stream)
                .toList();
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
