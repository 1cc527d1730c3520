package dev.sallyport.watch.realm;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import jakarta.persistence.EntityManager;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.jpa.entities.UserEntity;
import org.keycloak.models.utils.RoleUtils;
import org.keycloak.models.utils.UserModelDelegate;
import org.keycloak.storage.StorageId;

/**
 * Users many at once, with their roles and groups, which Keycloak reads one by one. Users of user storage are as Keycloak gives
 * them: only their storage knows what they hold.
 */
record UserPage(KeycloakSession session, RealmModel realm) {

    private static final String USERS = "select u from UserEntity u where u.id in (:ids)";
    private static final String ROLES =
            "select m.user.id, m.roleId from UserRoleMappingEntity m where m.user.id in (:ids)";
    private static final String GROUPS =
            "select m.user.id, m.groupId from UserGroupMembershipEntity m where m.user.id in (:ids)";

    /** Those of them that there are, by id. */
    Map<String, UserModel> of(Collection<String> ids) {
        var local = ids.stream().filter(StorageId::isLocalStorage).distinct().toList();
        if (local.isEmpty()) return Map.of();
        // NB. Whom this transaction has read, Keycloak finds without asking the database again. They have to be held on
        // to.
        var read = entities()
                .createQuery(USERS, UserEntity.class)
                .setParameter("ids", local)
                .getResultList();
        var roles = pairs(ROLES, local);
        var groups = pairs(GROUPS, local);
        var users = new HashMap<String, UserModel>();
        for (var entity : read) {
            var user = session.users().getUserById(realm, entity.getId());
            if (user == null) continue;
            var id = user.getId();
            users.put(
                    id,
                    user.getFederationLink() != null
                            ? user
                            : new Holder(user, roles(roles.get(id)), groups(groups.get(id))));
        }
        return users;
    }

    private Map<String, List<String>> pairs(String query, List<String> ids) {
        return entities()
                .createQuery(query, Object[].class)
                .setParameter("ids", ids)
                .getResultStream()
                .collect(groupingBy(row -> (String) row[0], mapping(row -> (String) row[1], toList())));
    }

    private List<RoleModel> roles(List<String> ids) {
        return models(ids, realm::getRoleById);
    }

    private List<GroupModel> groups(List<String> ids) {
        return models(ids, realm::getGroupById).stream()
                .filter(group -> group.getType() == GroupModel.Type.REALM)
                .toList();
    }

    private interface ById<T> {
        T get(String id);
    }

    private static <T> List<T> models(List<String> ids, ById<T> model) {
        return ids == null
                ? List.of()
                : ids.stream().map(model::get).filter(Objects::nonNull).toList();
    }

    private EntityManager entities() {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }

    /** A user of whom it is known what they hold. */
    private static final class Holder extends UserModelDelegate {

        private final List<RoleModel> roles;
        private final List<GroupModel> groups;

        Holder(UserModel user, List<RoleModel> roles, List<GroupModel> groups) {
            super(user);
            this.roles = roles;
            this.groups = groups;
        }

        @Override
        public Stream<RoleModel> getRoleMappingsStream() {
            return roles.stream();
        }

        @Override
        public Stream<GroupModel> getGroupsStream() {
            return groups.stream();
        }

        @Override
        public boolean hasRole(RoleModel role) {
            return RoleUtils.hasRole(roles.stream(), role) || RoleUtils.hasRoleFromGroup(groups.stream(), role, true);
        }

        @Override
        public boolean isMemberOf(GroupModel group) {
            return RoleUtils.isMember(groups.stream(), group);
        }
    }
}
