package dev.sallyport.risk.realm;

import dev.sallyport.document.Documents;
import dev.sallyport.risk.LoginHistory;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.util.function.UnaryOperator;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** The histories in Keycloak's database. */
final class JpaLoginHistoryStore implements LoginHistoryStore {

    /** What the ids of users begin with that Keycloak has not imported; the id of their source follows. */
    private static final String FEDERATED = "f:";

    private final KeycloakSession session;
    private final String realmId;

    JpaLoginHistoryStore(KeycloakSession session, RealmModel realm) {
        this.session = session;
        this.realmId = realm.getId();
    }

    @Override
    public LoginHistory of(String userId) {
        return read(entities(session).find(LoginHistoryEntity.class, key(userId)));
    }

    // NB. In a transaction of its own, which locks this one row and nothing else: two logins of one user wait for each
    // other for a moment and can never block each other, and what fails here does not take the login with it.
    @Override
    public void change(String userId, UnaryOperator<LoginHistory> change) {
        try {
            write(userId, change);
        } catch (RuntimeException e) {
            // NB. Another login may have been first to make the row. If it was not that, it fails again.
            write(userId, change);
        }
    }

    private void write(String userId, UnaryOperator<LoginHistory> change) {
        KeycloakModelUtils.runJobInTransaction(session.getKeycloakSessionFactory(), own -> {
            var entities = entities(own);
            var row = entities.find(LoginHistoryEntity.class, key(userId), LockModeType.PESSIMISTIC_WRITE);
            var changed = Documents.write(change.apply(read(row)));
            if (row != null) {
                row.history = changed;
                return;
            }
            var first = new LoginHistoryEntity();
            first.realmId = realmId;
            first.userId = userId;
            first.history = changed;
            entities.persist(first);
        });
    }

    @Override
    public void removeUsersOf(String source) {
        var entities = entities(session);
        entities.createNamedQuery("removeLoginHistoriesOfNobody")
                .setParameter("realmId", realmId)
                .setParameter("federated", FEDERATED + "%")
                .executeUpdate();
        entities.createNamedQuery("removeLoginHistoriesLike")
                .setParameter("realmId", realmId)
                .setParameter("users", FEDERATED + source + ":%")
                .executeUpdate();
    }

    private static LoginHistory read(LoginHistoryEntity row) {
        return row == null ? LoginHistory.none() : Documents.bind(Documents.tree(row.history), LoginHistory.class);
    }

    private LoginHistoryEntity.Key key(String userId) {
        return new LoginHistoryEntity.Key(realmId, userId);
    }

    private static EntityManager entities(KeycloakSession session) {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
