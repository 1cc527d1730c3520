package dev.sallyport.events;

import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.JpaAuditLog;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.keycloak.Config;
import org.keycloak.events.Event;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventListenerProviderFactory;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;

/**
 * Records changes that Keycloak's own administration makes to what the pack's protection rests on: flows, required
 * actions, the realm's bindings and listeners, and who holds the pack's roles. The pack's own documents are recorded where
 * they change.
 */
public final class ProtectionListener implements EventListenerProvider {

    private static final Set<ResourceType> FOUNDATIONS = EnumSet.of(
            ResourceType.REALM,
            ResourceType.AUTH_FLOW,
            ResourceType.AUTH_EXECUTION,
            ResourceType.AUTH_EXECUTION_FLOW,
            ResourceType.AUTHENTICATOR_CONFIG,
            ResourceType.REQUIRED_ACTION,
            ResourceType.REQUIRED_ACTION_CONFIG);

    private static final String CLIENT = "sallyport";

    private final KeycloakSession session;

    ProtectionListener(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public void onEvent(AdminEvent event, boolean includeRepresentation) {
        // NB. A failed change changed nothing, and its event comes in a transaction that is rolled back.
        if (event.getError() != null) return;
        var realm = session.realms().getRealm(event.getRealmId());
        if (realm == null || !concernsProtection(realm, event)) return;
        var entry = AuditEntries.of(session, type(event.getOperationType()))
                .about("keycloak", event.getResourceTypeAsString())
                .with("operation", event.getOperationType().name())
                .with("path", Optional.ofNullable(event.getResourcePath()).orElse(""));
        new JpaAuditLog(session, realm).append(entry.at(Clock.systemUTC()));
    }

    private static boolean concernsProtection(RealmModel realm, AdminEvent event) {
        if (FOUNDATIONS.contains(event.getResourceType())) return true;
        var client = realm.getClientByClientId(CLIENT);
        var path = event.getResourcePath();
        return client != null && path != null && path.contains(client.getId());
    }

    private static String type(OperationType operation) {
        return switch (operation) {
            case CREATE -> "config.created";
            case DELETE -> "config.deleted";
            default -> "config.updated";
        };
    }

    @Override
    public void onEvent(Event event) {}

    @Override
    public void close() {}

    /** Made active in a realm by its setup. */
    public static final class Factory implements EventListenerProviderFactory {

        @Override
        public EventListenerProvider create(KeycloakSession session) {
            return new ProtectionListener(session);
        }

        @Override
        public String getId() {
            return "sallyport";
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {}

        @Override
        public void close() {}
    }
}
