package dev.sallyport.access;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;

/** A policy as a realm holds it: one that can be read, or one that cannot and therefore fails closed. */
public sealed interface PolicyDocument permits AccessPolicy, PolicyDocument.Unreadable {

    String name();

    State state();

    /** To whom it applies, as far as that can be read; empty means everybody. */
    Optional<Assignments> assignments();

    /** Whether a policy has an effect. */
    enum State {
        ENFORCED,
        /** Judged and recorded, without effect. */
        REPORT_ONLY,
        DISABLED;

        @JsonValue
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * A document that cannot be read as a policy. It denies whomever its assignments match, and everybody if those cannot
     * be read either: nobody knows what it was meant to ask for.
     *
     * @param state enforced unless the document clearly says otherwise
     * @param assignments what can be read of them; empty when nothing can
     * @param fault what is wrong, with its path
     */
    record Unreadable(String name, State state, Optional<Assignments> assignments, String fault)
            implements PolicyDocument {}
}
