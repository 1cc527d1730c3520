package dev.sallyport.elevation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** An elevation that is about to change. */
final class Draft {

    private final Elevation before;
    Status status;
    Optional<Instant> decidedAt;
    Optional<Instant> start;
    Optional<Instant> end;
    Optional<EndedBy> endedBy;
    List<Vote> approvals;
    Optional<String> sessionId;
    Optional<String> deviceId;
    boolean byItself;
    Optional<Review> review;

    Draft(Elevation before) {
        this.before = before;
        status = before.status();
        decidedAt = before.decidedAt();
        start = before.start();
        end = before.end();
        endedBy = before.endedBy();
        approvals = before.approvals();
        sessionId = before.sessionId();
        deviceId = before.deviceId();
        byItself = before.byItself();
        review = before.review();
    }

    Elevation done() {
        return new Elevation(
                before.id(),
                before.privilege(),
                before.requester(),
                status,
                before.justification(),
                before.ticket(),
                before.emergency(),
                before.requestedAt(),
                decidedAt,
                start,
                end,
                before.duration(),
                endedBy,
                approvals,
                sessionId,
                deviceId,
                before.expiresAt(),
                before.boundTo(),
                byItself,
                before.extending(),
                review);
    }
}
