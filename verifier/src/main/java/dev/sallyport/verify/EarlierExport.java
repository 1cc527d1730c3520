package dev.sallyport.verify;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;

/** What was exported before: it has the text of entries that lost theirs since. Read line by line beside the later one. */
final class EarlierExport {

    private final String name;
    private final BufferedReader lines;
    private Optional<ExportLine> next;

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
     * An entry as it was.
     *
     * @param time when it was written; empty where it had no text any more
     */
    record Held(byte[] hash, Optional<Instant> time) {}

    /** What it has at a place; asked for one place after the other. */
    Optional<Held> at(long index) {
        return from(index)
                .filter(line -> line.index() == index)
                .map(line -> new Held(line.entry().map(GrowingTree::leaf).orElse(line.leafHash()), line.time()));
    }

    /** Whether it has anything from that place on; asked after {@link #at}. */
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
