package dev.sallyport.lock.realm;

import dev.sallyport.lock.Lock;
import java.util.UUID;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Sets a lock in a transaction of its own: when this returns every door refuses, so no session starts behind its back, and
 * the sessions that it shuts out are being ended.
 */
public record Locking(KeycloakSession session, RealmModel realm) {

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
}
