package dev.sallyport.evaluation.realm;

import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.device.realm.DeviceRecognition;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.EndedBy;
import dev.sallyport.elevation.realm.Elevations;
import dev.sallyport.session.realm.SessionIndex;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;

/**
 * Ends a session at once, whatever its policies say: the offline one of that id with it, and what is elevated in it. The
 * applications are told when it is over, since none of them may delay it.
 */
public record SessionKill(KeycloakSession session, RealmModel realm, Clock clock) {

    /**
     * Ends it in this transaction, with its record.
     *
     * @param by empty where no person did
     * @param reasons details of the record: why
     * @return whether there was such a session
     */
    public boolean kill(String sessionId, Optional<UserModel> by, Map<String, Object> reasons) {
        var found = Stream.of(false, true)
                .flatMap(offline -> Ending.find(session, realm, sessionId, offline).stream())
                .filter(userSession -> userSession.getUser() != null)
                .toList();
        if (found.isEmpty()) return false;
        var elevations = new Elevations(session, realm, clock);
        var ending = found.stream()
                .filter(userSession -> !userSession.isOffline())
                .flatMap(userSession -> Stream.concat(
                        elevations.inEffect(userSession).stream().map(Elevation::id),
                        elevations.grantedIn(sessionId).stream()))
                .distinct()
                .sorted()
                .toList();
        var first = found.get(0);
        var client = session.getContext().getClient();
        var endings = found.stream().map(this::ending).toList();
        session.getContext().setClient(client);
        var entry = by.map(person -> AuditEntries.of(session, "session.killed").by(person))
                .orElseGet(() -> AuditEntries.system(session, "session.killed"));
        entry.about(first.getUser())
                .in(first)
                .on(DeviceRecognition.startedOn(first).stream().findFirst())
                .with("clients", clients(found))
                .with("elevations", ending)
                .with("offline", found.stream().anyMatch(UserSessionModel::isOffline));
        reasons.forEach(entry::with);
        new JpaAuditLog(session, realm).append(entry.at(clock));
        // NB. Before the session: what is bound to one that is over would end by logout.
        ending.forEach(id -> elevations.end(id, EndedBy.ADMIN));
        for (int i = 0; i < found.size(); i++) endings.get(i).end(session, realm, found.get(i));
        new SessionIndex(session, realm).forget(sessionId);
        tellAfterwards(endings);
        return true;
    }

    private Ending ending(UserSessionModel userSession) {
        var notices = userSession.getAuthenticatedClientSessions().values().stream()
                .flatMap(clientSession -> LogoutNotice.of(session, realm, clientSession).stream())
                .toList();
        return new Ending(
                userSession.getId(), userSession.isOffline(), userSession.getStarted(), true, Map.of(), notices);
    }

    private static List<String> clients(List<UserSessionModel> userSessions) {
        return userSessions.stream()
                .flatMap(userSession -> userSession.getAuthenticatedClientSessions().values().stream())
                .map(clientSession -> clientSession.getClient().getClientId())
                .distinct()
                .sorted()
                .toList();
    }

    private void tellAfterwards(List<Ending> endings) {
        var settling = EvaluationServer.settling(session, realm, endings);
        session.getTransactionManager().enlistAfterCompletion(new AbstractKeycloakTransaction() {

            @Override
            protected void commitImpl() {
                settling.run();
            }

            @Override
            protected void rollbackImpl() {}
        });
    }
}
