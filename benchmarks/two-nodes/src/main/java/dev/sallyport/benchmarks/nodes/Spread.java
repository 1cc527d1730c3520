package dev.sallyport.benchmarks.nodes;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** How long something took, over all that were measured. What never happened counts as longer than anything. */
record Spread(List<Duration> sorted, int expected) {

    static Spread of(List<Duration> measured, int expected) {
        return new Spread(measured.stream().sorted().toList(), expected);
    }

    /** @param share of 100, by the nearest rank: the smallest duration that so many do not exceed */
    String percentile(int share) {
        var rank = Math.max(1, (int) Math.ceil(expected * share / 100.0));
        return rank > sorted.size()
                ? "never"
                : String.format(Locale.ROOT, "%,d", sorted.get(rank - 1).toMillis());
    }

    String row() {
        return String.format(
                "%8s %8s %8s %8s   %d of %d",
                percentile(50), percentile(90), percentile(99), percentile(100), sorted.size(), expected);
    }
}
