package dev.sallyport.expression;

import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.Immutable;
import dev.cel.common.types.CelType;
import dev.cel.common.types.StructType;
import java.util.AbstractMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A kind of object in expressions: its fields, each with the type that is checked when an expression is saved and the way it
 * is read when one is evaluated. Said in one place, so that the two cannot differ.
 */
final class Shape<T> {

    private final String name;
    private final Map<String, Field<T>> fields = new LinkedHashMap<>();

    private record Field<T>(CelType type, Function<T, Optional<?>> reader) {}

    private Shape(String name) {
        this.name = name;
    }

    static <T> Shape<T> named(String name) {
        return new Shape<>(name);
    }

    /** A field that is always known. */
    Shape<T> with(String field, CelType type, Function<T, ?> reader) {
        return withOptional(field, type, object -> Optional.of(reader.apply(object)));
    }

    Shape<T> withOptional(String field, CelType type, Function<T, Optional<?>> reader) {
        fields.put(field, new Field<>(type, reader));
        return this;
    }

    Set<String> fields() {
        return Set.copyOf(fields.keySet());
    }

    StructType type() {
        var types = fields.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey, field -> field.getValue().type()));
        return StructType.create(name, ImmutableSet.copyOf(fields.keySet()), new Types(types));
    }

    /** The object as the interpreter takes it. */
    Map<String, Object> view(T object) {
        return new View<>(this, object);
    }

    @Immutable
    @SuppressWarnings("Immutable") // the map is a copy
    private record Types(Map<String, CelType> types) implements StructType.FieldResolver {

        @Override
        public Optional<CelType> findField(String field) {
            return Optional.ofNullable(types.get(field));
        }
    }

    /** Reads a field when it is asked for, and once. A field that is not known is not there, so selecting it is an error. */
    static final class View<T> extends AbstractMap<String, Object> {

        private final Shape<T> shape;
        private final T object;
        private final Map<String, Optional<?>> read = new HashMap<>();

        View(Shape<T> shape, T object) {
            this.shape = shape;
            this.object = object;
        }

        private Optional<?> find(Object field) {
            var known = shape.fields.get(field);
            if (known == null) return Optional.empty();
            var value = read.get(field);
            if (value == null) {
                value = known.reader().apply(object);
                read.put((String) field, value);
            }
            return value;
        }

        @Override
        public boolean containsKey(Object field) {
            return find(field).isPresent();
        }

        @Override
        public Object get(Object field) {
            return find(field).orElse(null);
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            return shape.fields.keySet().stream()
                    .filter(this::containsKey)
                    .map(field -> Map.<String, Object>entry(field, get(field)))
                    .collect(Collectors.toUnmodifiableSet());
        }
    }
}
