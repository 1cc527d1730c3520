package dev.sallyport.elevation;

import dev.sallyport.elevation.ElevationRefusal.Conflict;
import dev.sallyport.elevation.ElevationRefusal.Forbidden;
import dev.sallyport.elevation.ElevationRefusal.Unknown;
import dev.sallyport.privilege.BoundTo;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The one function that says what becomes of an elevation when something happens to it. */
public final class Lifecycle {

    private Lifecycle() {}

    /**
     * @param before as it was stored; what the clock did to it in the meantime is taken into account
     * @return as it is to be stored
     * @throws ElevationRefusal if that cannot happen to it
     */
    public static Elevation apply(Elevation before, Step step, Instant now) {
        var current = before.at(now);
        if (step instanceof Step.Settle) return current;
        if (step instanceof Step.Grant) return granted(require(current, Status.PENDING), true, now);
        if (step instanceof Step.Approve approve) return approved(require(current, Status.PENDING), approve, now);
        if (step instanceof Step.Deny deny) return denied(require(current, Status.PENDING), deny.vote(), now);
        if (step instanceof Step.Cancel) return cancelled(current, now);
        if (step instanceof Step.Activate activate) return activated(require(current, Status.SCHEDULED), activate, now);
        if (step instanceof Step.TakeUp takeUp) return takenUp(require(current, Status.ACTIVE), takeUp);
        if (step instanceof Step.Extend extend) return extended(require(current, Status.ACTIVE), extend.until());
        if (step instanceof Step.End end) return ended(current, end.why(), now);
        if (step instanceof Step.Defer) return deferred(before, now);
        return reviewed(current, ((Step.Reviewed) step).review());
    }

    private static Elevation require(Elevation current, Status status) {
        if (current.status() == status) return current;
        throw new Conflict("It is " + current.status().id() + ", not " + status.id() + ".");
    }

    private static Elevation granted(Elevation pending, boolean there, Instant now) {
        var draft = new Draft(pending);
        draft.decidedAt = Optional.of(now);
        // NB. A request to prolong another one has no time of its own: the other's end moves.
        if (pending.extending().isPresent()) {
            draft.status = Status.ENDED;
            return draft.done();
        }
        var later = pending.start().filter(now::isBefore);
        draft.status = later.isPresent() || !there ? Status.SCHEDULED : Status.ACTIVE;
        draft.byItself = pending.byItself() && there;
        draft.start = Optional.of(later.orElse(now));
        draft.end = Optional.of(draft.start.get().plus(pending.duration()));
        return draft.done();
    }

    private static Elevation approved(Elevation pending, Step.Approve approve, Instant now) {
        var votes = withVote(pending, approve.vote());
        var draft = new Draft(pending);
        draft.approvals = votes;
        var voted = draft.done();
        return approve.quorum().reached(votes) ? granted(voted, approve.there(), now) : voted;
    }

    private static Elevation denied(Elevation pending, Vote vote, Instant now) {
        var draft = new Draft(pending);
        draft.approvals = withVote(pending, vote);
        draft.status = Status.DENIED;
        draft.decidedAt = Optional.of(now);
        return draft.done();
    }

    private static List<Vote> withVote(Elevation pending, Vote vote) {
        if (vote.involves(pending.requester())) {
            throw new Forbidden("Nobody decides on their own request.", List.of());
        }
        if (pending.approvals().stream().anyMatch(vote::overlaps)) {
            throw new Conflict("This approver, or a stand-in, has decided already.");
        }
        return Stream.concat(pending.approvals().stream(), Stream.of(vote)).toList();
    }

    private static Elevation cancelled(Elevation current, Instant now) {
        if (current.status() != Status.SCHEDULED) require(current, Status.PENDING);
        var draft = new Draft(current);
        draft.status = Status.CANCELLED;
        draft.decidedAt = Optional.of(now);
        draft.end = current.end().map(end -> now);
        return draft.done();
    }

    private static Elevation activated(Elevation scheduled, Step.Activate activate, Instant now) {
        if (scheduled.start().filter(now::isBefore).isPresent()) {
            throw new Conflict("It begins at " + scheduled.start().get() + ".");
        }
        var draft = new Draft(scheduled);
        draft.status = Status.ACTIVE;
        draft.start = Optional.of(now);
        draft.sessionId = activate.sessionId();
        draft.deviceId = activate.deviceId();
        return draft.done();
    }

    private static Elevation takenUp(Elevation active, Step.TakeUp takeUp) {
        boolean same = active.boundTo() == BoundTo.SESSION
                && active.sessionId().isPresent()
                && active.sessionId().equals(takeUp.sessionId());
        if (!same) throw new Conflict("It belongs to another session or device.");
        var draft = new Draft(active);
        draft.deviceId = takeUp.deviceId();
        return draft.done();
    }

    private static Elevation deferred(Elevation scheduled, Instant now) {
        require(scheduled, Status.SCHEDULED);
        var draft = new Draft(scheduled);
        draft.byItself = false;
        return draft.done().at(now);
    }

    private static Elevation extended(Elevation active, Instant until) {
        if (active.end().filter(until::isAfter).isEmpty()) throw new Conflict("It lasts as long already.");
        var draft = new Draft(active);
        draft.end = Optional.of(until);
        return draft.done();
    }

    private static Elevation ended(Elevation current, EndedBy why, Instant now) {
        if (current.status() != Status.SCHEDULED && current.status() != Status.PENDING) require(current, Status.ACTIVE);
        var draft = new Draft(current);
        draft.status = Status.ENDED;
        draft.endedBy = Optional.of(why);
        if (current.status() == Status.PENDING) draft.decidedAt = Optional.of(now);
        // NB. Nobody had it, so that nothing of anybody's ends with it.
        if (current.status() == Status.SCHEDULED) draft.start = Optional.empty();
        draft.end = current.end().map(end -> now);
        return draft.done();
    }

    private static Elevation reviewed(Elevation current, Review review) {
        if (!current.emergency()) throw new Unknown();
        if (review.officer().equals(current.requester())) {
            throw new Forbidden("Nobody reviews their own emergency.", List.of());
        }
        if (current.review().isPresent()) throw new Conflict("It has been reviewed already.");
        var draft = new Draft(current);
        draft.review = Optional.of(review);
        return draft.done();
    }
}
