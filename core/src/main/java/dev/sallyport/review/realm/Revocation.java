package dev.sallyport.review.realm;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.elevation.realm.Assignments;
import dev.sallyport.privilege.Withdrawal;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.jboss.logging.Logger;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;
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
        /** It could not be taken away here: a directory does not let Keycloak, or nobody can read the privilege. */
        FAILED;

        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Effect of(ReviewItemEntity item) {
        try {
            return effect(item);
        } catch (ReadOnlyException | DocumentFault e) {
            LOG.warnf(e, "what item %s of review %s is about could not be taken away", item.id, item.reviewId);
            return Effect.FAILED;
        }
    }

    private Effect effect(ReviewItemEntity item) {
        var user = session.users().getUserById(realm, item.userId);
        if (user == null) return Effect.GONE;
        return switch (Entitlements.Kind.valueOf(item.kind.toUpperCase(Locale.ROOT))) {
            case USER ->
                taken(PrivilegeProvider.withdraw(
                        session, realm, item.privilege, new Withdrawal(user.getUsername(), clock.instant())));
            case GROUP -> memberships ? leave(user, item.target) : Effect.RECORDED;
            case ROLE -> memberships ? lose(user, item.target) : Effect.RECORDED;
            case STANDING -> standing(user, item);
        };
    }

    private Effect standing(UserModel user, ReviewItemEntity item) {
        if (item.through == null) return lose(user, item.target);
        if (!memberships) return Effect.RECORDED;
        return item.through.startsWith("/") ? leave(user, item.through) : lose(user, item.through);
    }

    private Effect lose(UserModel user, String name) {
        var role = Optional.ofNullable(KeycloakModelUtils.getRoleFromString(session, realm, name))
                .filter(user::hasDirectRole)
                .filter(held -> !leased().test(user, held.getId()));
        role.ifPresent(user::deleteRoleMapping);
        return taken(role.isPresent());
    }

    // NB. A member of a group below is a member of the group.
    private Effect leave(UserModel user, String path) {
        var named = KeycloakModelUtils.findGroupByPath(session, realm, path);
        if (named == null) return Effect.GONE;
        var leased = leased();
        var groups = user.getGroupsStream()
                .filter(group -> within(group, named) && !leased.test(user, group.getId()))
                .toList();
        groups.forEach(user::leaveGroup);
        return taken(!groups.isEmpty());
    }

    private static boolean within(GroupModel group, GroupModel named) {
        for (var at = group; at != null; at = at.getParent()) if (at.getId().equals(named.getId())) return true;
        return false;
    }

    private BiPredicate<UserModel, String> leased() {
        return new Assignments(session, realm, clock).leased();
    }

    private static Effect taken(boolean there) {
        return there ? Effect.REMOVED : Effect.GONE;
    }
}
