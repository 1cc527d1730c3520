package dev.sallyport.risk;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How suspicious a login is.
 *
 * @param level empty when nobody knows, which no policy may take for low
 * @param reasons ids of what speaks against the login, such as {@code new-device}; lower-case letters, digits and dashes.
 *     There may be reasons that do not suffice to raise the level
 */
public record Risk(Optional<Level> level, List<String> reasons) {

    /** The most reasons that are kept. */
    public static final int MAX_REASONS = 20;

    /** From harmless to alarming. */
    public enum Level {
        LOW,
        MEDIUM,
        HIGH;

        @JsonValue
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final String UNKNOWN = "unknown";

    public Risk {
        if (!reasons.stream().allMatch(reason -> reason.matches("[a-z0-9-]{1,64}"))) {
            throw new IllegalArgumentException("a reason is at most 64 lower-case letters, digits and dashes");
        }
        reasons = reasons.stream().distinct().limit(MAX_REASONS).toList();
    }

    public static Risk of(Level level, String... reasons) {
        return new Risk(Optional.of(level), List.of(reasons));
    }

    public static Risk unknown() {
        return new Risk(Optional.empty(), List.of());
    }

    /**
     * What several opinions amount to: the highest level with the reasons of all. If one of them is unknown so is the
     * whole, unless it is high already; and so it is when nobody has an opinion.
     */
    public static Risk together(List<Risk> opinions) {
        var reasons = opinions.stream()
                .flatMap(opinion -> opinion.reasons().stream())
                .distinct()
                .toList();
        var highest =
                opinions.stream().flatMap(opinion -> opinion.level().stream()).max(Level::compareTo);
        boolean unknown = opinions.stream().anyMatch(opinion -> opinion.level().isEmpty());
        return new Risk(highest.filter(level -> level == Level.HIGH || !unknown), reasons);
    }

    /** In a form that fits a note: the level and the reasons, separated by spaces. */
    public String text() {
        var words = Stream.concat(Stream.of(level.map(Level::id).orElse(UNKNOWN)), reasons.stream());
        return String.join(" ", words.toList());
    }

    /** @return what {@link #text} wrote; unknown for anything else */
    public static Risk parse(String text) {
        var words = List.of(text.split(" ", -1));
        var level = Stream.of(Level.values())
                .filter(value -> value.id().equals(words.get(0)))
                .findFirst();
        if (level.isEmpty() && !words.get(0).equals(UNKNOWN)) return unknown();
        try {
            return new Risk(level, words.subList(1, words.size()));
        } catch (IllegalArgumentException e) {
            return unknown();
        }
    }
}
