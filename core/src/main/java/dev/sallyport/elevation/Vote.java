package dev.sallyport.elevation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one person decided.
 *
 * @param approver the id of the user who voted
 * @param onBehalfOf the id of the approver whose stand-in that user is; empty for an approver's own vote
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record Vote(
        String approver, Decision decision, Optional<String> comment, Instant at, Optional<String> onBehalfOf) {

    /** Which way it went. */
    public enum Decision {
        APPROVED,
        DENIED;

        @JsonValue
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The approver whose vote it is. */
    public String principal() {
        return onBehalfOf.orElse(approver);
    }

    /** Whether somebody would be heard twice: as themselves, or as the stand-in or the principal of another. */
    boolean overlaps(Vote other) {
        return other.involves(approver) || other.involves(principal());
    }

    /** Whether that user voted here, or had a stand-in vote. */
    public boolean involves(String userId) {
        return Stream.of(approver, principal()).anyMatch(userId::equals);
    }
}
