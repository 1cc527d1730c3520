package dev.sallyport.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/**
 * What the log can keep for good. Its hashes are of JSON as RFC 8785 writes it, which has numbers no more exact than doubles; its
 * readers take no more than so many levels; and databases store neither U+0000 nor half a surrogate pair. What is otherwise is
 * kept as a text: one entry that cannot be read would stand in the way of all that come after it.
 */
final class Keepable {

    /** How many levels of objects and arrays a detail may have; what is deeper is kept as the text of its JSON. */
    static final int MAX_DEPTH = 16;

    private static final long MAX_INTEGER = (1L << 53) - 1;

    private Keepable() {}

    static JsonNode of(JsonNode value) {
        return of(value, MAX_DEPTH);
    }

    private static JsonNode of(JsonNode value, int depth) {
        if (value.isContainerNode() && depth == 0) return text(value.toString());
        if (value.isObject()) {
            var object = JsonNodeFactory.instance.objectNode();
            value.properties().forEach(field -> object.set(storable(field.getKey()), of(field.getValue(), depth - 1)));
            return object;
        }
        if (value.isArray()) {
            var array = JsonNodeFactory.instance.arrayNode();
            value.forEach(each -> array.add(of(each, depth - 1)));
            return array;
        }
        if (value.isTextual()) return text(value.textValue());
        return value.isNumber() && !exact(value) ? text(value.asText()) : value;
    }

    private static boolean exact(JsonNode number) {
        return number.isIntegralNumber() && number.canConvertToLong() && Math.abs(number.longValue()) <= MAX_INTEGER;
    }

    private static JsonNode text(String text) {
        return JsonNodeFactory.instance.textNode(storable(text));
    }

    private static String storable(String text) {
        if (text.codePoints().noneMatch(Keepable::unstorable)) return text;
        return text.codePoints()
                .map(c -> unstorable(c) ? 0xFFFD : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean unstorable(int c) {
        return c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    }
}
