package dev.sallyport.verify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * What was done at places that follow each other.
 *
 * @param from where what stands at the first of them is from
 * @param hashes what is told of it beyond that, where it is a single place
 */
record Finding(Kind kind, long first, long last, long from, String hashes) {

    /** How much is told one by one. */
    private static final int MOST = 20;

    enum Kind {
        ALTERED,
        INSERTED,
        REMOVED,
        MOVED,
        LATE
    }

    static Finding at(Kind kind, long place) {
        return new Finding(kind, place, place, place, "");
    }

    static Finding moved(long from, long to) {
        return new Finding(Kind.MOVED, to, to, from, "");
    }

    static Finding altered(long place, byte[] committed, byte[] hash) {
        return new Finding(
                Kind.ALTERED,
                place,
                place,
                place,
                ": its hash is " + HexFormat.of().formatHex(hash) + ", and was "
                        + HexFormat.of().formatHex(committed));
    }

    /** One for each row of neighbours that the same was done to, in the order of their places; the rest is only counted. */
    static List<String> sentences(List<Finding> found) {
        var rows = joined(found);
        var sentences =
                new ArrayList<>(rows.stream().limit(MOST).map(Finding::sentence).toList());
        if (rows.size() > MOST) {
            var rest = rows.subList(MOST, rows.size());
            sentences.add(
                    "And so at " + rest.stream().mapToLong(Finding::places).sum() + " more places, the last of them "
                            + rest.stream().mapToLong(Finding::last).max().orElseThrow() + ".");
        }
        return sentences;
    }

    private static List<Finding> joined(List<Finding> found) {
        var joined = new ArrayList<Finding>();
        var byKind = found.stream()
                .sorted(Comparator.comparing(Finding::kind).thenComparing(Finding::first))
                .toList();
        for (var next : byKind) {
            int last = joined.size() - 1;
            if (last >= 0 && joined.get(last).goesOnWith(next))
                joined.set(last, joined.get(last).with(next));
            else joined.add(next);
        }
        joined.sort(Comparator.comparing(Finding::first).thenComparing(Finding::kind));
        return joined;
    }

    private boolean goesOnWith(Finding next) {
        return kind != Kind.LATE
                && kind == next.kind
                && next.first == last + 1
                && next.from - next.first == from - first;
    }

    private Finding with(Finding next) {
        return new Finding(kind, first, next.last, from, "");
    }

    private long places() {
        return last - first + 1;
    }

    private String sentence() {
        boolean one = first == last;
        return switch (kind) {
            case ALTERED -> entries() + (one ? " was altered" + hashes : " were altered") + ".";
            case INSERTED ->
                one
                        ? "An entry was inserted at place " + first + "."
                        : "Entries were inserted at places " + first + " to " + last + ".";
            case REMOVED -> entries() + (one ? " was removed." : " were removed.");
            case MOVED ->
                one
                        ? "The entry of place " + from + " stands at place " + first + "."
                        : "The entries of places " + from + " to " + (from + last - first) + " stand at places " + first
                                + " to " + last + ".";
            case LATE -> "Entry " + first + " was moved: it comes after entry " + from + ".";
        };
    }

    private String entries() {
        return first == last ? "Entry " + first : "Entries " + first + " to " + last;
    }
}
