package dev.sallyport.elevation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * What a second person found when they looked at an emergency.
 *
 * @param officer the id of the user who reviewed
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record Review(String officer, Outcome outcome, Optional<String> comment, Instant at) {

    /** What it was. */
    public enum Outcome {
        JUSTIFIED,
        MISUSE;

        @JsonValue
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
