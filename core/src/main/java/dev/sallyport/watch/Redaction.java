package dev.sallyport.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Takes out of what is recorded what nobody may read there, by the names of fields and by what secrets look like, and what
 * would make an entry too large. Rather too much than too little: an entry cannot be taken back.
 */
public final class Redaction {

    /** What stands in place of a secret. */
    public static final String MASK = "**********";

    private static final String MORE = "…";
    private static final int LONGEST_TEXT = 500;

    private static final List<String> SECRET_PARTS = List.of(
            "password",
            "passwd",
            "passphrase",
            "secret",
            "privatekey",
            "apikey",
            "accesskey",
            "assertion",
            "cookie",
            "authorization");
    private static final Set<String> SECRET_NAMES = Set.of(
            "credentials", "code", "usercode", "devicecode", "authcode", "pin", "otp", "totp", "hotp", "jwt", "key");
    private static final Set<String> HARMLESS = Set.of("passwordpolicy", "authorizationservicesenabled");
    private static final List<String> NAMES_OF_PAIRS = List.of("name", "key", "type");

    private static final Pattern NO_LETTER = Pattern.compile("[^a-z]");

    // NB. Possessive, so that no text makes the search long.
    private static final Pattern TOKEN = Pattern.compile("eyJ[\\w-]{8,}+\\.[\\w-]{8,}+(\\.[\\w-]*+)*+");
    private static final Pattern PRIVATE_KEY = Pattern.compile("-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----");
    private static final Pattern ADDRESS = Pattern.compile("[a-zA-Z][\\w+.-]*+://[^\\s?#]*+[?#].*", Pattern.DOTALL);

    private Redaction() {}

    /** A value without the secrets in it. */
    public static JsonNode of(JsonNode value) {
        if (value.isObject()) return object((ObjectNode) value);
        if (value.isArray()) {
            var array = JsonNodeFactory.instance.arrayNode();
            value.forEach(each -> array.add(of(each)));
            return array;
        }
        return value.isTextual() ? JsonNodeFactory.instance.textNode(text(value.textValue())) : value;
    }

    /** The value of a field of that name. */
    public static JsonNode of(String name, JsonNode value) {
        // NB. Whether something is on is no secret, and often what a change is about.
        if (secret(name) && !value.isBoolean() && !value.isNull()) return JsonNodeFactory.instance.textNode(MASK);
        return of(value);
    }

    private static ObjectNode object(ObjectNode value) {
        var object = JsonNodeFactory.instance.objectNode();
        value.properties().forEach(field -> object.set(field.getKey(), of(field.getKey(), field.getValue())));
        boolean pair = value.has("value")
                && NAMES_OF_PAIRS.stream()
                        .map(value::path)
                        .anyMatch(name -> name.isTextual() && secret(name.textValue()));
        if (pair) object.put("value", MASK);
        return object;
    }

    private static boolean secret(String name) {
        var plain = NO_LETTER.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("");
        if (HARMLESS.contains(plain)) return false;
        return SECRET_NAMES.contains(plain)
                || plain.endsWith("token")
                || SECRET_PARTS.stream().anyMatch(plain::contains);
    }

    private static String text(String text) {
        // NB. Most texts have nothing of what is looked for, which is quickly seen.
        if (text.contains("-----BEGIN ") && PRIVATE_KEY.matcher(text).find()) return MASK;
        var document = text.startsWith("{") || text.startsWith("[") ? parsed(text) : Optional.<JsonNode>empty();
        if (document.isPresent()) return Documents.write(of(document.get()));
        var masked = text.contains("eyJ") ? TOKEN.matcher(text).replaceAll(MASK) : text;
        // NB. A query or a fragment is where addresses carry what lets one in.
        return masked.contains("://") && ADDRESS.matcher(masked).matches()
                ? masked.replaceFirst("[?#].*", "?" + MORE)
                : masked;
    }

    private static Optional<JsonNode> parsed(String text) {
        try {
            return Optional.of(Documents.tree(text));
        } catch (DocumentFault noDocument) {
            return Optional.empty();
        }
    }

    /**
     * As much of a value as there is room for: all of it, or what an object says in single values, or only that there was
     * more.
     *
     * @param most in bytes of UTF-8
     */
    public static JsonNode within(int most, JsonNode value) {
        if (size(value) <= most) return value;
        var kept = JsonNodeFactory.instance.objectNode();
        kept.put("truncated", true);
        int room = most - size(kept);
        for (var field : value.properties()) {
            var each = field.getValue();
            if (each.isContainerNode()) continue;
            var single = each.isTextual() ? JsonNodeFactory.instance.textNode(cut(each.textValue())) : each;
            room -= size(single) + field.getKey().getBytes(StandardCharsets.UTF_8).length * 2 + 8;
            if (room < 0) break;
            kept.set(field.getKey(), single);
        }
        return kept;
    }

    /** The beginning of a text that may be of any length. */
    public static String cut(String text) {
        if (text.length() <= LONGEST_TEXT) return text;
        int end = Character.isHighSurrogate(text.charAt(LONGEST_TEXT - 1)) ? LONGEST_TEXT - 1 : LONGEST_TEXT;
        return text.substring(0, end) + MORE;
    }

    /**
     * The first number that the log could not keep as it is, as its path; the log's hashes are of JSON numbers as RFC 8785
     * writes them.
     */
    public static Optional<String> unkeepable(JsonNode value, String path) {
        if (value.isNumber()) {
            boolean whole = value.isIntegralNumber() && value.canConvertToLong() && Math.abs(value.asLong()) < 1L << 53;
            return whole ? Optional.empty() : Optional.of(path);
        }
        if (value.isArray()) {
            for (int i = 0; i < ((ArrayNode) value).size(); i++) {
                var fault = unkeepable(value.get(i), path + "[" + i + "]");
                if (fault.isPresent()) return fault;
            }
        }
        for (var field : value.properties()) {
            var fault = unkeepable(field.getValue(), path + "." + field.getKey());
            if (fault.isPresent()) return fault;
        }
        return Optional.empty();
    }

    /** In bytes, as JSON. */
    public static int size(JsonNode value) {
        return Documents.write(value).getBytes(StandardCharsets.UTF_8).length;
    }
}
