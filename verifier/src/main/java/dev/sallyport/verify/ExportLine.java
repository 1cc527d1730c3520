package dev.sallyport.verify;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.erdtman.jcs.JsonCanonicalizer;

/**
 * One line of an export.
 *
 * @param leafHash what the server says is the entry's hash
 * @param entry the entry's bytes as they are hashed; empty where it was removed
 * @param covers the places whose entries this one says were removed; empty for every other entry
 */
record ExportLine(long index, byte[] leafHash, Optional<byte[]> entry, Optional<Covered> covers) {

    // NB. What else a line says could look like its entry.
    private static final Set<String> FIELDS = Set.of("index", "leafHash", "entry", "redacted");

    /**
     * Places before that of the entry that speaks of them.
     *
     * @param to the first place after
     * @param indexes which ones in between; empty for all
     */
    record Covered(long from, long to, Optional<Set<Long>> indexes) {

        boolean contains(long index) {
            return from <= index
                    && index < to
                    && indexes.map(exact -> exact.contains(index)).orElse(true);
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
            // NB. Nothing proves it, so beside an entry it could only mislead.
            if (entry.isPresent() && object.has("redacted")) throw new Unreadable("no line of an export");
            long index = object.get("index").getAsLong();
            return new ExportLine(
                    index,
                    Base64.getDecoder().decode(object.get("leafHash").getAsString()),
                    entry.isPresent() ? Optional.of(bytes(line)) : Optional.empty(),
                    entry.flatMap(said -> covers(said, index)));
        } catch (JsonParseException
                | IllegalStateException
                | IllegalArgumentException
                | NullPointerException
                | ClassCastException
                | UnsupportedOperationException e) {
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

    // NB. Only what was there before it: else one record would be the excuse for all that is removed later.
    private static Optional<Covered> covers(JsonObject entry, long index) {
        var type = entry.get("type").getAsString();
        if (!type.equals("audit.pruned") && !type.equals("audit.erased")) return Optional.empty();
        var details = entry.getAsJsonObject("details");
        var indexes = Optional.ofNullable(details.getAsJsonArray("indexes"))
                .map(exact ->
                        exact.asList().stream().map(JsonElement::getAsLong).collect(Collectors.toUnmodifiableSet()));
        return Optional.of(new Covered(
                details.get("from").getAsLong(), Math.min(details.get("to").getAsLong(), index), indexes));
    }
}
