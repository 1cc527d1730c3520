package dev.sallyport.access;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How suspicious a request is.
 *
 * @param level empty when nobody can tell
 * @param reasons why it is that high, as machine-readable codes
 */
public record Risk(Optional<Level> level, List<String> reasons) {

    /** From what is usual to what is not. */
    public enum Level {
        LOW,
        MEDIUM,
        HIGH;

        @JsonValue
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Risk {
        reasons = List.copyOf(reasons);
    }

    public static Risk of(Level level, String... reasons) {
        return new Risk(Optional.of(level), List.of(reasons));
    }

    public static Risk unknown() {
        return new Risk(Optional.empty(), List.of());
    }
}
