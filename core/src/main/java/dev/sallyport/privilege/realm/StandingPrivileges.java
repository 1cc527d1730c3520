package dev.sallyport.privilege.realm;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.privilege.Privilege;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.keycloak.models.ClientModel;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.RoleUtils;

/**
 * Who has for good what is meant to be had for a while: the roles that privileges grant, and those that administer. What
 * administrators of the realm master may do in other realms is theirs there, and not looked for here.
 *
 * @param leased whether the role or group of that id is the user's for a while only
 */
public record StandingPrivileges(KeycloakSession session, RealmModel realm, BiPredicate<UserModel, String> leased) {

    static final int PAGE = 500;

    /**
     * One way in which one user has one such role.
     *
     * @param role {@code role} or {@code client.role}
     * @param privileges the names of those that grant it
     * @param administers whether the role administers the realm or this pack
     * @param group the path of the group by which they have it
     * @param composite the role by which they have it, where it is not that role itself
     * @param ids of what is named here
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Holding(
            String user,
            String role,
            List<String> privileges,
            boolean administers,
            Optional<String> group,
            Optional<String> composite,
            @JsonIgnore Ids ids) {}

    /** What keeps its meaning when it is called something else. */
    public record Ids(String user, String role, Optional<String> group, Optional<String> composite) {}

    /** Every way, by user and role. */
    public List<Holding> holdings() {
        var found = new ArrayList<Holding>();
        each(found::add);
        return found.stream()
                .sorted(Comparator.comparing(Holding::user)
                        .thenComparing(Holding::role)
                        .thenComparing(holding -> holding.group().orElse(""))
                        .thenComparing(holding -> holding.composite().orElse("")))
                .toList();
    }

    /** Every way as it is found, by pages of users: whoever has had enough throws. */
    public void each(Consumer<Holding> found) {
        var granted = granted();
        roles().forEach(carrier -> {
            var carried = RoleUtils.expandCompositeRoles(Set.of(carrier)).stream()
                    .filter(role -> granted.containsKey(role) || AdministrativeRoles.contain(role))
                    .toList();
            if (carried.isEmpty()) return;
            holders(
                    carrier,
                    holder -> carried.forEach(role -> found.accept(new Holding(
                            holder.user(),
                            name(role),
                            granted.getOrDefault(role, Set.of()).stream().toList(),
                            AdministrativeRoles.contain(role),
                            holder.group(),
                            Optional.of(carrier).filter(by -> !by.equals(role)).map(StandingPrivileges::name),
                            ids(holder, role, carrier)))));
        });
    }

    /** The roles that privileges grant, each with the names of those. */
    private Map<RoleModel, Set<String>> granted() {
        var granted = new HashMap<RoleModel, Set<String>>();
        for (Privilege privilege : PrivilegeProvider.all(realm)) {
            for (var role : PrivilegeProvider.roles(realm, privilege)) {
                granted.computeIfAbsent(role, none -> new TreeSet<>()).add(privilege.name());
            }
        }
        return granted;
    }

    private Stream<RoleModel> roles() {
        return Stream.concat(realm.getRolesStream(), realm.getClientsStream().flatMap(ClientModel::getRolesStream));
    }

    private record Holder(String user, String userId, Optional<String> group, Optional<String> groupId) {}

    private static Ids ids(Holder holder, RoleModel role, RoleModel carrier) {
        return new Ids(
                holder.userId(),
                role.getId(),
                holder.groupId(),
                Optional.of(carrier.getId()).filter(id -> !id.equals(role.getId())));
    }

    /** Whether some other person who can sign in has that role for good, in whatever way. */
    public boolean anotherHolds(RoleModel role, UserModel than) {
        Predicate<UserModel> another = user -> user.isEnabled()
                && user.getServiceAccountClientLink() == null
                && !user.getId().equals(than.getId());
        return Stream.concat(Stream.of(role), roles().filter(carrier -> carries(carrier, role)))
                .anyMatch(carrier -> anyHolder(carrier, another));
    }

    private static boolean carries(RoleModel carrier, RoleModel role) {
        return !carrier.equals(role)
                && carrier.isComposite()
                && RoleUtils.expandCompositeRoles(Set.of(carrier)).contains(role);
    }

    private boolean anyHolder(RoleModel role, Predicate<UserModel> wanted) {
        return any(
                        first -> session.users().getRoleMembersStream(realm, role, first, PAGE),
                        wanted.and(user -> !leased.test(user, role.getId())))
                || realm.getGroupsStream().filter(group -> group.hasDirectRole(role)).toList().stream()
                        .anyMatch(group -> anyMember(group, wanted));
    }

    private boolean anyMember(GroupModel group, Predicate<UserModel> wanted) {
        return any(
                        first -> session.users().getGroupMembersStream(realm, group, first, PAGE),
                        wanted.and(user -> !leased.test(user, group.getId())))
                || group.getSubGroupsStream().toList().stream().anyMatch(below -> anyMember(below, wanted));
    }

    private static boolean any(Pages pages, Predicate<UserModel> wanted) {
        for (int first = 0; ; first += PAGE) {
            var page = pages.from(first).toList();
            if (page.stream().anyMatch(wanted)) return true;
            if (page.size() < PAGE) return false;
        }
    }

    private void holders(RoleModel role, Consumer<Holder> found) {
        pages(first -> session.users().getRoleMembersStream(realm, role, first, PAGE), user -> {
            if (leased.test(user, role.getId())) return;
            found.accept(new Holder(user.getUsername(), user.getId(), Optional.empty(), Optional.empty()));
        });
        var seen = new HashSet<String>();
        realm.getGroupsStream()
                .filter(group -> group.hasDirectRole(role))
                .forEach(group -> members(group, seen, found));
    }

    // NB. Who is in a group below has the roles of the group above.
    private void members(GroupModel group, Set<String> seen, Consumer<Holder> found) {
        if (!seen.add(group.getId())) return;
        var path = Optional.of(KeycloakModelUtils.buildGroupPath(group));
        var id = Optional.of(group.getId());
        pages(first -> session.users().getGroupMembersStream(realm, group, first, PAGE), user -> {
            if (leased.test(user, group.getId())) return;
            found.accept(new Holder(user.getUsername(), user.getId(), path, id));
        });
        group.getSubGroupsStream().forEach(below -> members(below, seen, found));
    }

    private interface Pages {
        Stream<UserModel> from(int first);
    }

    private static void pages(Pages pages, Consumer<UserModel> each) {
        for (int first = 0; ; first += PAGE) {
            var page = pages.from(first).toList();
            page.forEach(each);
            if (page.size() < PAGE) return;
        }
    }

    private static String name(RoleModel role) {
        return role.getContainer() instanceof ClientModel client
                ? client.getClientId() + "." + role.getName()
                : role.getName();
    }
}
