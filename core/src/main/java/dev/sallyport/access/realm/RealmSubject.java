package dev.sallyport.access.realm;

import dev.sallyport.access.Subject;
import dev.sallyport.logic.Truth;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.keycloak.models.ClientModel;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.RoleUtils;

/** A user of a realm, as policies see one. Groups and roles come from the realm cache. */
public record RealmSubject(KeycloakSession session, RealmModel realm, UserModel user) implements Subject {

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
        var group = KeycloakModelUtils.findGroupByPath(session, realm, groupPath);
        return group == null ? Truth.UNKNOWN : Truth.of(user.isMemberOf(group));
    }

    @Override
    public Truth holds(String name) {
        var role = KeycloakModelUtils.getRoleFromString(session, realm, name);
        return role == null ? Truth.UNKNOWN : Truth.of(user.hasRole(role));
    }

    @Override
    public Optional<String> email() {
        return Optional.ofNullable(user.getEmail());
    }

    @Override
    public Map<String, List<String>> attributes() {
        return Map.copyOf(user.getAttributes());
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
                .map(RealmSubject::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static String name(RoleModel role) {
        return role.getContainer() instanceof ClientModel client
                ? client.getClientId() + "." + role.getName()
                : role.getName();
    }
}
