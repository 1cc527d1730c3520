package dev.sallyport.privilege.realm;

import dev.sallyport.access.realm.RoleName;
import dev.sallyport.finding.FindingKind;
import dev.sallyport.finding.realm.Findings;
import dev.sallyport.privilege.Approval;
import dev.sallyport.privilege.Emergency;
import dev.sallyport.privilege.People;
import dev.sallyport.privilege.Privilege;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.keycloak.models.ClientModel;
import org.keycloak.models.GroupModel;
import org.keycloak.models.GroupModel.GroupMemberJoinEvent;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.RoleModel.RoleGrantedEvent;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.RoleUtils;
import org.keycloak.provider.ProviderEvent;

/**
 * Notices what is given past the privileges of a realm: a role that should be asked for is mapped to a user, or a user joins a
 * group that decides who may ask or approve, or that has such a role. In a realm without privileges nothing is looked for.
 */
public final class GivenOutside {

    /** An attribute of the session: what is given is what an elevation gives. */
    private static final String BY_ELEVATION = "sallyport.given-by-elevation";

    private GivenOutside() {}

    /** Gives what an elevation gives, which is nothing to notice. */
    public static void byElevation(KeycloakSession session, Runnable giving) {
        session.setAttribute(BY_ELEVATION, true);
        try {
            giving.run();
        } finally {
            session.removeAttribute(BY_ELEVATION);
        }
    }

    static void follow(KeycloakSessionFactory factory) {
        factory.register(GivenOutside::notice);
    }

    private static void notice(ProviderEvent event) {
        if (event instanceof RoleGrantedEvent granted) {
            noticeRole(granted.getKeycloakSession(), granted.getRole(), granted.getUser());
        }
        if (event instanceof GroupMemberJoinEvent joined) {
            Optional.ofNullable(joined.getRealm())
                    .ifPresent(realm ->
                            noticeGroup(joined.getKeycloakSession(), realm, joined.getGroup(), joined.getUser()));
        }
    }

    static void noticeRole(KeycloakSession session, RoleModel role, UserModel user) {
        // NB. Not the realm of the context: an administrator of another one may have asked.
        var realm = role.getContainer() instanceof ClientModel client
                ? client.getRealm()
                : (RealmModel) role.getContainer();
        var privileges = privileges(session, realm);
        if (privileges.isEmpty()) return;
        var names = granting(realm, privileges, Set.of(role));
        boolean administers = AdministrativeRoles.reachedBy(role);
        if (names.isEmpty() && !administers) return;
        new Findings(session, realm, Clock.systemUTC())
                .raise(
                        FindingKind.ROLE_GIVEN,
                        user,
                        Map.of("role", RoleName.of(role), "privileges", names, "administers", administers));
    }

    static void noticeGroup(KeycloakSession session, RealmModel realm, GroupModel group, UserModel user) {
        reached(session, realm, group).ifPresent(details -> new Findings(session, realm, Clock.systemUTC())
                .raise(FindingKind.GROUP_JOINED, user, details));
    }

    /** Notices that a group, with all who are in it, has come to be below one that decides, or has roles. */
    public static void groupMoved(KeycloakSession session, RealmModel realm, GroupModel group) {
        reached(session, realm, group).ifPresent(details -> new Findings(session, realm, Clock.systemUTC())
                .raise(FindingKind.GROUP_MOVED, details));
    }

    /** What whoever is in a group has by it; empty when that is nothing of ours. */
    private static Optional<Map<String, ?>> reached(KeycloakSession session, RealmModel realm, GroupModel group) {
        var privileges = privileges(session, realm);
        if (privileges.isEmpty()) return Optional.empty();
        var path = KeycloakModelUtils.buildGroupPath(group);
        var named = privileges.stream()
                .filter(privilege ->
                        groups(privilege).anyMatch(other -> path.equals(other) || path.startsWith(other + "/")))
                .map(Privilege::name)
                .toList();
        var roles = new HashSet<RoleModel>();
        for (var at = group; at != null; at = at.getParent())
            at.getRoleMappingsStream().forEach(roles::add);
        var granted = granting(realm, privileges, roles);
        boolean administers = roles.stream().anyMatch(AdministrativeRoles::reachedBy);
        if (named.isEmpty() && granted.isEmpty() && !administers) return Optional.empty();
        return Optional.of(Map.of("group", path, "named", named, "privileges", granted, "administers", administers));
    }

