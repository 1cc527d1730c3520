package dev.sallyport.review.realm;

import dev.sallyport.privilege.Privilege;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import dev.sallyport.review.Campaign;
import dev.sallyport.review.realm.Entitlements.Entitlement;
import dev.sallyport.review.realm.Entitlements.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.RoleUtils;

/**
 * What people may lose by a review: who opens it has to be somebody who could take that from them directly.
 *
 * @param roles those that are reviewed or can be had by what is reviewed, each that is contained in one of them included
 * @param groups whose members may be members no longer, or cannot become members any more
 */
public record Taken(Set<RoleModel> roles, Set<GroupModel> groups) {

    static Taken by(KeycloakSession session, RealmModel realm, Campaign campaign, List<Entitlement> entitlements) {
        var roles = new HashSet<RoleModel>();
        var groups = new HashSet<GroupModel>();
        for (var name : campaign.scope().privileges()) {
            var privilege = PrivilegeProvider.find(realm, name);
            privilege.map(found -> PrivilegeProvider.roles(realm, found)).ifPresent(roles::addAll);
            privilege.map(found -> granted(session, realm, found)).ifPresent(groups::addAll);
        }
        for (var entitlement : entitlements) {
            if (entitlement.kind() == Kind.STANDING)
                add(realm, entitlement.targetId().orElse(""), roles, groups);
            if (!campaign.memberships()) continue;
            entitlement.throughId().or(entitlement::targetId).ifPresent(id -> add(realm, id, roles, groups));
        }
        groups.forEach(group -> Stream.iterate(group, Objects::nonNull, GroupModel::getParent)
                .flatMap(GroupModel::getRoleMappingsStream)
                .forEach(roles::add));
        return new Taken(RoleUtils.expandCompositeRoles(roles), groups);
    }

    private static void add(RealmModel realm, String id, Set<RoleModel> roles, Set<GroupModel> groups) {
        var role = realm.getRoleById(id);
        if (role != null) roles.add(role);
        var group = role == null ? realm.getGroupById(id) : null;
        if (group != null) groups.add(group);
    }

    private static List<GroupModel> granted(KeycloakSession session, RealmModel realm, Privilege privilege) {
        return privilege.grants().groups().stream()
                .map(path -> KeycloakModelUtils.findGroupByPath(session, realm, path))
                .filter(Objects::nonNull)
                .toList();
    }
}
