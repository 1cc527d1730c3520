package dev.sallyport.elevation;

import dev.sallyport.privilege.BoundTo;
import dev.sallyport.privilege.Privilege;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A privilege that somebody asked for, and what became of it.
 *
 * @param id a UUID
 * @param privilege its name
 * @param requester the id of the user who has it, or asks for it
 * @param status as it was when something last happened; {@link #at} says what it is by the clock
 * @param emergency whether it was had without approval
 * @param decidedAt when it was granted, denied or cancelled
 * @param start when it begins; of a request, when it should; empty when it was over before it began
 * @param end when it ends or ended; empty until it is granted
 * @param duration how long it was asked for
 * @param sessionId the session in which it was asked for, or activated
 * @param deviceId the device on which that was, where it was known
 * @param expiresAt the first moment at which the request can no longer be decided
 * @param boundTo what of the user has it
 * @param byItself whether it begins at its start without the user having to activate it
 * @param extending the id of the elevation that this request asks to prolong
 * @param review of an emergency; empty as long as there was none
 * @param terms what the privilege stood for when it was asked for; where nobody can tell, it is not that any more
 */
public record Elevation(
        String id,
        String privilege,
        String requester,
        Status status,
        Optional<String> justification,
        Optional<String> ticket,
        boolean emergency,
        Instant requestedAt,
        Optional<Instant> decidedAt,
        Optional<Instant> start,
        Optional<Instant> end,
        Duration duration,
        Optional<EndedBy> endedBy,
        List<Vote> approvals,
        Optional<String> sessionId,
        Optional<String> deviceId,
        Instant expiresAt,
        BoundTo boundTo,
        boolean byItself,
        Optional<String> extending,
        Optional<Review> review,
        Optional<Terms> terms) {

    public Elevation {
        approvals = List.copyOf(approvals);
    }

    /**
     * What it is at that moment, whether or not anybody took note: a request that was not decided in time is expired, what
     * has a time begins and ends with it.
     */
    public Elevation at(Instant now) {
        return switch (status) {
            case PENDING -> now.isBefore(expiresAt) ? this : with(Status.EXPIRED, Optional.empty());
            case SCHEDULED ->
                over(now)
                        ? with(Status.ENDED, Optional.of(EndedBy.TIME)).startedOnly(byItself)
                        : byItself && begun(now) ? with(Status.ACTIVE, Optional.empty()) : this;
            case ACTIVE -> over(now) ? with(Status.ENDED, Optional.of(EndedBy.TIME)) : this;
            case ENDED, DENIED, CANCELLED, EXPIRED -> this;
        };
    }

    /** Whether the privilege can be used at that moment, as far as time and decisions go. */
    public boolean inEffect(Instant now) {
        return at(now).status == Status.ACTIVE && begun(now);
    }

    private boolean begun(Instant now) {
        return start.filter(begin -> !now.isBefore(begin)).isPresent();
    }

    /** Whether it was in effect for some time, and is over. */
    public boolean wasInEffect() {
        return status == Status.ENDED
                && start.filter(begin -> end.filter(begin::isBefore).isPresent())
                        .isPresent();
    }

    private Elevation startedOnly(boolean began) {
        if (began) return this;
        var draft = new Draft(this);
        draft.start = Optional.empty();
        return draft.done();
    }

    // NB. What is granted without an end would never end, so it is over.
    private boolean over(Instant now) {
        return end.filter(now::isBefore).isEmpty();
    }

    /** Whether both would be in effect for one session, if both were active. */
    public boolean meets(Elevation other) {
        if (!requester.equals(other.requester)) return false;
        if (boundTo == BoundTo.USER || other.boundTo == BoundTo.USER) return true;
        if (boundTo == BoundTo.SESSION && other.boundTo == BoundTo.SESSION) {
            return sessionId.isPresent() && sessionId.equals(other.sessionId);
        }
        return deviceId.isPresent() && deviceId.equals(other.deviceId);
    }

    /** Whether this one, as long as it is open, is why that one cannot be asked for or activated. */
    public boolean inTheWayOf(Elevation wished) {
        if (!privilege.equals(wished.privilege)) return false;
        if (wished.extending.isPresent()) return extending.equals(wished.extending);
        // NB. Whoever waits for an approval that does not come is who needs the emergency.
        if (wished.emergency && status == Status.PENDING) return false;
        return extending.isEmpty() && meets(wished);
    }

    /** Whether the privilege gives what was asked for. */
    public boolean stillGrants(Privilege current) {
        return terms.map(Terms::grants)
                .filter(Terms.of(current).grants()::equals)
                .isPresent();
    }

    /** Whether the privilege gives what was asked for, and the same have to agree. */
    public boolean asAskedFor(Privilege current) {
        return terms.filter(Terms.of(current)::equals).isPresent();
    }

    private Elevation with(Status changed, Optional<EndedBy> why) {
        var draft = new Draft(this);
        draft.status = changed;
        draft.endedBy = why;
        return draft.done();
    }
}
