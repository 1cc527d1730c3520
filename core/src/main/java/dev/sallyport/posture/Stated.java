package dev.sallyport.posture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sallyport.device.OsVersion;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a management's record states. What is missing, null or of another type than it should be is not stated; nothing is
 * guessed from it.
 */
record Stated(JsonNode record) {

    /** Clocks differ by less; what was seen later than this was not seen. */
    private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(60);

    private static final int MAX_TEXT = Documents.MAX_TEXT;
    private static final int LONGEST_WORD = 255;

    private static final Pattern VERSION = Pattern.compile("(?<![\\w.])\\d{1,9}(?:\\.\\d{1,9})+(?![\\w.])");
    private static final Pattern NUMBER = Pattern.compile("(?<![\\w.])\\d{1,9}(?![\\w.])");

    /** @return empty unless the text is a well-formed JSON object */
    static Optional<Stated> read(String json) {
        try {
            return Optional.of(Documents.tree(json)).filter(JsonNode::isObject).map(Stated::new);
        } catch (DocumentFault notJson) {
            return Optional.empty();
        }
    }

    /** @param pointer where, as in RFC 6901 */
    Optional<Boolean> flag(String pointer) {
        return Optional.of(record.at(pointer)).filter(JsonNode::isBoolean).map(JsonNode::booleanValue);
    }

    Optional<String> text(String pointer) {
        return Optional.of(record.at(pointer))
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue)
                .filter(text ->
                        !text.isBlank() && Documents.textFault(text, MAX_TEXT).isEmpty());
    }

    /** A number that is no less than zero. */
    Optional<Integer> count(String pointer) {
        return Optional.of(record.at(pointer))
                .filter(node -> node.isIntegralNumber() && node.canConvertToInt() && node.intValue() >= 0)
                .map(JsonNode::intValue);
    }

    /** An id, which one version of a management may write as a number and another as a text. */
    Optional<String> id(String pointer) {
        var node = record.at(pointer);
        return node.isIntegralNumber() ? Optional.of(node.asText()) : text(pointer);
    }

    Optional<Stated> object(String pointer) {
        return Optional.of(record.at(pointer)).filter(JsonNode::isObject).map(Stated::new);
    }

    /** @return empty when there is no array of objects only */
    Optional<List<Stated>> objects(String pointer) {
        var array = record.at(pointer);
        if (!array.isArray()) return Optional.empty();
        var objects = new ArrayList<Stated>();
        for (var element : array) {
            if (!element.isObject()) return Optional.empty();
            objects.add(new Stated(element));
        }
        return Optional.of(List.copyOf(objects));
    }

    /**
     * A time in the past. One that is missing, unreadable or ahead is not known, and then the facts are as old as can be:
     * they never meet a limit on their age.
     */
    Instant observed(String pointer, Instant now) {
        return text(pointer)
                .flatMap(Stated::instant)
                .filter(time -> time.isAfter(Instant.EPOCH) && !time.isAfter(now.plus(CLOCKS_DIFFER)))
                .orElse(Instant.EPOCH);
    }

    static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** A version that is nothing but dotted numbers. */
    Optional<String> version(String pointer) {
        return text(pointer).filter(version -> OsVersion.of(version).isPresent());
    }

    /**
     * The version in a text such as "macOS 14.5".
     *
     * <p>NB. Of "Windows 11 Pro" only "11" could be read, and that is above every version of Windows, which all begin with
     * 10.0: so a lone number is none there, and of several versions nobody knows which is meant.
     */
    Optional<String> versionWithin(String pointer) {
        return text(pointer)
                .flatMap(text -> {
                    var versions = VERSION.matcher(text)
                            .results()
                            .map(found -> found.group())
                            .toList();
                    if (versions.isEmpty() && !text.contains("Windows")) {
                        versions = NUMBER.matcher(text)
                                .results()
                                .map(found -> found.group())
                                .toList();
                    }
                    return versions.size() == 1 ? Optional.of(versions.get(0)) : Optional.<String>empty();
                })
                .filter(version -> OsVersion.of(version).isPresent());
    }

    /** Whether this is the record of that device by one of these of its fields, whatever the case. */
    boolean is(String key, Collection<String> pointers) {
        return keys(pointers).stream().anyMatch(key::equalsIgnoreCase);
    }

    /** What the device may be registered by, in these of its fields. */
    Set<String> keys(Collection<String> pointers) {
        return pointers.stream()
                .flatMap(pointer -> text(pointer).stream())
                .filter(Predicate.not(Placeholder::is))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Words that have no place among the other facts, by the names of their fields. */
    Map<String, JsonNode> attributes(String below, String... names) {
        var attributes = new LinkedHashMap<String, JsonNode>();
        for (var name : names) {
            text(below + "/" + name)
                    .filter(word -> word.length() <= LONGEST_WORD)
                    .ifPresent(word -> attributes.put(name, TextNode.valueOf(word)));
        }
        return attributes;
    }

    /** Whether nothing is said there; what is there and cannot be understood is said. */
    boolean silent(String pointer) {
        var node = record.at(pointer);
        if (!node.isMissingNode()) return node.isNull();
        var above = pointer.substring(0, Math.max(0, pointer.lastIndexOf('/')));
        return record.at(above).isObject() || silent(above);
    }
}
