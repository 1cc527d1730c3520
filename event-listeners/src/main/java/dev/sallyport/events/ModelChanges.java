package dev.sallyport.events;

import dev.sallyport.access.realm.RoleName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keycloak.models.ClientModel;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RoleContainerModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.provider.ProviderEvent;

/**
 * What Keycloak's models were made to do during a request, and what those were called that are gone when an event tells of it:
 * events may carry ids only, or nothing at all.
 */
final class ModelChanges {

    private static final String KEPT = "sallyport.model-changes";

    /** Whoever imports a realm changes thousands; no event is about that many. */
    private static final int MOST = 200;

    private final List<Change> changes = new ArrayList<>();
    private final Map<String, String> gone = new LinkedHashMap<>();
    private boolean more;

    /**
     * One of them.
     *
     * @param change {@code role-granted}, {@code role-revoked}, {@code group-joined} or {@code group-left}
     * @param userId what the user is found by once they are called something else, or are to be forgotten
     * @param user a username
     * @param what the role as {@code role} or {@code client.role}, or the path of the group
     */
    record Change(String change, String userId, String user, String what) {}

    private ModelChanges() {}

    /** What changed since an event was told, or the request began. */
    static List<Change> take(KeycloakSession session) {
        var kept = session.getAttribute(KEPT, ModelChanges.class);
        if (kept == null) return List.of();
        var taken = List.copyOf(kept.changes);
        kept.changes.clear();
        return taken;
    }

    /** Whether there was more than is kept. */
    static boolean more(KeycloakSession session) {
        var kept = session.getAttribute(KEPT, ModelChanges.class);
        return kept != null && kept.more;
    }

    /** What somebody or something was called that was removed during this request. */
    static Optional<String> gone(KeycloakSession session, String id) {
        return Optional.ofNullable(session.getAttribute(KEPT, ModelChanges.class))
                .map(kept -> kept.gone.get(id));
    }

    static void follow(ProviderEvent event) {
        if (event instanceof RoleModel.RoleGrantedEvent granted) {
            keep(granted.getKeycloakSession(), "role-granted", granted.getUser(), RoleName.of(granted.getRole()));
        } else if (event instanceof RoleModel.RoleRevokedEvent revoked) {
            keep(revoked.getKeycloakSession(), "role-revoked", revoked.getUser(), RoleName.of(revoked.getRole()));
        } else if (event instanceof GroupModel.GroupMemberJoinEvent joined) {
            keep(
                    joined.getKeycloakSession(),
                    "group-joined",
                    joined.getUser(),
                    KeycloakModelUtils.buildGroupPath(joined.getGroup()));
        } else if (event instanceof GroupModel.GroupMemberLeaveEvent left) {
            keep(
                    left.getKeycloakSession(),
                    "group-left",
                    left.getUser(),
                    KeycloakModelUtils.buildGroupPath(left.getGroup()));
        } else if (event instanceof GroupModel.GroupRemovedEvent removed) {
            var group = removed.getGroup();
            gone(removed.getKeycloakSession(), group.getId(), KeycloakModelUtils.buildGroupPath(group));
        } else if (event instanceof UserModel.UserRemovedEvent removed) {
            var user = removed.getUser();
            gone(removed.getKeycloakSession(), user.getId(), user.getUsername());
        } else if (event instanceof RoleContainerModel.RoleRemovedEvent removed) {
            gone(removed.getKeycloakSession(), removed.getRole().getId(), RoleName.of(removed.getRole()));
        } else if (event instanceof ClientModel.ClientRemovedEvent removed) {
            var client = removed.getClient();
            gone(removed.getKeycloakSession(), client.getId(), client.getClientId());
        }
    }

    private static void keep(KeycloakSession session, String change, UserModel user, String what) {
        var kept = of(session);
        if (kept.changes.size() < MOST) kept.changes.add(new Change(change, user.getId(), user.getUsername(), what));
        else kept.more = true;
    }

    private static void gone(KeycloakSession session, String id, String name) {
        var kept = of(session);
        if (kept.gone.size() < MOST && id != null && name != null) kept.gone.put(id, name);
    }

    private static ModelChanges of(KeycloakSession session) {
        var known = session.getAttribute(KEPT, ModelChanges.class);
        if (known != null) return known;
        var changes = new ModelChanges();
        session.setAttribute(KEPT, changes);
        return changes;
    }
}
