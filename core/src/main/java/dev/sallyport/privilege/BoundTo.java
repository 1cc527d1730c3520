package dev.sallyport.privilege;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What of its user has a privilege that was activated in one session. */
public enum BoundTo {
    SESSION,
    /** All sessions on that device. */
    DEVICE,
    /** All sessions. */
    USER;

    @JsonValue
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
