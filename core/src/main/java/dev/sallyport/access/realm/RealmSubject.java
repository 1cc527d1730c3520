package dev.sallyport.access.realm;

import dev.sallyport.access.Subject;
import dev.sallyport.access.Truth;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;

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
    public Set<String> groups() {
        return user.getGroupsStream()
                .flatMap(group -> Stream.iterate(group, Objects::nonNull, GroupModel::getParent))
                .map(KeycloakModelUtils::buildGroupPath)
                .collect(Collectors.toUnmodifiableSet());
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
}
