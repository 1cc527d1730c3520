package dev.sallyport.rest;

import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.EndedBy;
import dev.sallyport.elevation.Review;
import dev.sallyport.elevation.Status;
import dev.sallyport.elevation.Vote;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** An elevation as the interface shows it: as it is now, and people by their names, or by their ids once they are gone. */
record ElevationDocument(
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
        Optional<EndedBy> endedBy,
        List<Decision> approvals,
        Optional<String> sessionId,
        Optional<String> deviceId,
        Duration duration,
        Instant expiresAt,
        Optional<String> extending,
        Optional<Reviewed> review) {

    /** @param onBehalfOf whose stand-in the approver is */
    record Decision(
            String approver,
            Vote.Decision decision,
            Optional<String> comment,
            Instant at,
            Optional<String> onBehalfOf) {}

    /** What an officer found in an emergency. */
    record Reviewed(String officer, Review.Outcome outcome, Optional<String> comment, Instant at) {}

    /** Shows the elevations of a realm. */
    record Showing(KeycloakSession session, RealmModel realm, Instant now) {

        ElevationDocument of(Elevation stored) {
            var elevation = stored.at(now);
            return new ElevationDocument(
                    elevation.id(),
                    elevation.privilege(),
                    name(elevation.requester()),
                    elevation.status(),
                    elevation.justification(),
                    elevation.ticket(),
                    elevation.emergency(),
                    elevation.requestedAt(),
                    elevation.decidedAt(),
                    elevation.start(),
                    elevation.end(),
                    elevation.endedBy(),
                    elevation.approvals().stream().map(this::decision).toList(),
                    elevation.sessionId(),
                    elevation.deviceId(),
                    elevation.duration(),
                    elevation.expiresAt(),
                    elevation.extending(),
                    elevation
                            .review()
                            .map(review -> new Reviewed(
                                    name(review.officer()), review.outcome(), review.comment(), review.at())));
        }

        private Decision decision(Vote vote) {
            return new Decision(
                    name(vote.approver()),
                    vote.decision(),
                    vote.comment(),
                    vote.at(),
                    vote.onBehalfOf().map(this::name));
        }

        String name(String userId) {
            return Optional.ofNullable(session.users().getUserById(realm, userId))
                    .map(UserModel::getUsername)
                    .orElse(userId);
        }
    }
}
