package dev.sallyport.events;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.privilege.realm.GivenOutside;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.Config;
import org.keycloak.events.Event;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventListenerProviderFactory;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.events.admin.OperationType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;

/**
 * Notices roles that are given to many at once: to a group, or to whoever has another role. Keycloak's models do not tell of
 * it. Listens in every realm, so that no administrator can forget it.
 */
public final class GrantListener implements EventListenerProvider {

    private static final Pattern TO_GROUP = Pattern.compile("groups/([^/]+)/role-mappings/.*");
    private static final Pattern MOVED = Pattern.compile("groups/([^/]+)/children");
    private static final Pattern INTO_ROLE_BY_ID = Pattern.compile("roles-by-id/([^/]+)/composites");
    private static final Pattern INTO_ROLE = Pattern.compile("roles/(.+)/composites");
    private static final Pattern INTO_CLIENT_ROLE = Pattern.compile("clients/([^/]+)/roles/(.+)/composites");

    private final KeycloakSession session;

    private GrantListener(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public void onEvent(AdminEvent event, boolean includeRepresentation) {
        var path = event.getResourcePath();
        var realm = session.realms().getRealm(event.getRealmId());
        if (event.getError() != null || realm == null || path == null) return;
        // NB. A group that is there already is moved by what would make a new one, and that is no creation.
        if (event.getOperationType() == OperationType.UPDATE
                && MOVED.matcher(path).matches()) {
            id(event)
                    .map(id -> session.groups().getGroupById(realm, id))
                    .ifPresent(moved -> GivenOutside.groupMoved(session, realm, moved));
        }
        if (event.getOperationType() != OperationType.CREATE) return;
        var group = matched(TO_GROUP, path).map(found -> session.groups().getGroupById(realm, found.group(1)));
        group.ifPresent(given ->
                GivenOutside.toGroup(session, realm, given, roles(realm, event, given::getRoleMappingsStream)));
        containing(realm, path)
                .ifPresent(role ->
                        GivenOutside.intoRole(session, realm, role, roles(realm, event, role::getCompositesStream)));
    }

    private static Optional<RoleModel> containing(RealmModel realm, String path) {
        return matched(INTO_ROLE_BY_ID, path)
                .map(found -> realm.getRoleById(found.group(1)))
                .or(() -> matched(INTO_CLIENT_ROLE, path)
                        .flatMap(found -> Optional.ofNullable(realm.getClientById(found.group(1)))
                                .map(client -> client.getRole(found.group(2)))))
                .or(() -> matched(INTO_ROLE, path).map(found -> realm.getRole(found.group(1))));
    }

    private static Optional<Matcher> matched(Pattern pattern, String path) {
        return Optional.of(pattern.matcher(path)).filter(Matcher::matches);
    }

    /** What was given; all that is there where the event does not say. */
    private static Set<RoleModel> roles(RealmModel realm, AdminEvent event, Supplier<Stream<RoleModel>> all) {
        var named = ids(event).stream()
                .map(realm::getRoleById)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        return named.isEmpty() ? all.get().collect(Collectors.toSet()) : named;
    }

    private static Optional<String> id(AdminEvent event) {
        try {
            return Optional.ofNullable(event.getRepresentation())
                    .map(text -> Documents.tree(text).path("id").asText());
        } catch (DocumentFault unreadable) {
            return Optional.empty();
        }
    }

    private static Set<String> ids(AdminEvent event) {
        var ids = new HashSet<String>();
        try {
            if (event.getRepresentation() == null) return ids;
            Documents.tree(event.getRepresentation())
                    .forEach(role -> ids.add(role.path("id").asText()));
        } catch (DocumentFault unreadable) {
            return Set.of();
        }
        return ids;
    }

    @Override
    public void onEvent(Event event) {}

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
            return new GrantListener(session);
        }

        @Override
        public String getId() {
            return "sallyport-grants";
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {}

        @Override
        public void close() {}
    }
}
