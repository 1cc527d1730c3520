package dev.sallyport.elevation.realm;

import dev.sallyport.privilege.Privilege;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** Something that can be mapped to a user: a role, or the membership of a group. */
sealed interface AssignmentTarget {

    String ROLE = "role";
    String GROUP = "group";

    String kind();

    String id();

    /** Whether it is mapped to the user directly. */
    boolean had(UserModel user);

    void give(UserModel user);

    void take(UserModel user);

    default boolean is(Lease lease) {
        return lease.kind().equals(kind()) && lease.targetId().equals(id());
    }

    /** What a privilege names; what the realm does not have is left out. */
    static List<AssignmentTarget> of(KeycloakSession session, RealmModel realm, Privilege privilege) {
        Stream<AssignmentTarget> roles = PrivilegeRoles.named(realm, privilege).map(OfRole::new);
        Stream<AssignmentTarget> groups = privilege.grants().groups().stream()
                .map(path -> KeycloakModelUtils.findGroupByPath(session, realm, path))
                .filter(Objects::nonNull)
                .map(OfGroup::new);
        return Stream.concat(roles, groups).toList();
    }

    /** @return empty when the role or group is gone, and the mapping with it */
    static Optional<AssignmentTarget> of(KeycloakSession session, RealmModel realm, Lease lease) {
        return lease.kind().equals(ROLE)
                ? Optional.ofNullable(realm.getRoleById(lease.targetId())).map(OfRole::new)
                : Optional.ofNullable(session.groups().getGroupById(realm, lease.targetId()))
                        .map(OfGroup::new);
    }

    /** A role of the realm or of a client. */
    record OfRole(RoleModel role) implements AssignmentTarget {

        @Override
        public String kind() {
            return ROLE;
        }

        @Override
        public String id() {
            return role.getId();
        }

        @Override
        public boolean had(UserModel user) {
            return user.hasDirectRole(role);
        }

        @Override
        public void give(UserModel user) {
            if (!had(user)) user.grantRole(role);
        }

        @Override
        public void take(UserModel user) {
            user.deleteRoleMapping(role);
        }
    }

    /** A group, as the one that the user is in. */
    record OfGroup(GroupModel group) implements AssignmentTarget {

        @Override
        public String kind() {
            return GROUP;
        }

        @Override
        public String id() {
            return group.getId();
        }

        @Override
        public boolean had(UserModel user) {
            return user.getGroupsStream().anyMatch(group::equals);
        }

        @Override
        public void give(UserModel user) {
            if (!had(user)) user.joinGroup(group);
        }

        @Override
        public void take(UserModel user) {
            user.leaveGroup(group);
        }
    }
}
