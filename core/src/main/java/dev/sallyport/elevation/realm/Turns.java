package dev.sallyport.elevation.realm;

import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.util.Map;
import org.hibernate.Timeouts;
import org.hibernate.jpa.SpecHints;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Has those act one after the other, on all nodes, who change what the same rules look at: two requests of one user in two
 * sessions, two approvals of one request, two emergencies under one limit.
 */
public record Turns(KeycloakSession session, RealmModel realm) {

    private static final Map<String, Object> PASSING_LOCKED =
            Map.of(SpecHints.HINT_SPEC_LOCK_TIMEOUT, Timeouts.SKIP_LOCKED_MILLI);

    // NB. Whoever takes both takes the privilege's first, or two could wait for each other.
    void ofPrivilege(String privilege) {
        take("privilege " + privilege);
    }

    void ofUser(String userId) {
        take("user " + userId);
    }

    /** As {@link #ofUser}, unless somebody has that turn now; does not wait for them. */
    boolean ofUserIfFree(String userId) {
        var key = key("user " + userId);
        var entities = entities(session);
        if (entities.find(TurnEntity.class, key, LockModeType.PESSIMISTIC_WRITE, PASSING_LOCKED) != null) return true;
        // NB. What is locked is passed as if there were none; what there never was is nobody's.
        if (entities.find(TurnEntity.class, key) != null) return false;
        ofUser(userId);
        return true;
    }

    /** Of what is found about a user; whoever takes this one takes no other. */
    public void ofFindings(String userId) {
        take("findings " + userId);
    }

    // NB. Whoever takes this one takes no other.
    void ofAdministrators() {
        take("administrators");
    }

    private void take(String name) {
        if (lock(name)) return;
        try {
            KeycloakModelUtils.runJobInTransaction(session.getKeycloakSessionFactory(), own -> {
                var row = new TurnEntity();
                row.realmId = realm.getId();
                row.name = name;
                entities(own).persist(row);
            });
        } catch (RuntimeException e) {
            // NB. Somebody else may have made the row in the meantime; whatever else it was shows now.
            if (!lock(name)) throw e;
            return;
        }
        if (!lock(name)) throw new IllegalStateException("no turn can be taken in realm " + realm.getId());
    }

    private boolean lock(String name) {
        return entities(session).find(TurnEntity.class, key(name), LockModeType.PESSIMISTIC_WRITE) != null;
    }

    private TurnEntity.Key key(String name) {
        return new TurnEntity.Key(realm.getId(), name);
    }

    private static EntityManager entities(KeycloakSession session) {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
