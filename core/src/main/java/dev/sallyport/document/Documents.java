package dev.sallyport.document;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidNullException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.PropertyBindingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Strict reading and plain writing of JSON documents. Durations and times are ISO 8601 texts, never numbers. */
public final class Documents {

    /** The longest text that a document may hold unless its reader says otherwise, in characters. */
    public static final int MAX_TEXT = 2_000;

    private static final ObjectMapper MAPPER = mapper();

    private Documents() {}

    /** @throws DocumentFault if the text is not exactly one well-formed document of that type */
    public static <T> T read(String json, Class<T> type) {
        return read(json, type, MAX_TEXT);
    }

    /** As {@link #read(String, Class)}, for documents that hold longer texts, such as certificates. */
    public static <T> T read(String json, Class<T> type, int maxText) {
        var tree = tree(json);
        refuseUnstorable(tree, "", maxText);
        return bind(tree, type);
    }

    /** The document as a tree, well-formed but otherwise unchecked. */
    public static JsonNode tree(String json) {
        try {
            var tree = MAPPER.readTree(json);
            if (tree.isMissingNode()) throw new DocumentFault("", "must not be empty");
            return tree;
        } catch (JsonProcessingException e) {
            throw new DocumentFault("", "is not well-formed JSON " + place(e));
        }
    }

    /** Binds a tree that was read by {@link #tree}; texts in it are not checked again. */
    public static <T> T bind(JsonNode tree, Class<T> type) {
        try {
            var value = MAPPER.treeToValue(tree, type);
            if (value == null) throw new DocumentFault("", "must be an object");
            return value;
        } catch (JsonMappingException e) {
            throw fault(e);
        } catch (JsonProcessingException e) {
            throw new DocumentFault("", "is not a document of this kind");
        }
    }

    public static String write(Object document) {
        try {
            return MAPPER.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a document: " + document.getClass(), e);
        }
    }

    public static JsonNode toTree(Object document) {
        return MAPPER.valueToTree(document);
    }

    private static ObjectMapper mapper() {
        var text = new SimpleModule("sallyport")
                .addDeserializer(Duration.class, new FromText<>(Duration.class, Duration::parse))
                .addDeserializer(Instant.class, new FromText<>(Instant.class, Documents::time))
                .addDeserializer(LocalTime.class, new FromText<>(LocalTime.class, Documents::timeOfDay))
                .addDeserializer(ZoneId.class, new FromText<>(ZoneId.class, ZoneId::of))
                .addSerializer(Duration.class, ToStringSerializer.instance)
                .addSerializer(Instant.class, ToStringSerializer.instance)
                .addSerializer(LocalTime.class, ToStringSerializer.instance)
                .addSerializer(ZoneId.class, ToStringSerializer.instance);
        var mapper = JsonMapper.builder()
                .addModule(new Jdk8Module())
                .addModule(text)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .enable(DeserializationFeature.FAIL_ON_IGNORED_PROPERTIES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .withCoercionConfig(LogicalType.Textual, c -> {
                    c.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                    c.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                    c.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
                })
                // NB. Otherwise a blank text would count as null, and "block": " " would block nobody.
                .withCoercionConfigDefaults(c -> c.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
                .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
                .build();
        mapper.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(32)
                        .maxNumberLength(100)
                        .build());
        return mapper;
    }

    /** @throws DateTimeException if that is no time as RFC 3339 writes it */
    public static Instant time(String text) {
        var time = Instant.parse(text);
        int year = time.atOffset(ZoneOffset.UTC).getYear();
        if (year < 0 || year > 9999) throw new DateTimeException("RFC 3339 has years of four digits only");
        return time;
    }

    private static LocalTime timeOfDay(String text) {
        if (!text.matches("\\d\\d:\\d\\d")) throw new DateTimeException("not hours and minutes");
        return LocalTime.parse(text);
    }

    // NB. The database stores neither U+0000 nor half a surrogate pair, and Java's UTF-8 encoder would replace the
    // latter silently: what was acknowledged would not be what was stored. A number beyond a double is read as infinite
    // and would be stored as a text.
    private static void refuseUnstorable(JsonNode node, String path, int maxText) {
        if (node.isTextual()) {
            textFault(node.textValue(), maxText).ifPresent(reason -> {
                throw new DocumentFault(path, reason);
            });
        } else if (node.isObject()) {
            node.properties().forEach(field -> {
                var at = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
                textFault(field.getKey(), 255).ifPresent(reason -> {
                    throw new DocumentFault(path, "has a field whose name " + reason);
                });
                refuseUnstorable(field.getValue(), at, maxText);
            });
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) refuseUnstorable(node.get(i), path + "[" + i + "]", maxText);
        } else if (node.isDouble() && !Double.isFinite(node.doubleValue())) {
            throw new DocumentFault(path, "must be a number within the range of a double");
        }
    }

