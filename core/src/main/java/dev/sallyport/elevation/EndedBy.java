package dev.sallyport.elevation;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What ended an elevation. */
public enum EndedBy {
    TIME,
    USER,
    APPROVER,
    ADMIN,
    /** The device no longer meets what the privilege asks of it. */
    DEVICE,
    LOGOUT,
    /** The user may not have the privilege any more, or nobody may. */
    ELIGIBILITY,
    LOCK;

    public static Optional<EndedBy> of(String id) {
        return Arrays.stream(values()).filter(why -> why.id().equals(id)).findFirst();
    }

    @JsonValue
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
