package dev.sallyport.rest;

import dev.sallyport.document.Documents;
import dev.sallyport.rest.Report.Made;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.keycloak.models.KeycloakSession;

/** How a report is written, piece by piece: a beginning, rows as they come, and an end. */
interface ReportForm {

    String begin(KeycloakSession session);

    /** @param first whether these are the first ones */
    String rows(KeycloakSession session, List<List<?>> rows, boolean first);

    String end(KeycloakSession session);

    /** For programs: what it says of itself, and {@code rows} as objects; what there is none of is left out. */
    record Json(Report report, Made made) implements ReportForm {

        @Override
        public String begin(KeycloakSession session) {
            var head = Documents.write(made);
            return head.substring(0, head.length() - 1) + ",\"rows\":[";
        }

        @Override
        public String rows(KeycloakSession session, List<List<?>> rows, boolean first) {
            var text = new StringBuilder();
            for (var row : rows) {
                if (!first || !text.isEmpty()) text.append(',');
                text.append(Documents.write(object(row)));
            }
            return text.toString();
        }

        private LinkedHashMap<String, Object> object(List<?> row) {
            var object = new LinkedHashMap<String, Object>();
            for (int i = 0; i < row.size(); i++) {
                if (!(row.get(i) instanceof Optional<?> value && value.isEmpty())) {
                    object.put(report.columns().get(i), row.get(i));
                }
            }
            return object;
        }

        @Override
        public String end(KeycloakSession session) {
            return "]}\n";
        }
    }

    /** A table (RFC 4180) that is safe to open in a spreadsheet. What it says of itself is in each row: rows get copied. */
    record Csv(Report report, Made made) implements ReportForm {

        @Override
        public String begin(KeycloakSession session) {
            var head = new ArrayList<Object>(report.columns());
            head.add("treeSize");
            head.add("madeAt");
            return lines(List.of(head));
        }

        @Override
        public String rows(KeycloakSession session, List<List<?>> rows, boolean first) {
            return lines(rows.stream().map(this::cells).toList());
        }

        private List<Object> cells(List<?> row) {
            var cells = new ArrayList<Object>();
            row.forEach(value -> cells.add(cell(value)));
            cells.add(made.audit().map(tree -> String.valueOf(tree.treeSize())).orElse(""));
            cells.add(made.madeAt().toString());
            return cells;
        }

        private static Object cell(Object value) {
            return value instanceof Number ? value : harmless(text(value, " "));
        }

        // NB. A spreadsheet runs a text that starts so as a formula, and names come from whoever may name things. Where
        // lists are separated by semicolons or tabs, cells also start in the middle of a text.
        static String harmless(String text) {
            var inside = text.replaceAll("((?<!^)[;\\t\\r\\n][\\s\\p{Z}\\uFEFF\\u200B\"]*)([=+\\-@＝＋－＠])", "$1'$2");
            return inside.matches("(?s)([\\s\\p{Z}\\uFEFF\\u200B]*[=+\\-@＝＋－＠]|[\\t\\r\\n]).*") ? "'" + inside : inside;
        }

        private static String lines(List<List<Object>> rows) {
            var text = new StringBuilder();
            try {
                var printer = CSVFormat.RFC4180.print(text);
                for (var row : rows) printer.printRecord(row);
                return text.toString();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public String end(KeycloakSession session) {
            return "";
        }
    }

    /** A value as people read it; empty for what there is none of. */
    static String text(Object value, String between) {
        if (value instanceof Optional<?> optional)
            return optional.map(some -> text(some, between)).orElse("");
        if (value instanceof List<?> list)
            return String.join(between, list.stream().map(String::valueOf).toList());
        return String.valueOf(value);
    }
}
