package dev.sallyport.access.realm;

import dev.sallyport.access.Directory;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.ClientModel;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.provider.ProviderEvent;

/** The clients and groups of a realm, from its cache. */
record RealmDirectory(KeycloakSession session, RealmModel realm) implements Directory {

    private static final AtomicLong CHANGES = new AtomicLong();

    @Override
    public boolean hasClient(String clientId) {
        return realm.getClientByClientId(clientId) != null;
    }

    @Override
    public Optional<String> groupPath(String path) {
        return Optional.ofNullable(KeycloakModelUtils.findGroupByPath(session, realm, path))
                // NB. Those of an organisation are not listed among a user's groups.
                .filter(group -> group.getType() == GroupModel.Type.REALM)
                .map(KeycloakModelUtils::buildGroupPath);
    }

    /** A number that is another one after any realm may have lost or renamed a client or group on this node. */
    static long changes() {
        return CHANGES.get();
    }

    /** Keeps {@link #changes} going. */
    static void follow(KeycloakSessionFactory factory) {
        factory.register(event -> changedIn(event)
                .ifPresent(session -> session.getTransactionManager().enlistAfterCompletion(new Change())));
    }

    private static Optional<KeycloakSession> changedIn(ProviderEvent event) {
        if (event instanceof ClientModel.ClientRemovedEvent removed) return Optional.of(removed.getKeycloakSession());
        if (event instanceof ClientModel.ClientIdChangeEvent renamed) return Optional.of(renamed.getKeycloakSession());
        if (event instanceof GroupModel.GroupMemberJoinEvent || event instanceof GroupModel.GroupMemberLeaveEvent) {
            return Optional.empty();
        }
        return event instanceof GroupModel.GroupEvent group
                ? Optional.of(group.getKeycloakSession())
                : Optional.empty();
    }

    /** Counts once the change can be seen by others; what is rolled back counts too, since that does no harm. */
    private static final class Change extends AbstractKeycloakTransaction {

        @Override
        protected void commitImpl() {
            CHANGES.incrementAndGet();
        }

        @Override
        protected void rollbackImpl() {
            CHANGES.incrementAndGet();
        }
    }
}
