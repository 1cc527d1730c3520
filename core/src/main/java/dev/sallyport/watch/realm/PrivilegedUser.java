package dev.sallyport.watch.realm;

import dev.sallyport.access.realm.RoleName;
import dev.sallyport.privilege.realm.AdministrativeRoles;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import dev.sallyport.privilege.realm.PrivilegeProvider.Granted;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.keycloak.models.GroupModel;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.RoleUtils;

/**
 * What somebody holds, for good or for a while, that makes all their sessions privileged: roles that privileges grant, those
 * that administer, and membership in groups that privileges grant. Asked at each event of everybody: no more than Keycloak's
 * caches are read.
 */
record PrivilegedUser(RealmModel realm, UserModel user) {

    /** Roles as {@code role} or {@code client.role}, and groups by path; empty for who is not privileged. */
    List<String> holdings() {
        var granted = PrivilegeProvider.granted(realm);
        var roles = RoleUtils.getDeepUserRoleMappings(user).stream()
                .filter(role -> privileged(granted, role))
                .map(RoleName::of);
        var groups = granted.groups().isEmpty()
                ? Stream.<String>empty()
                : user.getGroupsStream()
                        .flatMap(group -> Stream.iterate(group, Objects::nonNull, GroupModel::getParent))
                        .map(KeycloakModelUtils::buildGroupPath)
                        .filter(granted.groups()::contains);
        return Stream.concat(roles, groups).distinct().sorted().toList();
    }

    private static boolean privileged(Granted granted, RoleModel role) {
        return AdministrativeRoles.contain(role) || granted.roles().contains(RoleName.of(role));
    }
}
