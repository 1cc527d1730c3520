package dev.sallyport.review.realm;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.elevation.realm.Assignments;
import dev.sallyport.elevation.realm.Elevations;
import dev.sallyport.privilege.Withdrawal;
import dev.sallyport.privilege.realm.AdministrativeRoles;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import dev.sallyport.privilege.realm.StandingPrivileges;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.keycloak.component.ComponentValidationException;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ModelException;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.RoleUtils;
import org.keycloak.storage.ReadOnlyException;

/** Takes away what somebody is not to keep. Nothing that an elevation gave for a while: that ends by itself. */
record Revocation(KeycloakSession session, RealmModel realm, Clock clock, boolean memberships) {

    private static final Logger LOG = Logger.getLogger(Revocation.class);

    /** What became of it. */
    enum Effect {
        /** It is theirs as before. */
        KEPT,
        /** It was taken away. */
        REMOVED,
        /** It is written down and nothing more: they have it by a membership, which may be there for more. */
        RECORDED,
        /** It was not there any more. */
        GONE,
        /**
         * It could not be taken away here: a directory does not let Keycloak, nobody can read the privilege, or it would take away
         * who has to review an emergency of it.
         */
        FAILED,
        /** Silence does not take it: nobody else would have a role that administers. */
        LAST;

        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param silently whether nobody decided, and the deadline did */
    Effect of(ReviewItemEntity item, boolean silently) {
        try {
            return effect(item, silently);
        } catch (ModelException | ComponentValidationException | ReadOnlyException | DocumentFault e) {
            LOG.warnf(e, "what item %s of review %s is about could not be taken away", item.id, item.reviewId);
            return Effect.FAILED;
        }
    }

    private Effect effect(ReviewItemEntity item, boolean silently) {
        var user = session.users().getUserById(realm, item.userId);
        if (user == null) return Effect.GONE;
        return switch (Entitlements.Kind.valueOf(item.kind.toUpperCase(Locale.ROOT))) {
            case USER -> withdraw(user, item);
            case GROUP, ROLE -> memberships ? take(user, item.targetId, silently) : Effect.RECORDED;
            case STANDING -> {
                if (item.through == null) yield take(user, item.targetId, silently);
                yield memberships ? take(user, item.throughId, silently) : Effect.RECORDED;
            }
        };
    }

    // NB. By both names: who is called something else for a while would be named again afterwards.
    private Effect withdraw(UserModel user, ReviewItemEntity item) {
        var withdrawal = new Withdrawal(Set.copyOf(List.of(user.getUsername(), item.target)), clock.instant());
        if (leavesUnreviewed(item.privilege, withdrawal)) return Effect.FAILED;
        return taken(PrivilegeProvider.withdraw(session, realm, item.privilege, withdrawal));
    }

    // NB. The officers go with the rule for emergencies, and could not review any more what happened under it.
    private boolean leavesUnreviewed(String privilege, Withdrawal withdrawal) {
        return PrivilegeProvider.find(realm, privilege)
                        .filter(found -> found.emergency().isPresent()
                                && withdrawal.from(found).emergency().isEmpty())
                        .isPresent()
                && new Elevations(session, realm, clock).unreviewed(privilege);
    }

    // NB. By id: another group or role may be called so by now. What nobody knows the id of cannot be taken.
    private Effect take(UserModel user, String id, boolean silently) {
        if (id == null) return Effect.FAILED;
        var group = session.groups().getGroupById(realm, id);
        if (group != null) return leave(user, group, silently);
        return Optional.ofNullable(realm.getRoleById(id))
                .map(role -> lose(user, role, silently))
                .orElse(Effect.GONE);
    }

    private Effect lose(UserModel user, RoleModel role, boolean silently) {
        if (!user.hasDirectRole(role) || leased().test(user, role.getId())) return Effect.GONE;
        if (silently && last(user, Stream.of(role))) return Effect.LAST;
        user.deleteRoleMapping(role);
        return Effect.REMOVED;
    }

    // NB. A member of a group below is a member of the group.
    private Effect leave(UserModel user, GroupModel named, boolean silently) {
        var leased = leased();
        var groups = user.getGroupsStream()
                .filter(group -> within(group, named) && !leased.test(user, group.getId()))
                .toList();
        var roles = groups.stream().flatMap(Revocation::above).flatMap(GroupModel::getRoleMappingsStream);
        if (silently && last(user, roles)) return Effect.LAST;
        groups.forEach(user::leaveGroup);
        return taken(!groups.isEmpty());
    }

    /** Whether nobody else would have a role that administers, of those or in them. */
    private boolean last(UserModel user, Stream<RoleModel> roles) {
        var administering = RoleUtils.expandCompositeRoles(roles.collect(Collectors.toSet())).stream()
                .filter(AdministrativeRoles::contain)
                .toList();
        if (administering.isEmpty()) return false;
        new Elevations(session, realm, clock).turnOfAdministrators();
        var standing = new StandingPrivileges(session, realm, leased());
        return administering.stream().anyMatch(role -> !standing.anotherHolds(role, user));
    }

    private static Stream<GroupModel> above(GroupModel group) {
        return Stream.iterate(group, Objects::nonNull, GroupModel::getParent);
    }

    private static boolean within(GroupModel group, GroupModel named) {
        return above(group).anyMatch(at -> at.getId().equals(named.getId()));
    }

    private BiPredicate<UserModel, String> leased() {
        return new Assignments(session, realm, clock).leased();
    }

    private static Effect taken(boolean there) {
        return there ? Effect.REMOVED : Effect.GONE;
    }
}
