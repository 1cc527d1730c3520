package dev.sallyport.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.delivery.OcsfEvent.Source;
import dev.sallyport.document.Documents;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** What sinks are sent: events and checkpoints. */
public final class Messages {

    /** The type of a checkpoint's message. */
    public static final String CHECKPOINT = "checkpoint";

    /** From where on, in bytes, a body has a shorter form. */
    static final int LONG = 60 * 1024;

    private static final int PRINTABLE = 0x7e;

    private Messages() {}

    /** An entry with its place in the log. */
    public static Message event(long index, String leafHash, JsonNode entry, Source source) {
        var event = OcsfEvent.of(index, leafHash, entry, source);
        var body = ascii(Documents.write(event));
        return new Message(
                entry.path("id").asText(),
                OptionalLong.of(index),
                entry.path("type").asText(),
                Instant.parse(entry.path("time").asText()),
                event.path("severity_id").asInt(),
                body,
                body.length() > LONG ? Optional.of(withoutDetails(event, entry)) : Optional.empty());
    }

    private static String withoutDetails(ObjectNode event, JsonNode entry) {
        var whole = ((ObjectNode) Documents.tree("{}")).setAll((ObjectNode) entry);
        ((ObjectNode) whole).putObject("details");
        event.put("message", event.path("type_name").asText());
        var unmapped = (ObjectNode) event.path("unmapped");
        unmapped.put("detailsLeftOut", true).set("entry", whole);
        return ascii(Documents.write(event));
    }

    /**
     * What the log commits itself to.
     *
     * @param realmId keeps apart what the logs of several realms say to one receiver
     * @param note the checkpoint as it is signed
     */
    public static Message checkpoint(String realmId, long size, String note, Source source, Instant now) {
        var body = ((ObjectNode) Documents.tree("{}"))
                .put("type", CHECKPOINT)
                .put("log", source.log())
                .put("realm", source.realm())
                .put("treeSize", size)
                .put("checkpoint", note);
        return new Message(
                CHECKPOINT + "-" + realmId + "-" + size,
                OptionalLong.empty(),
                CHECKPOINT,
                now,
                1,
                ascii(Documents.write(body)),
                Optional.empty());
    }

    // NB. So that no receiver can take it for another encoding, and no character of it for the end of a line. Jackson
    // escapes control characters by itself; outside of texts JSON is ASCII.
    private static String ascii(String json) {
        if (json.chars().allMatch(c -> c <= PRINTABLE)) return json;
        var escaped = new StringBuilder(json.length() + 64);
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c <= PRINTABLE) escaped.append(c);
            else escaped.append("\\u%04x".formatted((int) c));
        }
        return escaped.toString();
    }
}
