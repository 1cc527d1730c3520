package dev.sallyport.verify;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import org.erdtman.jcs.JsonCanonicalizer;

/**
 * One line of an export.
 *
 * @param leafHash what the server says is the entry's hash
 * @param entry the entry's bytes as they are hashed; empty where it was removed
 * @param covers the places whose entries this one says were removed; empty for every other entry
 */
record ExportLine(long index, byte[] leafHash, Optional<byte[]> entry, Optional<Range> covers) {

    // NB. What else a line says could look like its entry.
    private static final Set<String> FIELDS = Set.of("index", "leafHash", "entry", "redacted");

    /** @param to the first place after */
    record Range(long from, long to) {

        boolean contains(long index) {
            return from <= index && index < to;
        }
    }

    /** @throws Unreadable if it is none */
    static ExportLine read(String line) {
        try {
            var object = JsonParser.parseString(line).getAsJsonObject();
            if (!FIELDS.containsAll(object.keySet())) throw new Unreadable("no line of an export");
            var entry = object.get("entry").isJsonNull()
                    ? Optional.<JsonObject>empty()
                    : Optional.of(object.get("entry").getAsJsonObject());
            return new ExportLine(
                    object.get("index").getAsLong(),
                    Base64.getDecoder().decode(object.get("leafHash").getAsString()),
                    entry.isPresent() ? Optional.of(bytes(line)) : Optional.empty(),
                    entry.flatMap(ExportLine::covers));
        } catch (JsonParseException | IllegalStateException | IllegalArgumentException | NullPointerException e) {
            throw new Unreadable("no line of an export");
        }
    }

    // NB. Of the line as it is, not of what a parser made of it: the names are sorted then, and "entry" comes first.
    private static byte[] bytes(String line) {
        try {
            var canonical = new JsonCanonicalizer(line).getEncodedString();
            int start = canonical.indexOf("{\"entry\":") + "{\"entry\":".length();
            return canonical
                    .substring(start, canonical.lastIndexOf(",\"index\":"))
                    .getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new Unreadable("no JSON: " + e.getMessage());
        }
    }

    private static Optional<Range> covers(JsonObject entry) {
        var type = entry.get("type").getAsString();
        if (!type.equals("audit.pruned") && !type.equals("audit.erased")) return Optional.empty();
        var details = entry.getAsJsonObject("details");
        return Optional.of(
                new Range(details.get("from").getAsLong(), details.get("to").getAsLong()));
    }
}
