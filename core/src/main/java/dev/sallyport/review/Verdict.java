package dev.sallyport.review;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What becomes of something that somebody has. */
public enum Verdict {
    KEEP,
    REVOKE;

    @JsonValue
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
