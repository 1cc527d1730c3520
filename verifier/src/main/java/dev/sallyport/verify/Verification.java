package dev.sallyport.verify;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/** Holds an export against checkpoints, and says what is wrong with it. */
final class Verification {

    private final List<Checkpoint> checkpoints;
    private final List<String> faults = new ArrayList<>();
    private final List<Long> removed = new ArrayList<>();
    private final List<ExportLine.Covered> covered = new ArrayList<>();
    private final List<String> records = new ArrayList<>();
    private final GrowingTree tree = new GrowingTree();
    private long size;
    private long agreed;

    private Verification(List<Checkpoint> checkpoints) {
        this.checkpoints = checkpoints.stream()
                .sorted(Comparator.comparingLong(Checkpoint::size))
                .toList();
    }

    /**
     * What is wrong.
     *
     * @param entries how many there are
     * @param covered how many of them a checkpoint covers; the others may be anything
     * @param removed how many of them have no text any more
     * @param records a sentence for each entry that says why others have no text: whether that was in order is for people
     * @param faults a sentence each; empty when the export is what the checkpoints cover
     */
    record Verdict(long entries, long covered, long removed, List<String> records, List<String> faults) {}

    /** @param export the whole log from its first entry on */
    static Verdict of(BufferedReader export, List<Checkpoint> checkpoints) throws IOException {
        var verification = new Verification(checkpoints);
        verification.compareCheckpoints();
        verification.atSize();
        for (var line = export.readLine(); line != null; line = export.readLine()) verification.read(line);
        verification.atEnd();
        return new Verdict(
                verification.size,
                verification.agreed,
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
            faults.add("Line " + (size + 1) + ": " + unreadable.getMessage() + ".");
            size++;
        }
    }

    private void add(ExportLine line) {
        if (line.index() > size) {
            faults.add("Entries were removed: after " + (size - 1) + " comes " + line.index() + ".");
        } else if (line.index() < size) {
            faults.add("Entries were inserted or reordered: after " + (size - 1) + " comes " + line.index() + ".");
        }
        var hash = line.entry().map(GrowingTree::leaf).orElse(line.leafHash());
        if (!Arrays.equals(hash, line.leafHash())) {
            faults.add("Entry " + line.index() + " was altered: its hash is "
                    + HexFormat.of().formatHex(hash) + ", and was "
                    + HexFormat.of().formatHex(line.leafHash()) + ".");
        }
        if (line.entry().isEmpty()) removed.add(line.index());
        line.covers().ifPresent(range -> {
            covered.add(range);
            records.add("Entry " + line.index() + " of " + range.time() + " says: " + range.reason() + ".");
        });
        tree.add(hash);
        size = line.index() + 1;
        atSize();
    }

    private void atSize() {
        for (var checkpoint : checkpoints) {
            if (checkpoint.size() != size) continue;
            if (Arrays.equals(checkpoint.root(), tree.root())) {
                agreed = size;
            } else {
                faults.add("Entries are not those that the checkpoint of size " + size
                        + " covers: one from " + agreed + " to " + (size - 1)
                        + " was altered, removed, inserted or moved, or the log was forked.");
            }
        }
    }

    private void atEnd() {
        checkpoints.stream()
                .filter(checkpoint -> checkpoint.size() > size)
                .forEach(checkpoint -> faults.add("Entries were removed at the end: there are " + size
                        + ", and a checkpoint covers " + checkpoint.size() + "."));
        removed.stream()
                .filter(index -> covered.stream().noneMatch(range -> range.contains(index)))
                .forEach(index ->
                        faults.add("Entry " + index + " is empty, and no entry says that it was pruned or erased."));
    }
}
