package dev.sallyport.evaluation.realm;

import dev.sallyport.access.AccessDecision;
import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.device.realm.DeviceRecognition;
import dev.sallyport.elevation.realm.ElevationEnds;
import dev.sallyport.evaluation.Fate;
import dev.sallyport.lock.realm.LockProvider;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;

/** Asks about sessions what their applications would be told now. Changes nothing. */
record SessionEvaluation(KeycloakSession session, RealmModel realm, AccessGate gate, Clock clock) {

    SessionEvaluation(KeycloakSession session, RealmModel realm) {
        this(session, realm, new AccessGate(session, realm, Clock.systemUTC()), Clock.systemUTC());
    }

    /** What is to end of the session of that id, and of the offline one. */
    List<Ending> endings(String id) {
        return Stream.of(false, true)
                .flatMap(offline ->
                        Ending.find(session, realm, id, offline).flatMap(found -> ending(found, offline)).stream())
                .toList();
    }

    /** Whether something of them would end, without telling anybody. */
    boolean ends(String id) {
        return Stream.of(false, true)
                .flatMap(offline -> Ending.find(session, realm, id, offline).stream())
                .filter(found -> found.getUser() != null)
                .anyMatch(found -> !(fate(found, decisions(clientSessions(found))) instanceof Fate.Continues));
    }

    private Optional<Ending> ending(UserSessionModel userSession, boolean offline) {
        if (userSession.getUser() == null) return Optional.empty(); // Keycloak ends what belongs to nobody
        var clientSessions = clientSessions(userSession);
        var decisions = decisions(clientSessions);
        var fate = fate(userSession, decisions);
        if (fate instanceof Fate.Ends) {
            return Optional.of(ending(userSession, offline, true, decisions, clientSessions));
        }
        if (fate instanceof Fate.EndsFor some) {
            decisions.keySet().retainAll(some.clients());
            return Optional.of(ending(userSession, offline, false, decisions, clientSessions));
        }
        return Optional.empty();
    }

    private Map<String, AccessDecision> decisions(Map<String, AuthenticatedClientSessionModel> clientSessions) {
        var decisions = new TreeMap<String, AccessDecision>();
        clientSessions.forEach((id, clientSession) ->
                decisions.put(id, gate.standing(clientSession.getUserSession(), clientSession.getClient())));
        return decisions;
    }

    private Fate fate(UserSessionModel userSession, Map<String, AccessDecision> decisions) {
        var outcomes = new TreeMap<String, AccessDecision.Outcome>();
        decisions.forEach((id, decision) -> outcomes.put(id, decision.outcome()));
        boolean shutOut = shutOut(userSession);
        return shutOut || EvaluationServer.on(realm) ? Fate.of(shutOut, outcomes) : new Fate.Continues();
    }

    private boolean shutOut(UserSessionModel userSession) {
        var user = userSession.getUser();
        return !user.isEnabled()
                || new ElevationEnds(session, realm, clock).close(userSession)
                || !LockProvider.bars(realm, user.getId(), DeviceRecognition.startedOn(userSession), clock.instant())
                        .isEmpty();
    }

    private Ending ending(
            UserSessionModel userSession,
            boolean offline,
            boolean whole,
            Map<String, AccessDecision> decisions,
            Map<String, AuthenticatedClientSessionModel> clientSessions) {
        var notices = decisions.keySet().stream()
                .flatMap(id -> LogoutNotice.of(session, realm, clientSessions.get(id)).stream())
                .toList();
        return new Ending(
                userSession.getId(), offline, userSession.getStarted(), whole, Map.copyOf(decisions), notices);
    }

    private static Map<String, AuthenticatedClientSessionModel> clientSessions(UserSessionModel userSession) {
        var byClientId = new TreeMap<String, AuthenticatedClientSessionModel>();
        userSession
                .getAuthenticatedClientSessions()
                .values()
                .forEach(clientSession ->
                        byClientId.put(clientSession.getClient().getClientId(), clientSession));
        return byClientId;
    }
}
