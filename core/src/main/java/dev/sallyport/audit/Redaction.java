package dev.sallyport.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

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

    /** Of entries whose details others say. */
    private static final String REPORTED = "session.activity";

    private static final Set<String> PEOPLE = Set.of("user", "service-account");

    private Redaction() {}

    /**
     * Whether it speaks of that user: as who acted, as whom it was done to, or in its details.
     *
     * <p>NB. Names are not looked at: users choose them, and one could be called by the id of another.
     *
     * @param entry an entry, or what remained of it when somebody else was forgotten
     */
    public static boolean concerns(JsonNode entry, String userId) {
        return is(entry.path("actor"), userId)
                || is(entry.path("subject"), userId)
                || mentions(entry.path("details"), userId);
    }

    /** Whether it shows that this is the id of a user, and not of a session, a device or anything else. */
    public static boolean knows(JsonNode entry, String userId) {
        return owns(entry, userId)
                || Stream.of(entry.path("actor"), entry.path("subject"))
                        .anyMatch(party -> is(party, userId)
                                && PEOPLE.contains(party.path("kind").asText()));
    }

    // NB. Only what the registry itself writes: others may put anything into the details of their entries.
    private static boolean owns(JsonNode entry, String userId) {
        return entry.path("type").asText().startsWith("device.")
                && Stream.of("/details/device/ownerId", "/details/previous/ownerId")
                        .anyMatch(owner -> entry.at(owner).asText().equals(userId));
    }

    private static boolean is(JsonNode party, String userId) {
        return party.path("id").asText().equals(userId);
    }

    private static boolean mentions(JsonNode value, String userId) {
        if (value.isTextual()) return PersonId.mentioned(value.textValue(), userId);
        for (var field : value.properties()) {
            if (PersonId.mentioned(field.getKey(), userId) || mentions(field.getValue(), userId)) return true;
        }
        if (!value.isArray()) return false;
        for (var element : value) if (mentions(element, userId)) return true;
        return false;
    }

    /** @param entry one that concerns the user */
    public static JsonNode of(JsonNode entry, String userId, String pseudonym) {
        boolean reported = entry.path("type").asText().equals(REPORTED);
        var left = JsonNodeFactory.instance.objectNode();
        for (var field : entry.properties()) {
            var name = field.getKey();
            var value = field.getValue();
            if (KEPT.contains(name)) plain(value, userId).ifPresent(kept -> left.set(name, kept));
            else if (name.equals("actor") || name.equals("subject")) left.set(name, party(value, userId, pseudonym));
            else if (name.equals("details")) left.set(name, details(value, userId, pseudonym, reported));
        }
        return left;
    }

    private static JsonNode party(JsonNode party, String userId, String pseudonym) {
        if (!mentions(party, userId)) return party;
        var left = JsonNodeFactory.instance.objectNode();
        if (is(party, userId)) left.put("id", pseudonym);
        else plain(party.path("id"), userId).ifPresent(id -> left.set("id", id));
        left.set("kind", party.path("kind"));
        return left;
    }

    private static ObjectNode details(JsonNode details, String userId, String pseudonym, boolean reported) {
        var left = JsonNodeFactory.instance.objectNode();
        for (var field : details.properties()) {
            var value = field.getValue();
            if (PersonId.mentioned(field.getKey(), userId)) continue;
            if (value.isTextual() && value.textValue().equals(userId)) left.put(field.getKey(), pseudonym);
            else if (value.isNumber() || value.isBoolean()) left.set(field.getKey(), value);
            // NB. An application may call the outcome of what it reports by the name of a person.
            else if (!reported && KEPT_DETAILS.contains(field.getKey()))
                plain(value, userId).ifPresent(kept -> left.set(field.getKey(), kept));
        }
        return left;
    }

    private static Optional<JsonNode> plain(JsonNode value, String userId) {
        return Optional.of(value).filter(kept -> !mentions(kept, userId));
    }
}
