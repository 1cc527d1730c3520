package dev.sallyport.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/**
 * What remains of an entry once a person that it speaks of is forgotten: that something of that type happened then, what it was
 * about, and the others. The person is a pseudonym. What anybody typed goes, and so do addresses, sessions and devices; and so
 * does the salt, without which nobody can guess from the entry's hash what it said.
 */
public final class Redaction {

    private static final Set<String> KEPT = Set.of("id", "time", "type", "elevationId", "clientId");

    /** Details that the server chooses from words of its own, or that are times. */
    private static final Set<String> KEPT_DETAILS = Set.of(
            "privilege",
            "privileges",
            "status",
            "endedBy",
            "door",
            "kind",
            "outcome",
            "decision",
            "method",
            "operation",
            "duration",
            "start",
            "end",
            "until",
            "pseudonym");

    private Redaction() {}

    /**
     * Whether it speaks of that user.
     *
     * @param text an entry as JSON, or what remained of it when somebody else was forgotten
     */
    public static boolean concerns(String text, String userId) {
        for (int at = text.indexOf(userId); at >= 0; at = text.indexOf(userId, at + 1)) {
            int end = at + userId.length();
            // NB. Ids of users mean nothing else, but that of one in a directory may be the beginning of another's.
            if (end == text.length() || "\"\\, ".indexOf(text.charAt(end)) >= 0) return true;
        }
        return false;
    }

    /** @param entry one that concerns the user */
    public static JsonNode of(JsonNode entry, String userId, String pseudonym) {
        var left = JsonNodeFactory.instance.objectNode();
        for (var field : entry.properties()) {
            var name = field.getKey();
            var value = field.getValue();
            if (KEPT.contains(name)) plain(value, userId).ifPresent(kept -> left.set(name, kept));
            else if (name.equals("actor") || name.equals("subject")) left.set(name, party(value, userId, pseudonym));
            else if (name.equals("details")) left.set(name, details(value, userId, pseudonym));
        }
        return left;
    }

    private static JsonNode party(JsonNode party, String userId, String pseudonym) {
        if (!concerns(party.toString(), userId)) return party;
        var left = JsonNodeFactory.instance.objectNode();
        if (party.path("id").asText().equals(userId)) left.put("id", pseudonym);
        left.set("kind", party.path("kind"));
        return left;
    }

    private static ObjectNode details(JsonNode details, String userId, String pseudonym) {
        var left = JsonNodeFactory.instance.objectNode();
        for (var field : details.properties()) {
            var value = field.getValue();
            if (value.isTextual() && value.textValue().equals(userId)) left.put(field.getKey(), pseudonym);
            else if (value.isNumber() || value.isBoolean()) left.set(field.getKey(), value);
            else if (KEPT_DETAILS.contains(field.getKey()))
                plain(value, userId).ifPresent(kept -> left.set(field.getKey(), kept));
        }
        return left;
    }

    private static Optional<JsonNode> plain(JsonNode value, String userId) {
        return Optional.of(value).filter(kept -> !concerns(kept.toString(), userId));
    }
}
