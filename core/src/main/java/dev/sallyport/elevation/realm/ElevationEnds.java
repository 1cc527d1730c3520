package dev.sallyport.elevation.realm;

import dev.sallyport.device.realm.DeviceRecognition;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.EndedBy;
import dev.sallyport.privilege.BoundTo;
import dev.sallyport.privilege.Privilege;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import dev.sallyport.session.realm.Reevaluation.Scope;
import dev.sallyport.session.realm.SessionIndex;
import jakarta.persistence.FlushModeType;
import jakarta.persistence.TypedQuery;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;

/**
 * Takes note of elevations that are over for another reason than their time, so that they stay over when the reason is gone.
 * Doors do not wait for it: they ask what is in effect.
 */
public record ElevationEnds(KeycloakSession session, RealmModel realm, Clock clock) {

    /** What Keycloak says of a session that is over. */
    public static final String NOT_ACTIVE = "Session not active";

    /** Comes before the id of every elevation. */
    public static final String BEGINNING = " ";

    // NB. A privilege is activated in the middle of a login, before there is the session that it is bound to.
    private static final Duration LONGEST_LOGIN = Duration.ofHours(2);

    private static final String ACTIVE = "select e.id from ElevationEntity e where e.realmId = :realmId"
            + " and e.status in ('scheduled', 'active') and e.id > :after and ";

    /** Whether there can be any. */
    public static boolean possible(RealmModel realm) {
        return !PrivilegeProvider.held(realm).isEmpty();
    }

    /**
     * A page of what a change touches, in the order of ids.
     *
     * @param after the last one that was looked at, or {@link #BEGINNING}
     */
    public List<String> touched(Scope scope, String subject, String after, int size) {
        return touched(scope, subject)
                .setParameter("realmId", realm.getId())
                .setParameter("after", after)
                .setMaxResults(size)
                .getResultList();
    }

    private TypedQuery<String> touched(Scope scope, String subject) {
        return switch (scope) {
            case USER -> ids("e.requesterId = :subject").setParameter("subject", subject);
            case DEVICE -> ids("e.deviceId = :subject").setParameter("subject", subject);
            case REALM -> ids("1 = 1");
        };
    }

    private TypedQuery<String> ids(String which) {
        return session.getProvider(JpaConnectionProvider.class)
                .getEntityManager()
                .createQuery(ACTIVE + which + " order by e.id", String.class);
    }

    /** Ends it if its holder has it no longer. */
    public void look(String id) {
        var elevations = new Elevations(session, realm, clock);
        elevations
                .find(id)
                .filter(elevation -> elevation.inEffect(clock.instant()))
                .flatMap(this::reason)
                .ifPresent(why -> elevations.end(id, why));
    }

    /**
     * Ends it if its holder clearly has it no longer; for a sweep, that comes again.
     *
     * @throws RuntimeException if that cannot be told now
     */
    public void lookClearly(String id) {
        clearly(id).ifPresent(why -> new Elevations(session, realm, clock).end(id, why));
    }

    /** Whether {@link #lookClearly} would end it. */
    public boolean clearlyLost(String id) {
        return clearly(id).isPresent();
    }

    private Optional<EndedBy> clearly(String id) {
        return new Elevations(session, realm, clock)
                .find(id)
                .filter(elevation -> elevation.inEffect(clock.instant()))
                .flatMap(elevation -> new Standings(session, realm, clock)
                        .clearlyLost(elevation)
                        .or(() -> loggedOut(elevation) ? Optional.of(EndedBy.LOGOUT) : Optional.empty()));
    }

    private Optional<EndedBy> reason(Elevation elevation) {
        return new Standings(session, realm, clock)
                .lost(elevation)
                .or(() -> loggedOut(elevation) ? Optional.of(EndedBy.LOGOUT) : Optional.empty());
    }

    private boolean loggedOut(Elevation elevation) {
        if (elevation.boundTo() != BoundTo.SESSION || elevation.sessionId().isEmpty()) return false;
        var id = elevation.sessionId().get();
        if (live(id)) return false;
        boolean began = new SessionIndex(session, realm).holds(id);
        return began
                || elevation
                        .start()
                        .filter(start -> start.plus(LONGEST_LOGIN).isBefore(clock.instant()))
                        .isPresent();
    }

    /** Whether a change touches one that may have to end. */
    public boolean any(Scope scope, String subject) {
        return possible(realm)
                && !touched(scope, subject)
                        .setParameter("realmId", realm.getId())
                        .setParameter("after", BEGINNING)
                        .setFlushMode(FlushModeType.COMMIT)
                        .setMaxResults(1)
                        .getResultList()
                        .isEmpty();
    }

    /** Ends what was bound to a session that is over; nothing while it goes on. */
    public void ofSession(String sessionId) {
        if (!possible(realm) || live(sessionId)) return;
        var elevations = new Elevations(session, realm, clock);
        ids("e.sessionId = :subject and e.boundTo = 'session'")
                .setParameter("subject", sessionId)
                .setParameter("realmId", realm.getId())
                .setParameter("after", BEGINNING)
                .getResultList()
                .stream()
                // NB. What is granted for later can be activated in another session.
                .filter(id -> elevations
                        .find(id)
                        .filter(found -> found.inEffect(clock.instant()))
                        .isPresent())
                .forEach(id -> elevations.end(id, EndedBy.LOGOUT));
    }

    private boolean live(String sessionId) {
        return Optional.ofNullable(session.sessions().getUserSession(realm, sessionId))
                .map(UserSessionModel::getState)
                .filter(state ->
                        state != UserSessionModel.State.LOGGED_OUT && state != UserSessionModel.State.LOGGING_OUT)
                .isPresent();
    }

    /** Whether the session had a privilege that is over and takes it along. */
    public boolean close(UserSessionModel userSession) {
        var closing = PrivilegeProvider.held(realm).stream()
                .flatMap(held -> held.privilege().stream())
                .filter(Privilege::endSessions)
                .map(Privilege::name)
                .collect(Collectors.toUnmodifiableSet());
        if (closing.isEmpty() || userSession.isOffline()) return false;
        return new Elevations(session, realm, clock)
                .ended(userSession.getUser().getId(), closing, Instant.ofEpochSecond(userSession.getStarted())).stream()
                        .anyMatch(elevation -> had(userSession, elevation));
    }

    private static boolean had(UserSessionModel userSession, Elevation elevation) {
        // NB. A request to prolong another one ends, too, but not what it prolonged.
        if (elevation.extending().isPresent() || !elevation.wasInEffect()) return false;
        var began = Instant.ofEpochSecond(userSession.getStarted());
        if (elevation.end().filter(began::isBefore).isEmpty()) return false;
        return switch (elevation.boundTo()) {
            case SESSION ->
                elevation.sessionId().filter(userSession.getId()::equals).isPresent();
            case DEVICE ->
                elevation
                        .deviceId()
                        .filter(DeviceRecognition.startedOn(userSession)::contains)
                        .isPresent();
            case USER -> true;
        };
    }
}
