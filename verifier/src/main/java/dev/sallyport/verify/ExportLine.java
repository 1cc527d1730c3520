package dev.sallyport.verify;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
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
 * @param time when the entry says it was written; empty where it was removed
 * @param covers the places whose entries this one says were removed; empty for every other entry
 * @param sets how long entries are kept from this one on; empty for every other entry
 */
record ExportLine(
        long index,
        byte[] leafHash,
        Optional<byte[]> entry,
        Optional<Instant> time,
        Optional<Covered> covers,
        Optional<Retention.Setting> sets) {

    // NB. What else a line says could look like its entry.
    private static final Set<String> FIELDS = Set.of("index", "leafHash", "entry", "redacted");

    /**
     * Places before that of the entry that speaks of them.
     *
     * @param to the first place after
     * @param indexes which ones in between; empty for all
     * @param pruned why, where it was for their age
     * @param reason what it says of why, and by whom
     */
    record Covered(long from, long to, Optional<Set<Long>> indexes, Optional<Pruned> pruned, String reason) {

        boolean contains(long index) {
            return from <= index
                    && index < to
                    && indexes.map(exact -> exact.contains(index)).orElse(true);
        }
    }

    /**
     * Why entries were removed for their age.
     *
     * @param setAt when that was said
     */
    record Pruned(Duration keep, Instant setAt) {

        /** Whether an entry of that time was old enough at another. */
        boolean old(Instant written, Instant removed) {
            return !written.plus(keep).isAfter(removed);
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
                    entry.filter(said -> said.has("time")).map(said -> time(said, "time")),
                    entry.flatMap(said -> covers(said, index)),
                    entry.flatMap(said -> sets(said, index)));
        } catch (JsonParseException
                | IllegalStateException
                | IllegalArgumentException
                | NullPointerException
                | ClassCastException
                | DateTimeException
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

    private static Optional<Covered> covers(JsonObject entry, long index) {
        return switch (entry.get("type").getAsString()) {
            case "audit.pruned" -> pruned(entry, index);
            case "audit.erased" -> erased(entry, index);
            default -> Optional.empty();
        };
    }

    // NB. Only what was there before it: else one record would be the excuse for all that is removed later. And only as
    // the server says it: from the first entry on, for how long, and by itself.
    private static Optional<Covered> pruned(JsonObject entry, long index) {
        var details = entry.getAsJsonObject("details");
        boolean whole = details.get("from").getAsLong() == 0
                && details.keySet().containsAll(Set.of("keep", "setBy", "setAt"))
                && text(entry.getAsJsonObject("actor"), "kind").equals("system");
        if (!whole) return Optional.empty();
        long to = Math.min(details.get("to").getAsLong(), index);
        var pruned = new Pruned(Duration.parse(text(details, "keep")), time(details, "setAt"));
        var reason = "entries 0 to " + (to - 1) + " were pruned, since " + party(details.getAsJsonObject("setBy"))
                + " had entries kept for " + text(details, "keep") + " from " + text(details, "setAt") + " on"
                + (details.has("previous") ? ", and for " + text(details, "previous") + " before" : "");
        return Optional.of(new Covered(0, to, Optional.empty(), Optional.of(pruned), reason));
    }

    // NB. Without exact places it would cover whatever somebody emptied by hand around them.
    private static Optional<Covered> erased(JsonObject entry, long index) {
        var details = entry.getAsJsonObject("details");
        if (!details.has("indexes")) return Optional.empty();
        var exact = details.getAsJsonArray("indexes").asList().stream()
                .map(JsonElement::getAsLong)
                .collect(Collectors.toUnmodifiableSet());
        long from = details.get("from").getAsLong();
        long to = Math.min(details.get("to").getAsLong(), index);
        var reason = exact.size() + " entries from " + from + " to " + (to - 1) + " were erased by "
                + party(entry.getAsJsonObject("actor"));
        return Optional.of(new Covered(from, to, Optional.of(exact), Optional.empty(), reason));
    }

    private static Optional<Retention.Setting> sets(JsonObject entry, long index) {
        boolean about = text(entry, "type").equals("config.updated")
                && entry.has("subject")
                && text(entry.getAsJsonObject("subject"), "kind").equals("audit-retention");
        if (!about) return Optional.empty();
        var details = entry.getAsJsonObject("details");
        return Optional.of(new Retention.Setting(
                index,
                details.has("keep") ? Optional.of(Duration.parse(text(details, "keep"))) : Optional.empty(),
                details.has("effective") ? Optional.of(time(details, "effective")) : Optional.empty(),
                party(entry.getAsJsonObject("actor"))));
    }

    private static Instant time(JsonObject object, String name) {
        return Instant.parse(object.get(name).getAsString());
    }

    private static String party(JsonObject party) {
        return text(party, "kind") + " " + text(party, "name") + " (" + text(party, "id") + ")";
    }

    // NB. For a terminal: what somebody is called must not move its cursor.
    private static String text(JsonObject object, String name) {
        return object != null && object.has(name)
                ? object.get(name).getAsString().replaceAll("\\p{Cntrl}", "?")
                : "?";
    }
}
