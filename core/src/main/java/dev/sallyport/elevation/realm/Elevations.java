package dev.sallyport.elevation.realm;

import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.ElevationRefusal;
import dev.sallyport.elevation.EndedBy;
import dev.sallyport.elevation.Review.Outcome;
import dev.sallyport.elevation.Status;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;

/** A realm's elevations: what can be done about them, and which are in effect. */
public final class Elevations {

    private final KeycloakSession session;
    private final RealmModel realm;
    private final Clock clock;

    public Elevations(KeycloakSession session, RealmModel realm, Clock clock) {
        this.session = session;
        this.realm = realm;
        this.clock = clock;
    }

    /**
     * Which elevations to list.
     *
     * @param status by the clock
     * @param user the id of the requester
     * @param from the first moment of the request
     * @param to the first moment after it
     */
    public record Filter(
            Optional<Status> status,
            Optional<String> user,
            Optional<String> privilege,
            Optional<Instant> from,
            Optional<Instant> to) {}

    /** Asks for a privilege: it is active at once, or waits for its start, or for approvals. */
    public Operation request(Actor actor, Ask ask) {
        throw new ElevationRefusal.Unknown();
    }

    public Operation approve(Actor actor, String id, Optional<String> comment) {
        throw new ElevationRefusal.Unknown();
    }

    public Operation deny(Actor actor, String id, Optional<String> comment) {
        throw new ElevationRefusal.Unknown();
    }

    /** Withdraws one's own request. */
    public Operation cancel(Actor actor, String id, Optional<String> comment) {
        throw new ElevationRefusal.Unknown();
    }

    /** Makes use, in this session, of what was granted for a time that has come. */
    public Operation activate(Actor actor, String id) {
        throw new ElevationRefusal.Unknown();
    }

    /**
     * Prolongs one's own active elevation.
     *
     * @param by how much; the result is a new request where the privilege needs approval
     */
    public Operation extend(Actor actor, String id, Duration by, Optional<String> justification) {
        throw new ElevationRefusal.Unknown();
    }

    /** Ends an active elevation: one's own, or as one of its approvers. */
    public Operation end(Actor actor, String id, Optional<String> comment) {
        throw new ElevationRefusal.Unknown();
    }

    /** Ends whatever an elevation is at, as an administrator. */
    public Operation revoke(UserModel admin, String id, String reason) {
        throw new ElevationRefusal.Unknown();
    }

    /** Says, as an officer, what an emergency was. */
    public Operation review(Actor actor, String id, Outcome outcome, Optional<String> comment) {
        throw new ElevationRefusal.Unknown();
    }

    /** Ends an elevation by itself; nothing happens when it is over already. */
    public void end(String id, EndedBy why) {
        throw new ElevationRefusal.Unknown();
    }

    /** What the session has now. */
    public List<Elevation> inEffect(UserSessionModel userSession) {
        return List.of();
    }

    /** An elevation as it is by the clock. */
    public Optional<Elevation> find(String id) {
        return Optional.empty();
    }

    /** As {@link #find}, if the actor may know of it: as requester, approver, stand-in, or officer of an emergency. */
    public Optional<Elevation> find(Actor actor, String id) {
        return Optional.empty();
    }

    /** Newest first. */
    public List<Elevation> ofRequester(UserModel user, Optional<Status> status, int first, int max) {
        return List.of();
    }

    /** Those on which the user, or somebody for whom the user stands in, was to decide; newest first. */
    public List<Elevation> forApprover(Actor actor, Optional<Status> status, int first, int max) {
        return List.of();
    }

    /** Newest first. */
    public List<Elevation> list(Filter filter, int first, int max) {
        return List.of();
    }

    public Delegations delegations() {
        return new Delegations(session, realm, clock);
    }

    /** Ends what a user has who is being removed. */
    public static void removed(KeycloakSession session, RealmModel realm, UserModel user) {}
}
