package dev.sallyport.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.audit.realm.AuditTree;
import dev.sallyport.document.DocumentFault;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * What all reports have in common.
 *
 * @param id its name in the address
 * @param columns their names, in JSON and in CSV
 * @param heading the column that says what a row is about
 * @param pages where the rows come from
 */
record Report(String id, List<String> columns, String heading, Pages pages) {

    /**
     * A way through rows of any number. A row has a value for each column: a text, number, truth value, time, list of texts, or
     * an empty Optional for what there is none of.
     */
    interface Pages {

        /**
         * Hands over some more of them, in a transaction that is only for that.
         *
         * @return whether there may be more
         */
        boolean next(KeycloakSession session, RealmModel realm, Consumer<List<?>> rows);
    }

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

        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The state of the audit log that a report is not older than: whatever has its place in that tree is in the report.
     *
     * @param rootHash in Base64
     */
    record Tree(String origin, long treeSize, String rootHash) {

        // NB. The first three lines of a checkpoint are these (C2SP tlog-checkpoint).
        static Optional<Tree> of(AuditTree tree) {
            return tree.checkpoint()
                    .map(note -> note.split("\n", 4))
                    .map(lines -> new Tree(lines[0], Long.parseLong(lines[1]), lines[2]));
        }
    }

    /**
     * What a report says of itself.
     *
     * @param from the first day, in UTC; empty where a report is of now
     * @param to the last day
     * @param audit empty as long as the realm's audit log has no name
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record Made(
            String report,
            String realm,
            Instant madeAt,
            Optional<String> from,
            Optional<String> to,
            Optional<Tree> audit) {}
}
