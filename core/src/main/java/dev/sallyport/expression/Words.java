package dev.sallyport.expression;

import dev.sallyport.device.Platform;
import dev.sallyport.device.ProofMethod;
import dev.sallyport.risk.Risk;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The facts that are one of a few words: to compare them with another word is a slip of the pen, and would never be true. */
final class Words {

    private static final Map<String, Set<String>> OF_FACT = Map.of(
            "risk", words(Risk.Level.values(), Risk.Level::id),
            "device.platform", words(Platform.values(), Platform::id),
            "device.method", words(ProofMethod.values(), ProofMethod::id));

    private Words() {}

    private static <T> Set<String> words(T[] values, Function<T, String> id) {
        return Arrays.stream(values).map(id).collect(Collectors.toUnmodifiableSet());
    }

    /** @return what is wrong with comparing that fact with that word; empty when nothing is */
    static Optional<String> fault(String fact, String word) {
        return Optional.ofNullable(OF_FACT.get(fact))
                .filter(words -> !words.contains(word))
                .map(words -> "compares " + fact + " with \"" + word + "\", and it is one of "
                        + words.stream().sorted().collect(Collectors.joining(", ")));
    }
}
