package dev.sallyport.review;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.access.Principals;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.privilege.People;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What is to be reviewed, by whom and until when.
 *
 * @param name for people, not unique
 * @param deadline the first moment at which nobody decides any more
 * @param onSilence what becomes of that about which nobody decided until then
 * @param memberships whether revoking also ends the membership, or takes away the role, by which somebody has it; absent for
 *     yes. It may give them more than what is reviewed; where this says no, such a decision is only recorded.
 */
public record Campaign(
        String name, Scope scope, People reviewers, Instant deadline, Verdict onSilence, Boolean memberships) {

    /** The shortest time: somebody has to be able to decide before silence does. */
    public static final Duration SHORTEST = Duration.ofHours(1);

    /** The longest time that a review can take. */
    public static final Duration LONGEST = Duration.ofDays(366);

    private static final int LONGEST_NAME = 255;

    /**
     * @param privileges of whose eligibility each way is reviewed by which somebody has it by name, group or role
     * @param standing whether privileged roles that are held for good are reviewed
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Scope(List<String> privileges, Boolean standing) {

        public Scope {
            privileges = Principals.names("privileges", privileges);
            standing = standing != null && standing;
            if (privileges.isEmpty() && !standing) {
                throw new DocumentFault("", "must name a privilege, or say that standing roles are reviewed");
            }
        }
    }

    public Campaign {
        if (name == null || name.isBlank()) throw new DocumentFault("name", "is required");
        if (name.length() > LONGEST_NAME) throw new DocumentFault("name", "must not be longer than " + LONGEST_NAME);
        if (scope == null) throw new DocumentFault("scope", "is required");
        if (reviewers == null || reviewers.nobody()) {
            throw new DocumentFault("reviewers", "must name a user, a group or a role");
        }
        if (deadline == null) throw new DocumentFault("deadline", "is required");
        if (onSilence == null) throw new DocumentFault("onSilence", "is required");
        memberships = memberships == null || memberships;
    }

    /** @throws DocumentFault if the deadline is nearer than {@link #SHORTEST}, or further away than {@link #LONGEST} */
    public void check(Instant now) {
        if (deadline.isBefore(now.plus(SHORTEST)))
            throw new DocumentFault("deadline", "must be an hour from now at least");
        if (deadline.isAfter(now.plus(LONGEST))) throw new DocumentFault("deadline", "must be within 366 days");
    }
}
