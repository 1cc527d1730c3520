package dev.sallyport.rest;

import dev.sallyport.document.DocumentFault;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** A range of days in UTC, both ends included. */
record Days(LocalDate from, LocalDate to) {

    private static final int DEFAULT_DAYS = 30;
    private static final int MOST_DAYS = 366;

    /**
     * Each end is a day, or a moment of it in UTC.
     *
     * @throws DocumentFault that names the parameter
     */
    static Days of(String from, String to, Instant now) {
        var last = day("to", to).orElseGet(() -> LocalDate.ofInstant(now, ZoneOffset.UTC));
        var first = day("from", from).orElseGet(() -> last.minusDays(DEFAULT_DAYS - 1));
        if (first.isAfter(last)) throw new DocumentFault("from", "must not be after to");
        if (ChronoUnit.DAYS.between(first, last) >= MOST_DAYS) {
            throw new DocumentFault("from", "must be at most " + MOST_DAYS + " days before to");
        }
        return new Days(first, last);
    }

    /** The first moment. */
    Instant start() {
        return from.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** The first moment after. */
    Instant end() {
        return to.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static Optional<LocalDate> day(String name, String text) {
        if (text == null) return Optional.empty();
        try {
            if (text.matches("\\d{4}-\\d{2}-\\d{2}")) return Optional.of(LocalDate.parse(text));
            if (text.matches("\\d{4}-\\d{2}-\\d{2}T[0-9:.]{5,20}Z")) {
                return Optional.of(LocalDate.ofInstant(Instant.parse(text), ZoneOffset.UTC));
            }
        } catch (DateTimeException e) {
            // As any other text that is no day.
        }
        throw new DocumentFault(
                name, "must be a day such as 2026-11-23, or a time in UTC such as 2026-11-23T08:00:00Z");
    }
}
