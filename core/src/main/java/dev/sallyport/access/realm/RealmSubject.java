package dev.sallyport.access.realm;

import dev.sallyport.access.Subject;
import dev.sallyport.logic.Truth;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.RoleUtils;

/**
 * A user of a realm, as policies see one in a single decision. Groups and roles come from the realm cache, and what many
 * policies ask is looked up once.
 */
public final class RealmSubject implements Subject {

    private final KeycloakSession session;
    private final RealmModel realm;
    private final UserModel user;
    private final Map<String, Truth> memberships = new HashMap<>();
    private final Map<String, Truth> roles = new HashMap<>();

    public RealmSubject(KeycloakSession session, RealmModel realm, UserModel user) {
        this.session = session;
        this.realm = realm;
        this.user = user;
    }

    @Override
    public String id() {
        return user.getId();
    }

    @Override
    public String username() {
        return user.getUsername();
    }

    @Override
    public boolean serviceAccount() {
        return user.getServiceAccountClientLink() != null;
    }

    @Override
    public Truth memberOf(String groupPath) {
        return memberships.computeIfAbsent(groupPath, path -> {
            var group = KeycloakModelUtils.findGroupByPath(session, realm, path);
            return group == null ? Truth.UNKNOWN : Truth.of(user.isMemberOf(group));
        });
    }

    @Override
    public Truth holds(String role) {
        return roles.computeIfAbsent(role, name -> {
            var model = KeycloakModelUtils.getRoleFromString(session, realm, name);
            return model == null ? Truth.UNKNOWN : Truth.of(user.hasRole(model));
        });
    }

    @Override
    public Optional<String> email() {
        return Optional.ofNullable(user.getEmail());
    }

    @Override
    public Map<String, List<String>> attributes() {
        var attributes = new HashMap<String, List<String>>();
        // NB. Keycloak lists a name or address that the user does not have as one value that is null.
        user.getAttributes().forEach((name, values) -> {
            var known = values.stream().filter(Objects::nonNull).toList();
            if (!known.isEmpty()) attributes.put(name, known);
        });
        return Map.copyOf(attributes);
    }

    @Override
    public boolean mayEdit(String attribute) {
        return new EditableAttributes(session, realm).contains(attribute);
    }

    @Override
    public Set<String> groups() {
        var paths = new HashSet<String>();
        user.getGroupsStream().forEach(group -> {
            for (GroupModel at = group; at != null; at = at.getParent()) {
                paths.add(KeycloakModelUtils.buildGroupPath(at));
            }
        });
        return Set.copyOf(paths);
    }

    @Override
    public Set<String> roles() {
        return RoleUtils.getDeepUserRoleMappings(user).stream()
                .map(RoleName::of)
                .collect(Collectors.toUnmodifiableSet());
    }
}
