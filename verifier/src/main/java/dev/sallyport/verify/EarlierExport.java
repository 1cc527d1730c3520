package dev.sallyport.verify;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/** What was exported before: it has the text of entries that lost theirs since. Read line by line beside the later one. */
final class EarlierExport {

    private final String name;
    private final BufferedReader lines;
    private Optional<ExportLine> next;
    private long first;
    private long others;

    /** @param name by which people know it */
    EarlierExport(String name, BufferedReader lines) {
        this.name = name;
        this.lines = lines;
        this.next = read();
    }

    String name() {
        return name;
    }

    /**
     * When the entry at a place was written; empty where it does not say so, or has another one there. Asked for one place
     * after the other.
     */
    Optional<Instant> written(long index, byte[] hash) {
        var there = from(index).filter(line -> line.index() == index);
        boolean same = there.filter(line -> Arrays.equals(hash(line), hash)).isPresent();
        if (there.isPresent() && !same && others++ == 0) first = index;
        return there.filter(line -> same).flatMap(ExportLine::time);
    }

    /** A sentence about the entries that are not those that it has; empty where all are. Asked for after all places. */
    Optional<String> fault() {
        if (others == 0) return Optional.empty();
        var more = others == 1 ? "" : ", nor " + (others == 2 ? "is 1" : "are " + (others - 1)) + " after it";
        return Optional.of("Entry " + first + " is not the one that " + name + " has" + more + ".");
    }

    private static byte[] hash(ExportLine line) {
        return line.entry().map(GrowingTree::leaf).orElse(line.leafHash());
    }

    /** Whether it has anything from that place on; asked after {@link #written}. */
    boolean goesOn(long index) {
        return from(index).isPresent();
    }

    private Optional<ExportLine> from(long index) {
        while (next.filter(line -> line.index() < index).isPresent()) next = read();
        return next;
    }

    private Optional<ExportLine> read() {
        try {
            return Optional.ofNullable(lines.readLine()).map(ExportLine::read);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Unreadable e) {
            throw new Unreadable(name + ": " + e.getMessage());
        }
    }
}
