package dev.sallyport.evaluation.realm;

import dev.sallyport.access.AccessDecision;
import dev.sallyport.audit.AuditEntry;
import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.device.realm.DeviceRecognition;
import dev.sallyport.session.realm.ReevaluationQueue.Work;
import dev.sallyport.watch.realm.PrivilegedSessions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.services.managers.UserSessionManager;

/**
 * What has been decided to end.
 *
 * @param offline whether it is the offline session of that id
 * @param started when that session began, in epoch seconds: a later login may get the same id
 * @param whole whether nothing of the session remains
 * @param denied what the applications are told that it ends for, by client id
 * @param notices whom to tell
 */
record Ending(
        String sessionId,
        boolean offline,
        int started,
        boolean whole,
        Map<String, AccessDecision> denied,
        List<LogoutNotice> notices) {

    static Optional<UserSessionModel> find(KeycloakSession session, RealmModel realm, String id, boolean offline) {
        if (PrivilegedSessions.foreign(session, realm, id)) return Optional.empty();
        var sessions = session.sessions();
        return Optional.ofNullable(
                offline ? sessions.getOfflineUserSession(realm, id) : sessions.getUserSession(realm, id));
    }

    /** Ends it, and leaves the record of that; nothing when somebody else ended it first. */
    void take(KeycloakSession session, RealmModel realm, Work work) {
        var userSession = find(session, realm, sessionId, offline);
        if (userSession.isEmpty()) return;
        new JpaAuditLog(session, realm).append(entry(session, userSession.get(), work));
        if (whole) end(session, realm, userSession.get());
        else clientSessions(userSession.get()).forEach(AuthenticatedClientSessionModel::detachFromUserSession);
    }

    /**
     * Ends it once more where a request brought it back.
     *
     * <p>NB. Keycloak takes a session out of its cache before the transaction that deletes the row commits: whoever reads it
     * in between caches it anew, and without a row it would live on there.
     */
    void confirm(KeycloakSession session, RealmModel realm) {
        if (!whole) return;
        find(session, realm, sessionId, offline)
                .filter(found -> found.getStarted() == started)
                .ifPresent(found -> end(session, realm, found));
    }

    void end(KeycloakSession session, RealmModel realm, UserSessionModel userSession) {
        if (offline) new UserSessionManager(session).revokeOfflineUserSession(userSession);
        else session.sessions().removeUserSession(realm, userSession);
    }

    private List<AuthenticatedClientSessionModel> clientSessions(UserSessionModel userSession) {
        return userSession.getAuthenticatedClientSessions().values().stream()
                .filter(clientSession ->
                        denied.containsKey(clientSession.getClient().getClientId()))
                .toList();
    }

    private AuditEntry entry(KeycloakSession session, UserSessionModel userSession, Work work) {
        var policies = denied.values().stream()
                .flatMap(AccessDecision::refusing)
                .distinct()
                .toList();
        var locks = denied.values().stream()
                .flatMap(decision -> decision.locks().stream())
                .distinct()
                .toList();
        return AuditEntries.system(session, "session.ended")
                .about(userSession.getUser())
                .in(userSession)
                .on(DeviceRecognition.startedOn(userSession).stream().findFirst())
                .with("extent", whole ? "session" : "clients")
                .with("offline", offline)
                .with("clients", denied.keySet().stream().sorted().toList())
                .with("policies", policies)
                .with("locks", locks)
                .with("cause", work.scope())
                .at(Clock.systemUTC());
    }
}
