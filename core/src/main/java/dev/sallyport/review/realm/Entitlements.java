package dev.sallyport.review.realm;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.elevation.realm.Assignments;
import dev.sallyport.privilege.Emergency;
import dev.sallyport.privilege.People;
import dev.sallyport.privilege.Privilege;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import dev.sallyport.privilege.realm.StandingPrivileges;
import dev.sallyport.privilege.realm.UserPages;
import dev.sallyport.review.Campaign;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * What people have, one way at a time: what a reviewer decides about. Who is eligible by an expression alone has no entry that
 * could be taken away, and is none of these.
 */
final class Entitlements {

    /** How many there may be in one review. */
    static final int MOST = 10_000;

    private final KeycloakSession session;
    private final RealmModel realm;
    private final BiPredicate<UserModel, String> leased;
    private final Set<Entitlement> found = new LinkedHashSet<>();

    private Entitlements(KeycloakSession session, RealmModel realm, Clock clock) {
        this.session = session;
        this.realm = realm;
        this.leased = new Assignments(session, realm, clock).leased();
    }

    /** The kinds of them. */
    enum Kind {
        /** Named in the privilege. */
        USER,
        /** Member of a group that is named. */
        GROUP,
        /** Holder of a role that is named. */
        ROLE,
        /** Holder of a privileged role for good. */
        STANDING
    }

    /**
     * @param target a username, the path of a group or the name of a role
     * @param targetId of the group or role; empty for a username
     * @param throughId of the group or role by which they have it
     */
    record Entitlement(
            String userId,
            Kind kind,
            Optional<String> privilege,
            String target,
            Optional<String> targetId,
            Optional<String> through,
            Optional<String> throughId) {}

    /** @throws DocumentFault if a privilege is not there, or there are more than {@link #MOST} */
    static List<Entitlement> of(KeycloakSession session, RealmModel realm, Campaign.Scope scope, Clock clock) {
        var entitlements = new Entitlements(session, realm, clock);
        for (int i = 0; i < scope.privileges().size(); i++) {
            var path = "scope.privileges[" + i + "]";
            entitlements.eligible(
                    PrivilegeProvider.find(realm, scope.privileges().get(i))
                            .orElseThrow(() -> new DocumentFault(path, "is not a privilege of the realm")));
        }
        if (scope.standing()) entitlements.standing();
        return List.copyOf(entitlements.found);
    }

    private void eligible(Privilege privilege) {
        eligible(privilege.name(), privilege.eligible().people());
        privilege.emergency().map(Emergency::eligible).ifPresent(people -> eligible(privilege.name(), people));
    }

    private void eligible(String privilege, People people) {
        for (var name : people.users()) {
            var user = session.users().getUserByUsername(realm, name);
            if (user != null) add(user, Kind.USER, privilege, user.getUsername(), Optional.empty());
        }
        for (var path : people.groups()) {
            var group = KeycloakModelUtils.findGroupByPath(session, realm, path);
            if (group != null) members(privilege, path, group, group);
        }
        for (var name : people.roles()) {
            var role = KeycloakModelUtils.getRoleFromString(session, realm, name);
            if (role == null) continue;
            pages().all((first, max) -> session.users().getRoleMembersStream(realm, role, first, max))
                    .filter(user -> !leased.test(user, role.getId()))
                    .forEach(user -> add(user, Kind.ROLE, privilege, name, Optional.of(role.getId())));
            session.groups()
                    .getGroupsByRoleStream(realm, role, null, null)
                    .toList()
                    .forEach(group -> members(privilege, KeycloakModelUtils.buildGroupPath(group), group, group));
        }
    }

    // NB. Who is in a group below is in the group.
    private void members(String privilege, String path, GroupModel named, GroupModel group) {
        pages().all((first, max) -> session.users().getGroupMembersStream(realm, group, first, max))
                .filter(user -> !leased.test(user, group.getId()))
                .forEach(user -> add(user, Kind.GROUP, privilege, path, Optional.of(named.getId())));
        group.getSubGroupsStream().toList().forEach(below -> members(privilege, path, named, below));
    }

    private void standing() {
        new StandingPrivileges(session, realm, leased)
                .each(holding -> add(new Entitlement(
                        holding.ids().user(),
                        Kind.STANDING,
                        Optional.empty(),
                        holding.role(),
                        Optional.of(holding.ids().role()),
                        holding.group().or(holding::composite),
                        holding.ids().group().or(holding.ids()::composite))));
    }

    private void add(UserModel user, Kind kind, String privilege, String target, Optional<String> targetId) {
        add(new Entitlement(
                user.getId(), kind, Optional.of(privilege), target, targetId, Optional.empty(), Optional.empty()));
    }

    private void add(Entitlement entitlement) {
        found.add(entitlement);
        if (found.size() > MOST) {
            throw new DocumentFault("scope", "is more than " + MOST + " entries; review less at a time");
        }
    }

    private UserPages pages() {
        return new UserPages(session, realm);
    }
}
