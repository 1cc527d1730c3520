package dev.sallyport.privilege.realm;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.access.realm.RoleName;
import dev.sallyport.privilege.Privilege;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
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

    /**
     * Where holders of privileged roles are found: a role, and a group whose members have it; or no group, for those who have
     * the role themselves.
     */
    public record Source(String role, Optional<String> group) {}

    /** All of them. There are as many as the realm has roles and groups of that kind, however many users. */
    public List<Source> sources() {
        var granted = granted();
        return roles().filter(role -> !privileged(role, granted).isEmpty())
                .flatMap(role -> Stream.concat(
                        Stream.of(new Source(role.getId(), Optional.empty())),
                        groups(role).stream().map(group -> new Source(role.getId(), Optional.of(group.getId())))))
                .toList();
    }

    /**
     * A page of the ways that begin at one source; none where that is gone.
     *
     * @param first how many of its users to pass over
     * @return where the next page begins; empty when this was the last one
     */
    public Optional<Integer> page(Source source, int first, Consumer<Holding> found) {
        return page(granted(), source, first, found);
    }

    /** Those of them that are wanted, but no more than so many. */
    public List<Holding> some(int most, Predicate<Holding> wanted) {
        var found = new ArrayList<Holding>();
        for (var source : sources()) {
            for (var next = Optional.of(0); next.isPresent() && found.size() < most; ) {
                next = page(source, next.get(), holding -> {
                    if (found.size() < most && wanted.test(holding)) found.add(holding);
                });
            }
        }
        return found;
    }

    /** Every way as it is found, by pages of users: whoever has had enough throws. */
    public void each(Consumer<Holding> found) {
        var granted = granted();
        for (var source : sources()) {
            for (var next = Optional.of(0); next.isPresent(); ) next = page(granted, source, next.get(), found);
        }
    }

    private Optional<Integer> page(
            Map<RoleModel, Set<String>> granted, Source source, int first, Consumer<Holding> found) {
        var role = realm.getRoleById(source.role());
        var group = source.group().map(realm::getGroupById);
        if (role == null || (source.group().isPresent() && group.isEmpty())) return Optional.empty();
        var page = pages().page(group.map(this::members).orElseGet(() -> holders(role)), first, UserPages.PAGE);
        var privileged = privileged(role, granted);
        var path = group.map(KeycloakModelUtils::buildGroupPath);
        for (var user : page.users()) {
            if (leased.test(user, source.group().orElse(source.role()))) continue;
            for (var held : privileged) {
                var by = Optional.of(role).filter(carrier -> !carrier.equals(held));
                found.accept(new Holding(
                        user.getUsername(),
                        RoleName.of(held),
                        granted.getOrDefault(held, Set.of()).stream().toList(),
                        AdministrativeRoles.contain(held),
                        path,
                        by.map(RoleName::of),
                        new Ids(user.getId(), held.getId(), source.group(), by.map(RoleModel::getId))));
            }
        }
        return page.next();
    }

    private UserPages pages() {
        return new UserPages(session, realm);
    }

    private UserPages.Query holders(RoleModel role) {
        return (first, max) -> session.users().getRoleMembersStream(realm, role, first, max);
    }

    private UserPages.Query members(GroupModel group) {
        return (first, max) -> session.users().getGroupMembersStream(realm, group, first, max);
    }

    /** What a role is, or contains, of what is meant to be had for a while. */
    private static List<RoleModel> privileged(RoleModel role, Map<RoleModel, Set<String>> granted) {
        return RoleUtils.expandCompositeRoles(Set.of(role)).stream()
                .filter(held -> granted.containsKey(held) || AdministrativeRoles.contain(held))
                .toList();
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
        return pages().all(holders(role)).anyMatch(wanted.and(user -> !leased.test(user, role.getId())))
                || groups(role).stream().anyMatch(group -> pages().all(members(group))
                        .anyMatch(wanted.and(user -> !leased.test(user, group.getId()))));
    }

    // NB. Who is in a group below has the roles of the group above.
    private Set<GroupModel> groups(RoleModel role) {
        var groups = new LinkedHashSet<GroupModel>();
        session.groups().getGroupsByRoleStream(realm, role, null, null).toList().forEach(group -> add(groups, group));
        return groups;
    }

    private static void add(Set<GroupModel> groups, GroupModel group) {
        if (groups.add(group)) group.getSubGroupsStream().toList().forEach(below -> add(groups, below));
    }
}
