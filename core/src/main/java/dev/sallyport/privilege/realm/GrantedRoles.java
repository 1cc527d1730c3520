package dev.sallyport.privilege.realm;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.privilege.Mode;
import dev.sallyport.privilege.Privilege;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.models.GroupModel;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** The roles of a realm that a privilege names. */
record GrantedRoles(RealmModel realm, Privilege privilege) {

    private record Named(String path, RoleModel role) {}

    /** @throws DocumentFault if one is not there, or must not be had in this way */
    List<RoleModel> roles() {
        var named = named();
        if (privilege.mode() == Mode.TOKEN) {
            requireNoneThatAdministers(named.stream(), "that needs the mode assignment");
        } else if (!ServerRelease.judgesMappings()) {
            requireNoneThatAdministers(Stream.concat(named.stream(), ofGroups()), ServerRelease.TOO_OLD);
        }
        return named.stream().map(Named::role).toList();
    }

    private static void requireNoneThatAdministers(Stream<Named> named, String remedy) {
        named.filter(each -> AdministrativeRoles.reachedBy(each.role()))
                .findFirst()
                .ifPresent(each -> {
                    throw new DocumentFault(each.path(), "is a role that administers, or contains one; " + remedy);
                });
    }

    private Stream<Named> ofGroups() {
        var paths = privilege.grants().groups();
        return realm.getGroupsStream()
                .filter(group -> paths.contains(KeycloakModelUtils.buildGroupPath(group)))
                .flatMap(group -> Stream.iterate(group, Objects::nonNull, GroupModel::getParent))
                .flatMap(GroupModel::getRoleMappingsStream)
                .map(role -> new Named("grants.groups", role));
    }

    /** Those that are there, also one that must not be had in this way. */
    List<RoleModel> present() {
        try {
            return named().stream().map(Named::role).toList();
        } catch (DocumentFault gone) {
            return List.of();
        }
    }

    Optional<DocumentFault> fault() {
        try {
            roles();
            return Optional.empty();
        } catch (DocumentFault fault) {
            return Optional.of(fault);
        }
    }

    // NB. Asked anew each time: a role can be deleted, or become part of another, after the privilege was saved.
    private List<Named> named() {
        var named = new ArrayList<Named>();
        privilege.grants().clientRoles().forEach((clientId, roles) -> {
            var path = "grants.clientRoles." + clientId;
            var client = Optional.ofNullable(realm.getClientByClientId(clientId))
                    .orElseThrow(() -> new DocumentFault(path, "is not a client of the realm"));
            for (int i = 0; i < roles.size(); i++) {
                named.add(named(path + "[" + i + "]", client.getRole(roles.get(i)), "client"));
            }
        });
        var roles = privilege.grants().realmRoles();
        for (int i = 0; i < roles.size(); i++) {
            named.add(named("grants.realmRoles[" + i + "]", realm.getRole(roles.get(i)), "realm"));
        }
        return named;
    }

    private static Named named(String path, RoleModel role, String owner) {
        if (role == null) throw new DocumentFault(path, "is not a role of the " + owner);
        return new Named(path, role);
    }
}
