package dev.sallyport.elevation.realm;

import dev.sallyport.access.Subject;
import dev.sallyport.access.realm.RealmSubject;
import dev.sallyport.access.realm.RoleName;
import dev.sallyport.logic.Truth;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.RoleUtils;

/**
 * A user without what an elevation gave them: whoever may ask, approve or review may so by what they are for good. Else one
 * elevation would lead to the next.
 */
public final class OwnSubject implements Subject {

    private final KeycloakSession session;
    private final RealmModel realm;
    private final RealmSubject all;
    private final Set<GroupModel> groups;
    private final Set<RoleModel> roles;

    private OwnSubject(KeycloakSession session, RealmModel realm, UserModel user, List<Lease> leases) {
        this.session = session;
        this.realm = realm;
        this.all = new RealmSubject(session, realm, user);
        this.groups = user.getGroupsStream()
                .filter(group -> !leased(leases, AssignmentTarget.GROUP, group.getId()))
                .flatMap(OwnSubject::andAbove)
                .collect(Collectors.toUnmodifiableSet());
        var mapped = Stream.concat(
                user.getRoleMappingsStream().filter(role -> !leased(leases, AssignmentTarget.ROLE, role.getId())),
                groups.stream().flatMap(GroupModel::getRoleMappingsStream));
        this.roles = RoleUtils.expandCompositeRolesStream(mapped).collect(Collectors.toUnmodifiableSet());
    }

    public static Subject of(KeycloakSession session, RealmModel realm, UserModel user) {
        if (PrivilegeProvider.held(realm).isEmpty()) return new RealmSubject(session, realm, user);
        var leases = new Assignments(session, realm, Clock.systemUTC()).seen(user);
        return leases.isEmpty() ? new RealmSubject(session, realm, user) : new OwnSubject(session, realm, user, leases);
    }

    private static boolean leased(List<Lease> leases, String kind, String id) {
        return leases.stream()
                .anyMatch(lease -> lease.kind().equals(kind) && lease.targetId().equals(id));
    }

    private static Stream<GroupModel> andAbove(GroupModel group) {
        return Stream.iterate(group, at -> at != null, GroupModel::getParent);
    }

    @Override
    public Truth memberOf(String path) {
        var group = KeycloakModelUtils.findGroupByPath(session, realm, path);
        return group == null ? Truth.UNKNOWN : Truth.of(groups.contains(group));
    }

    @Override
    public Truth holds(String name) {
        var role = KeycloakModelUtils.getRoleFromString(session, realm, name);
        return role == null ? Truth.UNKNOWN : Truth.of(roles.contains(role));
    }

    @Override
    public Set<String> groups() {
        var paths = new HashSet<String>();
        groups.forEach(group -> paths.add(KeycloakModelUtils.buildGroupPath(group)));
        return Set.copyOf(paths);
    }

    @Override
    public Set<String> roles() {
        return roles.stream().map(RoleName::of).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public String id() {
        return all.id();
    }

    @Override
    public String username() {
        return all.username();
    }

    @Override
    public boolean serviceAccount() {
        return all.serviceAccount();
    }

    @Override
    public Optional<String> email() {
        return all.email();
    }

    @Override
    public Map<String, List<String>> attributes() {
        return all.attributes();
    }

    @Override
    public boolean mayEdit(String attribute) {
        return all.mayEdit(attribute);
    }
}
