package dev.sallyport.privilege;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How a privilege reaches those who have it. */
public enum Mode {
    /** Roles appear in tokens and nowhere else. */
    TOKEN,
    /** Roles and groups are mapped to the user, for as long as it lasts. */
    ASSIGNMENT;

    @JsonValue
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
