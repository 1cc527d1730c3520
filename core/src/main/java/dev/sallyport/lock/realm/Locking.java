package dev.sallyport.lock.realm;

import dev.sallyport.lock.Lock;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.services.managers.AuthenticationManager;

/**
 * Sets a lock and ends what it shuts out, in this order and each in a transaction of its own. The lock is committed first:
 * from then on every door refuses, so no session starts behind its back, and telling applications of the end of a session,
 * which calls out to them, keeps neither the lock nor its record waiting.
 */
public record Locking(KeycloakSession session, RealmModel realm) {

    private static final Logger LOG = Logger.getLogger(Locking.class);

    /** @return the id of the new lock, which stands when this returns */
    public String set(Lock lock) {
        var id = UUID.randomUUID().toString();
        var context = session.getContext();
        KeycloakModelUtils.runJobInTransaction(session.getKeycloakSessionFactory(), context, own -> {
            own.getContext().setBearerToken(context.getBearerToken());
            // NB. A lightweight token does not say whose it is.
            own.getContext().setUserSession(context.getUserSession());
            own.getContext().setConnection(context.getConnection());
            LockProvider.put(own.realms().getRealm(realm.getId()), id, lock);
        });
        return id;
    }

    /** Ends all of a user's sessions, offline ones too, with Keycloak's own logout. */
    public void endSessions(UserModel user) {
        ids(session.sessions().getUserSessionsStream(realm, user)).forEach(id -> end(id, false));
        ids(session.sessions().getOfflineUserSessionsStream(realm, user)).forEach(id -> end(id, true));
    }

    private static List<String> ids(Stream<UserSessionModel> sessions) {
        return sessions.map(UserSessionModel::getId).toList();
    }

    // NB. One that cannot be ended does not keep the others alive; it is refused everywhere all the same.
    private void end(String id, boolean offline) {
        var context = session.getContext();
        try {
            KeycloakModelUtils.runJobInTransaction(session.getKeycloakSessionFactory(), own -> {
                var ownRealm = own.realms().getRealm(realm.getId());
                own.getContext().setRealm(ownRealm);
                var ending = offline
                        ? own.sessions().getOfflineUserSession(ownRealm, id)
                        : own.sessions().getUserSession(ownRealm, id);
                AuthenticationManager.backchannelLogout(
                        own,
                        ownRealm,
                        ending,
                        context.getUri(),
                        context.getConnection(),
                        context.getRequestHeaders(),
                        true,
                        offline);
            });
        } catch (RuntimeException e) {
            LOG.errorf(e, "session %s of a locked user in realm %s could not be ended", id, realm.getName());
        }
    }
}
