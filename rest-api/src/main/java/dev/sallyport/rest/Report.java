package dev.sallyport.rest;

import dev.sallyport.document.DocumentFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;

/** What all reports have in common. */
final class Report {

    static final String CSV = "text/csv";

    private Report() {}

    /** The form in which a report is asked for. */
    enum Format {
        JSON,
        CSV,
        HTML;

        /** @throws DocumentFault that names the parameter */
        static Format of(String text) {
            if (text == null) return JSON;
            return Arrays.stream(values())
                    .filter(format -> format.id().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new DocumentFault(
                            "format",
                            "must be one of "
                                    + Arrays.stream(values()).map(Format::id).collect(Collectors.joining(", "))));
        }

        private String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A table (RFC 4180) that is safe to open in a spreadsheet. */
    static String csv(List<String> head, List<List<Object>> rows) {
        var text = new StringBuilder();
        try {
            var printer = CSVFormat.RFC4180.print(text);
            printer.printRecord(head);
            for (var row : rows)
                printer.printRecord(row.stream().map(Report::cell).toList());
            return text.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // NB. A spreadsheet runs a text that starts so as a formula, and names come from whoever may name things.
    private static Object cell(Object value) {
        return value instanceof String text && text.matches("(?s)[=+\\-@\\t\\r\\n＝＋－＠].*") ? "'" + text : value;
    }
}
