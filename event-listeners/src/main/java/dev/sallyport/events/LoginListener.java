package dev.sallyport.events;

import dev.sallyport.access.realm.AccessPolicyProvider;
import dev.sallyport.risk.realm.RiskAssessment;
import java.time.Clock;
import org.keycloak.Config;
import org.keycloak.events.Errors;
import org.keycloak.events.Event;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventListenerProviderFactory;
import org.keycloak.events.EventType;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;

/**
 * Counts failed logins for the history that risk is judged by. Listens in every realm, so that no administrator can forget
 * it. Successful logins are not its business: when Keycloak tells of one, it may still be refused.
 */
public final class LoginListener implements EventListenerProvider {

    private final KeycloakSession session;

    private LoginListener(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public void onEvent(Event event) {
        if (event.getType() != EventType.LOGIN_ERROR || event.getUserId() == null) return;
        if (!Errors.INVALID_USER_CREDENTIALS.equals(event.getError())) return;
        var realm = session.realms().getRealm(event.getRealmId());
        if (realm == null || !AccessPolicyProvider.any(realm)) return;
        var user = session.users().getUserById(realm, event.getUserId());
        if (user == null) return;
        var risk = new RiskAssessment(session, realm, Clock.systemUTC());
        Afterwards.run(session, () -> risk.failed(user));
    }

    // NB. When a source of users is removed, its users go with it, and Keycloak tells of none of them.
    @Override
    public void onEvent(AdminEvent event, boolean includeRepresentation) {
        if (event.getError() != null || event.getOperationType() != OperationType.DELETE) return;
        if (event.getResourceType() != ResourceType.COMPONENT) return;
        var realm = session.realms().getRealm(event.getRealmId());
        var path = event.getResourcePath();
        if (realm == null || path == null) return;
        new RiskAssessment(session, realm, Clock.systemUTC()).forgetUsersOf(path.substring(path.lastIndexOf('/') + 1));
    }

    @Override
    public void close() {}

    /** Active everywhere. */
    public static final class Factory implements EventListenerProviderFactory {

        @Override
        public boolean isGlobal() {
            return true;
        }

        @Override
        public EventListenerProvider create(KeycloakSession session) {
            return new LoginListener(session);
        }

        @Override
        public String getId() {
            return "sallyport-logins";
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {}

        @Override
        public void close() {}
    }
}
