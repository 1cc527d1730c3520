package dev.sallyport.verify;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Holds an export against checkpoints, and says what is wrong with it. */
final class Verification {

    /** @param time when it was written, where an earlier export says so */
    private record Removed(long index, Optional<Instant> time) {}

    /** @param time when the entry that says it was written */
    private record Reason(ExportLine.Covered covered, Optional<Instant> time) {

        boolean accountsFor(Removed entry) {
            return covered.contains(entry.index())
                    && covered.pruned()
                            .flatMap(why -> entry.time().map(written -> why.old(written, time.orElseThrow())))
                            .orElse(true);
        }
    }

    private final List<Checkpoint> checkpoints;
    private final List<EarlierExport> earlier;
    private final List<String> faults = new ArrayList<>();
    private final List<Removed> removed = new ArrayList<>();
    private final List<Reason> reasons = new ArrayList<>();
    private final Retention retention = new Retention();
    private final List<String> records = new ArrayList<>();
    private final Places places = new Places();
    private long agreed;

    private Verification(List<Checkpoint> checkpoints, List<EarlierExport> earlier) {
        this.earlier = earlier;
        this.checkpoints = checkpoints.stream()
                .sorted(Comparator.comparingLong(Checkpoint::size))
                .toList();
    }

    /**
     * What is wrong.
     *
     * @param entries how many there are
     * @param covered how many of them are under a checkpoint; the others may be anything
     * @param removed how many of them have no text any more
     * @param records a sentence for each entry that says why others have no text, or how long they have it: whether that was in
     *     order is for people
     * @param faults a sentence each; empty when the export is what the checkpoints cover
     */
    record Verdict(long entries, long covered, long removed, List<String> records, List<String> faults) {

        /** Whether something was proven, and of every entry. */
        boolean whole() {
            return covered > 0 && covered == entries;
        }
    }

    /**
     * @param export the whole log from its first entry on
     * @param earlier what was exported before, likewise
     */
    static Verdict of(BufferedReader export, List<Checkpoint> checkpoints, List<EarlierExport> earlier)
            throws IOException {
        var verification = new Verification(checkpoints, earlier);
        verification.compareCheckpoints();
        verification.atSize();
        for (var line = export.readLine(); line != null; line = export.readLine()) verification.read(line);
        verification.atEnd();
        return new Verdict(
                verification.places.size(),
                Math.min(verification.reach(), verification.places.size()),
                verification.removed.size(),
                List.copyOf(verification.records),
                List.copyOf(verification.faults));
    }

    private void compareCheckpoints() {
        for (int i = 1; i < checkpoints.size(); i++) {
            var before = checkpoints.get(i - 1);
            var next = checkpoints.get(i);
            if (!before.origin().equals(next.origin())) {
                faults.add("There are checkpoints of two logs: " + before.origin() + " and " + next.origin() + ".");
            } else if (before.size() == next.size() && !Arrays.equals(before.root(), next.root())) {
                faults.add("The log was forked: there are two different checkpoints of size " + next.size() + ".");
            }
        }
    }

    private void read(String text) {
        try {
            add(ExportLine.read(text));
        } catch (Unreadable unreadable) {
            faults.add("Line " + (places.size() + 1) + ": " + unreadable.getMessage() + ".");
            places.skip();
        }
    }

    private void add(ExportLine line) {
        var hash = line.entry().map(GrowingTree::leaf).orElse(line.leafHash());
        long before = places.size();
        places.add(line.index(), line.leafHash(), hash);
        var written = earlier.stream()
                .flatMap(export -> export.written(line.index(), line.leafHash()).stream())
                .toList();
        if (line.entry().isEmpty())
            removed.add(new Removed(line.index(), written.stream().findFirst()));
        line.covers().ifPresent(range -> account(line, range));
        line.sets().ifPresent(setting -> records.add(says(line) + setting.sentence() + "."));
        retention.read(line);
        if (places.size() > before) atSize();
    }

    // NB. A record that does not go by what the log says of itself accounts for nothing that is missing. Nor does one
    // that is under no checkpoint: anybody may have written it.
    private void account(ExportLine line, ExportLine.Covered range) {
        var objection = line.index() >= reach()
                ? Optional.of("it is under no checkpoint")
                : range.pruned().flatMap(why -> line.time()
                        .map(time -> retention.objection(time, why, range.to()))
                        .orElse(Optional.of("it does not say when")));
        if (objection.isEmpty()) reasons.add(new Reason(range, line.time()));
        records.add(says(line) + range.reason() + "."
                + objection.map(but -> " That counts for nothing: " + but + ".").orElse(""));
    }

    private static String says(ExportLine line) {
        return "Entry " + line.index() + line.time().map(time -> " of " + time).orElse("") + " says: ";
    }

    private long reach() {
        return checkpoints.stream().mapToLong(Checkpoint::size).max().orElse(0);
    }

    private void atSize() {
        long size = places.size();
        for (var checkpoint : checkpoints) {
            if (checkpoint.size() != size) continue;
            if (places.leadTo(checkpoint)) {
                agreed = size;
            } else {
                faults.add("Entries are not those that the checkpoint of size " + size
                        + " covers: one from " + agreed + " to " + (size - 1)
                        + " was altered, removed, inserted or moved, or the log was forked.");
            }
        }
    }

    private void atEnd() {
        long size = places.size();
        checkpoints.stream()
                .filter(checkpoint -> checkpoint.size() > size && !places.closeUpTo(checkpoint))
                .forEach(checkpoint -> faults.add("Entries were removed at the end: there are " + size
                        + ", and a checkpoint covers " + checkpoint.size() + "."));
        earlier.stream().flatMap(export -> export.fault().stream()).forEach(faults::add);
        earlier.stream()
                .filter(export -> export.goesOn(size))
                .forEach(export -> faults.add("Entries were removed at the end: there are " + size + ", and "
                        + export.name() + " has more."));
        faults.addAll(0, places.faults());
        unaccounted();
    }

    private void unaccounted() {
        long first = -1;
        long last = -1;
        for (var entry : removed) {
            if (reasons.stream().anyMatch(reason -> reason.accountsFor(entry))) continue;
            var early = entry.time().filter(time -> reasons.stream()
                    .anyMatch(reason -> reason.covered().contains(entry.index())));
            if (early.isPresent()) {
                faults.add("Entry " + entry.index() + " of " + early.get() + " was pruned before its time.");
                continue;
            }
            if (first >= 0 && entry.index() == last + 1) {
                last++;
                continue;
            }
            missing(first, last);
            first = entry.index();
            last = first;
        }
        missing(first, last);
    }

    private void missing(long first, long last) {
        if (first < 0) return;
        faults.add(
                first == last
                        ? "Entry " + first + " is empty, and no entry says that it was pruned or erased."
                        : "Entries " + first + " to " + last
                                + " are empty, and no entry says that they were pruned or erased.");
    }
}