    /** What is wrong with a text that someone handed in, whether in a document, a path or a query; empty if nothing is. */
    public static Optional<String> textFault(String text, int maxText) {
        if (text.length() > maxText) return Optional.of("must not be longer than " + maxText + " characters");
        if (text.indexOf('\0') >= 0) return Optional.of("must not contain the character U+0000");
        if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            return Optional.of("must not contain half a surrogate pair");
        }
        return Optional.empty();
    }

    private static DocumentFault fault(JsonMappingException e) {
        var path = path(e);
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof DocumentFault inner) return inner.below(path);
        }
        if (e instanceof PropertyBindingException) return new DocumentFault(path, "is not a known field");
        if (e instanceof InvalidNullException) return new DocumentFault(path, "must not be null");
        if (e.getCause() instanceof InputCoercionException overflow) {
            return new DocumentFault(path, expectation(overflow.getTargetType()));
        }
        if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
            return new DocumentFault(path, expectation(mismatch.getTargetType()));
        }
        return new DocumentFault(path, "is not valid");
    }

    private static String path(JsonMappingException e) {
        var path = new StringBuilder();
        for (var reference : e.getPath()) {
            if (reference.getFieldName() == null) {
                path.append('[').append(reference.getIndex()).append(']');
            } else {
                if (path.length() > 0) path.append('.');
                path.append(reference.getFieldName());
            }
        }
        return path.toString();
    }

    private static String expectation(Class<?> type) {
        if (type == Boolean.class || type == boolean.class) return "must be true or false";
        if (type == Integer.class || type == int.class || type == Long.class || type == long.class) {
            return "must be a whole number";
        }
        if (type == Duration.class) return "must be an ISO 8601 duration such as PT15M";
        if (type == Instant.class) return "must be an ISO 8601 time in UTC such as 2026-11-23T08:00:00Z";
        if (type == LocalTime.class) return "must be a time of day such as 07:00";
        if (type == ZoneId.class) return "must be a time zone such as Europe/Berlin";
        if (type == String.class) return "must be a text";
        if (type.isEnum()) {
            var names = Arrays.stream(type.getEnumConstants())
                    .map(constant -> MAPPER.valueToTree(constant).asText())
                    .collect(Collectors.joining(", "));
            return "must be one of " + names;
        }
        if (Collection.class.isAssignableFrom(type) || type.isArray()) return "must be an array";
        if (Map.class.isAssignableFrom(type) || type.isRecord()) return "must be an object";
        return "is not valid";
    }

    private static String place(JsonProcessingException e) {
        var location = e.getLocation();
        return location == null ? "" : "(line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }

    private interface Parser<T> {
        T parse(String text);
    }

    private static final class FromText<T> extends StdScalarDeserializer<T> {

        private static final long serialVersionUID = 1;

        private final transient Parser<T> parser;

        FromText(Class<T> type, Parser<T> parser) {
            super(type);
            this.parser = parser;
        }

        @Override
        public T deserialize(JsonParser json, DeserializationContext context) throws IOException {
            if (!json.currentToken().isScalarValue()
                    || json.currentToken().isNumeric()
                    || json.currentToken().isBoolean()) {
                throw MismatchedInputException.from(json, handledType(), "not a text");
            }
            try {
                return parser.parse(json.getText());
            } catch (DateTimeException | ArithmeticException e) {
                throw MismatchedInputException.from(json, handledType(), "not valid");
            }
        }
    }
}
