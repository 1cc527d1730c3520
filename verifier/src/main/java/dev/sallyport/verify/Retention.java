package dev.sallyport.verify;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * What the log says itself of how long its entries are kept: a record of entries that were pruned counts only as far as that
 * goes. Fed with the log's entries in their order.
 */
final class Retention {

    /** NB. The server stamps what was said and the entry about it one after the other. */
    private static final Duration NEARLY = Duration.ofMinutes(1);

    /**
     * An entry that says how long.
     *
     * @param keep empty for ever
     * @param effective from when on, where that is later; less was kept then than before
     * @param by who said so
     */
    record Setting(long index, Optional<Duration> keep, Optional<Instant> effective, String by) {

        String sentence() {
            return "entries are kept " + keep.map(time -> "for " + time).orElse("for ever")
                    + effective.map(from -> " from " + from + " on").orElse("") + ", since " + by + " wants it";
        }
    }

    private Optional<Setting> newest = Optional.empty();
    private Optional<Instant> oldestTime = Optional.empty();
    private final Youngest youngest = new Youngest();

    void read(ExportLine line) {
        if (oldestTime.isEmpty()) oldestTime = line.time();
        youngest.add(line.time());
        line.sets().ifPresent(setting -> newest = Optional.of(setting));
    }

    /** What speaks against a record of what was pruned, by the entries before it; empty where nothing does. */
    Optional<String> objection(Instant time, ExportLine.Pruned pruned, long to) {
        if (newest.isPresent()) return against(newest.get(), time, pruned).or(() -> tooYoung(time, pruned, to));
        boolean missed = oldestTime
                .filter(oldest -> pruned.setAt().isAfter(oldest.plus(NEARLY)))
                .isPresent();
        if (missed) return Optional.of("no entry of that time says so, though entries of that time are there");
        return tooYoung(time, pruned, to);
    }

    private static Optional<String> against(Setting setting, Instant time, ExportLine.Pruned pruned) {
        var entry = "entry " + setting.index() + " says ";
        if (setting.keep().isEmpty()) return Optional.of(entry + "that they are kept for ever");
        if (pruned.keep().compareTo(setting.keep().get()) < 0) {
            return Optional.of(
                    entry + "that they are kept for " + setting.keep().get());
        }
        return setting.effective()
                .filter(time::isBefore)
                .map(from -> entry + "that it is so only from " + from + " on");
    }

    private Optional<String> tooYoung(Instant time, ExportLine.Pruned pruned, long to) {
        return youngest.before(to)
                .filter(there -> !pruned.old(there, time))
                .map(there -> "among those entries is one of " + there);
    }

    /** The time of the youngest entry up to each place, in no more than a number for each. */
    private static final class Youngest {

        private long[] times = new long[1 << 10];
        private int size;

        void add(Optional<Instant> time) {
            if (size == times.length) times = Arrays.copyOf(times, size * 2);
            long before = size == 0 ? Long.MIN_VALUE : times[size - 1];
            times[size++] = Math.max(before, time.map(Instant::toEpochMilli).orElse(Long.MIN_VALUE));
        }

        Optional<Instant> before(long place) {
            if (place <= 0 || size == 0) return Optional.empty();
            long time = times[(int) Math.min(place, size) - 1];
            return time == Long.MIN_VALUE ? Optional.empty() : Optional.of(Instant.ofEpochMilli(time));
        }
    }
}