    /** Notices that everybody in a group is given roles. */
    public static void toGroup(KeycloakSession session, RealmModel realm, GroupModel group, Set<RoleModel> roles) {
        notice(session, realm, roles, (names, administers) -> {
            var details = new HashMap<String, Object>(given(roles, names, administers));
            details.put("group", KeycloakModelUtils.buildGroupPath(group));
            return new Found(FindingKind.ROLE_GIVEN_TO_GROUP, details);
        });
    }

    /**
     * Notices that a role comes to contain others: everybody who has it is given those, and a privilege that grants it grants
     * more than it did.
     */
    public static void intoRole(KeycloakSession session, RealmModel realm, RoleModel containing, Set<RoleModel> roles) {
        notice(session, realm, roles, (names, administers) -> {
            var details = new HashMap<String, Object>(given(roles, names, administers));
            details.put("containing", RoleName.of(containing));
            return new Found(FindingKind.ROLE_CONTAINED, details);
        });
        widened(session, realm, containing, roles);
    }

    private static void widened(KeycloakSession session, RealmModel realm, RoleModel containing, Set<RoleModel> roles) {
        if (session.getAttribute(BY_ELEVATION) != null || Editor.makesRealm(session)) return;
        var privileges = PrivilegeProvider.held(realm).stream()
                .flatMap(held -> held.privilege().stream())
                .filter(privilege -> RoleUtils.expandCompositeRoles(new HashSet<>(granted(realm, privilege)))
                        .contains(containing))
                .map(Privilege::name)
                .toList();
        if (privileges.isEmpty()) return;
        new Findings(session, realm, Clock.systemUTC())
                .raise(
                        FindingKind.PRIVILEGE_WIDENED,
                        Map.of("containing", RoleName.of(containing), "roles", names(roles), "privileges", privileges));
    }

    // NB. Also of one that nobody can have just because of that.
    private static List<RoleModel> granted(RealmModel realm, Privilege privilege) {
        return new GrantedRoles(realm, privilege).present();
    }

    private record Found(FindingKind kind, Map<String, ?> details) {}

    private static void notice(
            KeycloakSession session,
            RealmModel realm,
            Set<RoleModel> roles,
            BiFunction<List<String>, Boolean, Found> found) {
        var privileges = privileges(session, realm);
        if (privileges.isEmpty()) return;
        var names = granting(realm, privileges, roles);
        boolean administers = roles.stream().anyMatch(AdministrativeRoles::reachedBy);
        if (names.isEmpty() && !administers) return;
        var raised = found.apply(names, administers);
        new Findings(session, realm, Clock.systemUTC()).raise(raised.kind(), raised.details());
    }

    private static Map<String, ?> given(Set<RoleModel> roles, List<String> privileges, boolean administers) {
        return Map.of("roles", names(roles), "privileges", privileges, "administers", administers);
    }

    private static List<String> names(Set<RoleModel> roles) {
        return roles.stream().map(RoleName::of).sorted().toList();
    }

    // NB. Who makes a realm, with all that is in it, gives nothing past anybody.
    private static List<Privilege> privileges(KeycloakSession session, RealmModel realm) {
        if (session.getAttribute(BY_ELEVATION) != null) return List.of();
        if (PrivilegeProvider.held(realm).isEmpty()) return List.of();
        return Editor.makesRealm(session) ? List.of() : PrivilegeProvider.all(realm);
    }

    /** The names of the privileges that grant one of these roles, or one that they contain. */
    private static List<String> granting(RealmModel realm, List<Privilege> privileges, Set<RoleModel> roles) {
        var all = RoleUtils.expandCompositeRoles(roles);
        return privileges.stream()
                .filter(privilege ->
                        PrivilegeProvider.roles(realm, privilege).stream().anyMatch(all::contains))
                .map(Privilege::name)
                .toList();
    }

    /** The paths of the groups that a privilege names. */
    static Stream<String> groups(Privilege privilege) {
        var approval = privilege.approval();
        var emergency = privilege.emergency();
        return Stream.of(
                        Stream.of(privilege.eligible().people()),
                        approval.map(Approval::approvers).stream(),
                        approval.flatMap(Approval::delegates).stream(),
                        emergency.map(Emergency::eligible).stream(),
                        emergency.map(Emergency::officers).stream())
                .flatMap(people -> people)
                .map(People::groups)
                .map(List::stream)
                .reduce(approval.map(Approval::groups).orElse(List.of()).stream(), Stream::concat);
    }
}
