package dev.sallyport.elevation;

import dev.sallyport.elevation.Vote.Decision;
import dev.sallyport.privilege.BoundTo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Elevations for tests: ann asks for ledger-db-admin for an hour, in the session s1. */
final class Life {

    static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");
    static final Duration HOUR = Duration.ofHours(1);

    private Life() {}

    static Elevation pending() {
        return pending("e1", BoundTo.SESSION, Optional.empty());
    }

    static Elevation pendingFor(Instant start) {
        return pending("e1", BoundTo.SESSION, Optional.of(start));
    }

    static Elevation pending(String id, BoundTo boundTo, Optional<Instant> start) {
        return elevation(id, boundTo, "s1", Optional.of("d1"), start, false, Optional.empty(), NOW);
    }

    static Elevation elevation(
            String id,
            BoundTo boundTo,
            String sessionId,
            Optional<String> deviceId,
            Optional<Instant> start,
            boolean emergency,
            Optional<String> extending,
            Instant requestedAt) {
        return new Elevation(
                id,
                "ledger-db-admin",
                "ann",
                Status.PENDING,
                Optional.of("to mend it"),
                Optional.empty(),
                emergency,
                requestedAt,
                Optional.empty(),
                start,
                Optional.empty(),
                HOUR,
                Optional.empty(),
                List.of(),
                Optional.of(sessionId),
                deviceId,
                requestedAt.plus(Duration.ofHours(4)),
                boundTo,
                true,
                extending,
                Optional.empty());
    }

    static Elevation active() {
        return Lifecycle.apply(pending(), new Step.Grant(), NOW);
    }

    static Vote yes(String who) {
        return new Vote(who, Decision.APPROVED, Optional.empty(), NOW, Optional.empty());
    }

    static Vote no(String who) {
        return new Vote(who, Decision.DENIED, Optional.empty(), NOW, Optional.empty());
    }

    static Vote yes(String who, String onBehalfOf) {
        return new Vote(who, Decision.APPROVED, Optional.empty(), NOW, Optional.of(onBehalfOf));
    }

    static Step approve(Vote vote, int count, String... standing) {
        return new Step.Approve(vote, new Quorum(count, Map.of(), Set.of(standing), Map.of()), true);
    }
}
