package dev.sallyport.session.realm;

import dev.sallyport.device.realm.DeviceRecognition;
import dev.sallyport.session.realm.SessionEntity.Key;
import jakarta.persistence.EntityManager;
import jakarta.persistence.FlushModeType;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.UserSessionModel.SessionPersistenceState;

/**
 * Which sessions there are, by user and by device. A row may outlive its session, since nobody tells of every end; a session
 * that holds a token has a row, which is written in the transaction that completes the login or issues the token.
 */
public record SessionIndex(KeycloakSession session, RealmModel realm) {

    /** Comes before the id of every session. */
    public static final String BEGINNING = Reevaluation.BEGINNING;

    /** The note of a user session that says which row it has, so that only a change of it costs a statement. */
    private static final String INDEXED = "sallyport.indexed";

    /** Whether the session has its row, as its note says. */
    public boolean knows(UserSessionModel userSession) {
        return passing(userSession) || note(userSession).equals(userSession.getNote(INDEXED));
    }

    /** Has the session found from now on. */
    public void keep(UserSessionModel userSession) {
        if (knows(userSession)) return;
        var key = new Key(realm.getId(), userSession.getId());
        var row = entities().find(SessionEntity.class, key);
        if (row == null) {
            row = new SessionEntity();
            row.realmId = key.realmId();
            row.sessionId = key.sessionId();
            row.userId = userSession.getUser().getId();
            entities().persist(row);
        }
        row.indexedAt = Clock.systemUTC().millis();
        // NB. An offline session may have been copied before its original proved a device: that is not unlearned.
        for (var device : DeviceRecognition.startedOn(userSession)) row.deviceId = device;
        userSession.setNote(INDEXED, note(userSession));
    }

    /** As {@link #keep}, for what a user has, also from before there was an index. */
    public void keepAll(UserModel user) {
        session.sessions().getUserSessionsStream(realm, user).toList().forEach(this::keep);
        session.sessions().getOfflineUserSessionsStream(realm, user).toList().forEach(this::keep);
    }

    /** As {@link #keep}, and has it found among those that are watched, too. */
    public void watch(UserSessionModel userSession) {
        if (passing(userSession)) return;
        keep(userSession);
        // NB. A row that is forgotten meanwhile is no fault of this request.
        entities()
                .createNamedQuery("watchSession")
                .setParameter("realmId", realm.getId())
                .setParameter("sessionId", userSession.getId())
                .executeUpdate();
    }

    /** A page of the sessions that are watched, in the order of ids. */
    public List<String> watched(String position, int size) {
        return entities()
                .createNamedQuery("watchedSessionsOfRealm", String.class)
                .setParameter("realmId", realm.getId())
                .setParameter("position", position)
                .setMaxResults(size)
                .getResultList();
    }

    /** Whether there is a row of that session. */
    public boolean holds(String sessionId) {
        return entities().find(SessionEntity.class, new Key(realm.getId(), sessionId)) != null;
    }

    /** Whether the user has a session that would be found. */
    public boolean any(String userId) {
        return !entities()
                .createNamedQuery("sessionsOfUser", String.class)
                .setParameter("realmId", realm.getId())
                .setParameter("subject", userId)
                .setParameter("position", Reevaluation.BEGINNING)
                .setParameter("since", 0L)
                // NB. Whoever imports users by the thousand asks for each; what is pending then are no sessions.
                .setFlushMode(FlushModeType.COMMIT)
                .setMaxResults(1)
                .getResultList()
                .isEmpty();
    }

    /** How many sessions would be found in the realm. */
    public long size() {
        return entities()
                .createNamedQuery("countSessionsOfRealm", Long.class)
                .setParameter("realmId", realm.getId())
                .getSingleResult();
    }

    /** A page of sessions in the order of ids, which are random: the first ones are as good a sample as any. */
    public List<String> sample(int size) {
        return entities()
                .createNamedQuery("sessionsOfRealm", String.class)
                .setParameter("realmId", realm.getId())
                .setParameter("position", BEGINNING)
                .setParameter("since", 0L)
                .setMaxResults(size)
                .getResultList();
    }

    /** A page of what has been in the index since then, in the order of ids. */
    public List<String> olderThan(Instant since, String position, int size) {
        return entities()
                .createNamedQuery("oldSessionsOfRealm", String.class)
                .setParameter("realmId", realm.getId())
                .setParameter("position", position)
                .setParameter("before", since.toEpochMilli())
                .setMaxResults(size)
                .getResultList();
    }

    /** Those of which Keycloak's database knows nothing any more; its memory may, where sessions are kept only there. */
    public List<String> gone(List<String> sessionIds) {
        if (sessionIds.isEmpty()) return List.of();
        var stored = entities()
                .createQuery(
                        "select s.userSessionId from PersistentUserSessionEntity s where s.userSessionId in (:ids)",
                        String.class)
                .setParameter("ids", sessionIds)
                .getResultList();
        return sessionIds.stream().filter(id -> !stored.contains(id)).toList();
    }

    /** Forgets a session that is over, unless an offline session of the same id goes on. */
    public void forget(String sessionId) {
        boolean live = session.sessions().getUserSession(realm, sessionId) != null
                || session.sessions().getOfflineUserSession(realm, sessionId) != null;
        if (!live) remove(sessionId);
    }

    private void remove(String sessionId) {
        entities()
                .createNamedQuery("removeSession")
                .setParameter("realmId", realm.getId())
                .setParameter("sessionId", sessionId)
                .executeUpdate();
    }

    // NB. A session that is kept nowhere ends with its request.
    private static boolean passing(UserSessionModel userSession) {
        return userSession.getPersistenceState() == SessionPersistenceState.TRANSIENT || userSession.getUser() == null;
    }

    private static String note(UserSessionModel userSession) {
        return DeviceRecognition.startedOn(userSession).stream()
                .findFirst()
                .map(device -> "on " + device)
                .orElse("on no device");
    }

    private EntityManager entities() {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
