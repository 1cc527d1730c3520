package dev.sallyport.rest;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import java.util.Optional;

/**
 * The part of a list that is asked for.
 *
 * @param first how many to leave out
 * @param max how many to return at most
 */
record Page(int first, int max) {

    static final int DEFAULT_MAX = 100;
    static final int LARGEST_MAX = 1_000;

    /** @throws DocumentFault that names the parameter */
    static Page of(String first, String max) {
        return new Page(
                number("first", first, 0, 0, Integer.MAX_VALUE), number("max", max, DEFAULT_MAX, 1, LARGEST_MAX));
    }

    private static int number(String name, String text, int fallback, int least, int most) {
        if (text == null) return fallback;
        if (text.matches("\\d{1,10}")) {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) return (int) number;
        }
        throw new DocumentFault(name, "must be a whole number from " + least + " to " + most);
    }

    /** A filter by text; empty when it is absent or blank. */
    static Optional<String> text(String name, String text) {
        if (text == null) return Optional.empty();
        Documents.textFault(text, Documents.MAX_TEXT).ifPresent(reason -> {
            throw new DocumentFault(name, reason);
        });
        return Optional.of(text).filter(value -> !value.isBlank());
    }

    /** A filter by yes or no; empty when it is absent. */
    static Optional<Boolean> flag(String name, String text) {
        if (text == null) return Optional.empty();
        return switch (text) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> throw new DocumentFault(name, "must be true or false");
        };
    }
}
