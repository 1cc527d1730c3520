package dev.sallyport.events;

import dev.sallyport.access.realm.AccessPolicyProvider;
import dev.sallyport.elevation.realm.ElevationEnds;
import dev.sallyport.session.realm.Reevaluation;
import dev.sallyport.session.realm.Reevaluation.Scope;
import dev.sallyport.session.realm.SessionIndex;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.keycloak.Config;
import org.keycloak.events.Event;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventListenerProviderFactory;
import org.keycloak.events.EventType;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;

/**
 * Has sessions looked at again when Keycloak tells of a change of users that its models keep to themselves, and forgets those
 * whose end it tells of. Listens in every realm, so that no administrator can forget it.
 */
public final class SessionListener implements EventListenerProvider {

    private static final Set<EventType> ENDS = EnumSet.of(EventType.LOGOUT, EventType.USER_SESSION_DELETED);
    private static final Set<EventType> CHANGES =
            EnumSet.of(EventType.UPDATE_PROFILE, EventType.UPDATE_EMAIL, EventType.VERIFY_EMAIL);
    private static final Set<ResourceType> ROLES = EnumSet.of(
            ResourceType.REALM_ROLE,
            ResourceType.CLIENT_ROLE,
            ResourceType.REALM_ROLE_MAPPING,
            ResourceType.CLIENT_ROLE_MAPPING);

    // NB. Also of users whom a source outside keeps, of whose groups and roles the models tell nothing.
    private static final Set<ResourceType> OF_A_USER = EnumSet.of(
            ResourceType.USER,
            ResourceType.GROUP_MEMBERSHIP,
            ResourceType.REALM_ROLE_MAPPING,
            ResourceType.CLIENT_ROLE_MAPPING);

    private static final Pattern USER = Pattern.compile("users/([^/]+)(/.*)?");

    /** The roles of a group, or the roles that a role contains. */
    private static final Pattern SHARED_ROLES = Pattern.compile("groups/.*|.*/composites.*");

    private final KeycloakSession session;

    private SessionListener(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public void onEvent(Event event) {
        if (event.getError() != null) return;
        var realm = session.realms().getRealm(event.getRealmId());
        if (realm == null) return;
        if (ENDS.contains(event.getType()) && event.getSessionId() != null) {
            ended(realm, event.getSessionId());
        }
        if (CHANGES.contains(event.getType()) && event.getUserId() != null) reevaluate(realm, event.getUserId());
    }

    @Override
    public void onEvent(AdminEvent event, boolean includeRepresentation) {
        if (event.getError() != null || event.getResourcePath() == null) return;
        var realm = session.realms().getRealm(event.getRealmId());
        if (realm == null) return;
        if (event.getResourceType() == ResourceType.USER_SESSION && event.getOperationType() == OperationType.DELETE) {
            ended(realm, event.getResourcePath().replaceFirst(".*/", ""));
        }
        if (OF_A_USER.contains(event.getResourceType())) user(event).ifPresent(id -> reevaluate(realm, id));
        boolean shared = ROLES.contains(event.getResourceType())
                && SHARED_ROLES.matcher(event.getResourcePath()).matches();
        if (shared && (AccessPolicyProvider.any(realm) || ElevationEnds.possible(realm)))
            Reevaluation.ofRealm(session, realm);
    }

    private void ended(RealmModel realm, String sessionId) {
        new SessionIndex(session, realm).forget(sessionId);
        new ElevationEnds(session, realm, Clock.systemUTC()).ofSession(sessionId);
    }

    private static Optional<String> user(AdminEvent event) {
        var path = USER.matcher(event.getResourcePath());
        return path.matches() ? Optional.of(path.group(1)) : Optional.empty();
    }

    // NB. Also without a policy: whoever is disabled is to be out.
    private void reevaluate(RealmModel realm, String userId) {
        boolean concerned = new SessionIndex(session, realm).any(userId)
                || new ElevationEnds(session, realm, Clock.systemUTC()).any(Scope.USER, userId);
        if (concerned) Reevaluation.ofUser(session, realm, userId);
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
            return new SessionListener(session);
        }

        @Override
        public String getId() {
            return "sallyport-sessions";
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {}

        @Override
        public void close() {}
    }
}
