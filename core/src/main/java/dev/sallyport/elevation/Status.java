package dev.sallyport.elevation;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Where in its life an elevation is. */
public enum Status {
    /** It waits for approvals. */
    PENDING,
    /** It is granted, for a time that has not begun, or that nobody has made use of yet. */
    SCHEDULED,
    ACTIVE,
    ENDED,
    DENIED,
    CANCELLED,
    /** Nobody decided in time. */
    EXPIRED;

    /** Whether something can still become of it. */
    public boolean open() {
        return this == PENDING || this == SCHEDULED || this == ACTIVE;
    }

    public static Optional<Status> of(String id) {
        return Arrays.stream(values()).filter(status -> status.id().equals(id)).findFirst();
    }

    @JsonValue
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
