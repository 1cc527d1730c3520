package dev.sallyport.rest;

import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.watch.Redaction;
import dev.sallyport.watch.realm.PrivilegedSessions;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.time.Clock;
import java.util.Set;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;

/**
 * What somebody tried by Keycloak's administration and did not get done: Keycloak has no event for it, and takes back those
 * that it told before it failed.
 */
final class FailedActs {

    private static final Logger LOG = Logger.getLogger(FailedActs.class);
    private static final Set<String> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final Set<String> CHANGING =
            Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);
    private static final Clock CLOCK = Clock.systemUTC();

    private FailedActs() {}

    /** Writes it down in a transaction of its own; never throws. */
    static void record(
            KeycloakSession session, UserSessionModel userSession, ContainerRequestContext request, int status) {
        if (READING.contains(request.getMethod())) return;
        var realm = session.getContext().getRealm();
        var user = userSession.getUser();
        if (realm == null || user == null || !PrivilegedSessions.recorded(realm)) return;
        try {
            // NB. Anybody can have requests refused here, as many as they like.
            if (new PrivilegedSessions(session, userSession.getRealm())
                    .why(userSession)
                    .none()) return;
            var path = Redaction.cut(request.getUriInfo().getPath());
            // NB. Otherwise a method is any word that the caller likes.
            var method = CHANGING.contains(request.getMethod()) ? request.getMethod() : "other";
            var entry = AuditEntries.of(session, "session.event")
                    .by(user)
                    .in(userSession)
                    .with("kind", "admin")
                    .with("operation", method)
                    .with("path", path)
                    .with("outcome", "failed")
                    .with("status", status);
            if (!userSession.getRealm().getId().equals(realm.getId())) {
                entry.with("sessionRealm", userSession.getRealm().getName());
            }
            // NB. Without the path, which the caller can vary at will.
            var likeness = String.join("\n", user.getId(), userSession.getId(), method, String.valueOf(status));
            new JpaAuditLog(session, realm).observe(entry.at(CLOCK), likeness);
        } catch (RuntimeException e) {
            LOG.errorf(e, "a failed request to the administration of realm %s could not be recorded", realm.getName());
        }
    }
}
