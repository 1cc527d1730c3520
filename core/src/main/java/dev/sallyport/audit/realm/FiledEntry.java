package dev.sallyport.audit.realm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.audit.MerkleTree;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** A row that has its place and what it says. */
final class FiledEntry {

    private FiledEntry() {}

    /** What the tree has of it, if it is as it was; empty where what it said was removed. */
    static Optional<byte[]> hash(AuditEntryEntity row) {
        return Optional.ofNullable(row.entry).map(text -> MerkleTree.leaf(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Whether it is found as what it is.
     *
     * <p>NB. No hash is about the columns by which entries are found: whoever changes one of them takes an entry out of a session's
     * timeline, or out of what detections count, and nothing that is proven is altered.
     */
    static boolean asItSays(AuditEntryEntity row) {
        try {
            var entry = Documents.tree(row.entry);
            return says(entry, "/id", row.id)
                    && says(entry, "/type", row.type)
                    && says(entry, "/actor/id", row.actorId)
                    && says(entry, "/sessionId", row.sessionId)
                    && says(entry, "/deviceId", row.deviceId)
                    && Instant.parse(entry.path("time").asText()).toEpochMilli() == row.time;
        } catch (DocumentFault | DateTimeException e) {
            return false;
        }
    }

    private static boolean says(JsonNode entry, String path, String column) {
        return Objects.equals(entry.at(path).textValue(), column);
    }
}
