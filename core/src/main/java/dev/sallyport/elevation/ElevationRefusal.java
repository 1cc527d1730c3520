package dev.sallyport.elevation;

import dev.sallyport.access.Unmet;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Why an act does not happen. */
public abstract sealed class ElevationRefusal extends RuntimeException {

    private static final long serialVersionUID = 1;

    private ElevationRefusal(String message) {
        super(message);
    }

    /** What was asked for is malformed, or out of bounds. */
    public static final class Invalid extends ElevationRefusal {

        private static final long serialVersionUID = 1;

        private final String field;

        public Invalid(String field, String message) {
            super(field + " " + message);
            this.field = field;
        }

        public String field() {
            return field;
        }
    }

    /** The user can help it by authenticating: more strongly, or anew. */
    public static final class StrengthNeeded extends ElevationRefusal {

        private static final long serialVersionUID = 1;

        private final transient Optional<String> acr;
        private final transient Optional<Duration> maxAge;

        public StrengthNeeded(Optional<String> acr, Optional<Duration> maxAge) {
            super("A stronger or more recent authentication is required.");
            this.acr = acr;
            this.maxAge = maxAge;
        }

        public Optional<String> acr() {
            return acr;
        }

        public Optional<Duration> maxAge() {
            return maxAge;
        }
    }

    /** Something does not hold that must. */
    public static final class Forbidden extends ElevationRefusal {

        private static final long serialVersionUID = 1;

        private final transient List<Unmet> unmet;

        public Forbidden(String message, List<Unmet> unmet) {
            super(message);
            this.unmet = List.copyOf(unmet);
        }

        public List<Unmet> unmet() {
            return unmet;
        }
    }

    /** There is no such thing, as far as the caller may know. */
    public static final class Unknown extends ElevationRefusal {

        private static final long serialVersionUID = 1;

        public Unknown() {
            super("There is no such thing.");
        }
    }

    /** Not in this state, or not any more. */
    public static final class Conflict extends ElevationRefusal {

        private static final long serialVersionUID = 1;

        public Conflict(String message) {
            super(message);
        }
    }
}
