package dev.sallyport.elevation.realm;

import dev.sallyport.privilege.People;
import dev.sallyport.privilege.realm.UserPages;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** Who they are, one by one, whom a privilege names by what they are. */
record Roster(KeycloakSession session, RealmModel realm) {

    /** How many people decide about one request at most; a privilege that names more of them leaves some out. */
    static final int MOST = 1_000;

    // NB. Nobody is there behind an application's own account to give a reason, or to be asked for one.
    static boolean person(UserModel user) {
        return user != null && user.isEnabled() && user.getServiceAccountClientLink() == null;
    }

    /** The ids of those of them that are enabled. */
    Set<String> of(People people) {
        var found = new LinkedHashSet<String>();
        for (var name : people.users()) {
            var user = session.users().getUserByUsername(realm, name);
            if (user != null) add(found, people, user);
        }
        var groups = new LinkedHashSet<GroupModel>();
        for (var path : people.groups()) {
            var group = KeycloakModelUtils.findGroupByPath(session, realm, path);
            if (group != null) addWithSubGroups(groups, group);
        }
        for (var name : people.roles()) {
            var role = KeycloakModelUtils.getRoleFromString(session, realm, name);
            if (role != null) withRole(found, groups, people, role);
        }
        for (var group : groups) {
            addAll(found, people, (first, max) -> session.users().getGroupMembersStream(realm, group, first, max));
        }
        return found;
    }

    private void withRole(Set<String> found, Set<GroupModel> groups, People people, RoleModel asked) {
        for (var role : containing(asked)) {
            addAll(found, people, (first, max) -> session.users().getRoleMembersStream(realm, role, first, max));
            session.groups()
                    .getGroupsByRoleStream(realm, role, null, null)
                    .toList()
                    .forEach(group -> addWithSubGroups(groups, group));
        }
    }

    /** The role, and all composites that contain it. */
    private Set<RoleModel> containing(RoleModel asked) {
        var entities = session.getProvider(JpaConnectionProvider.class).getEntityManager();
        var ids = new LinkedHashSet<>(Set.of(asked.getId()));
        var fresh = Set.of(asked.getId());
        while (!fresh.isEmpty()) {
            var parents = new HashSet<>(entities.createQuery(
                            "select c.parentRole.id from CompositeRoleEntity c where c.childRole.id in (:ids)",
                            String.class)
                    .setParameter("ids", fresh)
                    .getResultList());
            parents.removeAll(ids);
            ids.addAll(parents);
            fresh = parents;
        }
        var roles = new LinkedHashSet<RoleModel>();
        for (var id : ids) {
            var role = session.roles().getRoleById(realm, id);
            if (role != null) roles.add(role);
        }
        return roles;
    }

    private static void addWithSubGroups(Set<GroupModel> groups, GroupModel group) {
        if (groups.add(group)) group.getSubGroupsStream().toList().forEach(sub -> addWithSubGroups(groups, sub));
    }

    private void addAll(Set<String> found, People people, UserPages.Query members) {
        new UserPages(session, realm)
                .all(members)
                .takeWhile(user -> found.size() < MOST)
                .forEach(user -> add(found, people, user));
    }

    // NB. The same rule again that is asked when they act: who is listed by other means is not one of them for that.
    private void add(Set<String> found, People people, UserModel user) {
        if (found.size() < MOST && person(user) && people.include(OwnSubject.of(session, realm, user))) {
            found.add(user.getId());
        }
    }
}
