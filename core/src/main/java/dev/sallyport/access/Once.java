package dev.sallyport.access;

import java.util.Optional;
import java.util.function.Supplier;

/** Asks for a costly fact when it is first needed, and then never again. For one request, hence for one thread. */
final class Once<T> implements Supplier<T> {

    private final Supplier<T> source;
    private Optional<T> fact = Optional.empty();

    private Once(Supplier<T> source) {
        this.source = source;
    }

    static <T> Supplier<T> of(Supplier<T> source) {
        return source instanceof Once ? source : new Once<>(source);
    }

    /** The fact, if it was needed. */
    public Optional<T> asked() {
        return fact;
    }

    @Override
    public T get() {
        if (fact.isEmpty()) fact = Optional.of(source.get());
        return fact.get();
    }
}
