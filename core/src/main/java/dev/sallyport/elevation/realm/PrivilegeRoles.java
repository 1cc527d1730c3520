package dev.sallyport.elevation.realm;

import dev.sallyport.privilege.Privilege;
import dev.sallyport.privilege.realm.AdministrativeRoles;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.RoleUtils;

/** The roles that a privilege grants, as they are in the realm now. */
final class PrivilegeRoles {

    private PrivilegeRoles() {}

    /**
     * What a token may carry of it.
     *
     * <p>NB. No role that administers anything, though the document named none when it was saved: a role that it names may
     * contain one since, and Keycloak 26.7.0 believes a token that has it.
     */
    static Set<RoleModel> ofToken(RealmModel realm, Privilege privilege) {
        return RoleUtils.expandCompositeRolesStream(named(realm, privilege))
                .filter(role -> !AdministrativeRoles.contain(role))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** What its user has of it by a mapping. */
    static Set<RoleModel> ofAssignment(KeycloakSession session, RealmModel realm, Privilege privilege) {
        var ofGroups = privilege.grants().groups().stream()
                .map(path -> KeycloakModelUtils.findGroupByPath(session, realm, path))
                .flatMap(group -> Stream.iterate(group, Objects::nonNull, GroupModel::getParent))
                .flatMap(GroupModel::getRoleMappingsStream);
        return RoleUtils.expandCompositeRolesStream(Stream.concat(named(realm, privilege), ofGroups))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** What it names, without what that contains. */
    static Stream<RoleModel> named(RealmModel realm, Privilege privilege) {
        var grants = privilege.grants();
        var ofClients = grants.clientRoles().entrySet().stream()
                .flatMap(client -> Stream.ofNullable(realm.getClientByClientId(client.getKey()))
                        .flatMap(found -> client.getValue().stream().map(found::getRole)));
        return Stream.concat(grants.realmRoles().stream().map(realm::getRole), ofClients)
                .filter(Objects::nonNull);
    }
}
