package dev.sallyport.privilege.realm;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.ClientModel;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.RoleUtils;
import org.keycloak.models.utils.UserModelDelegate;

/** A user with what is theirs for good, and without the roles and memberships that elevations have mapped for a while. */
final class StandingUser extends UserModelDelegate {

    // NB. By its name, since who has what for a while is known by those who call us.
    private static final String LEASED =
            "select a.targetId, a.removedAt from AssignmentEntity a where a.realmId = :realmId and a.userId = :userId";

    private final Set<String> leased;

    private StandingUser(UserModel user, Set<String> leased) {
        super(user);
        this.leased = leased;
    }

    static StandingUser of(KeycloakSession session, RealmModel realm, UserModel user) {
        var leases = session.getProvider(JpaConnectionProvider.class)
                .getEntityManager()
                .createQuery(LEASED, Object[].class)
                .setParameter("realmId", realm.getId())
                .setParameter("userId", user.getId())
                .getResultList();
        new KnownUser(session, user).doubt(targets(leases, removedAt -> removedAt != null));
        return new StandingUser(user, targets(leases, Objects::isNull));
    }

    private static Set<String> targets(List<Object[]> leases, Predicate<Object> removed) {
        return leases.stream()
                .filter(lease -> removed.test(lease[1]))
                .map(lease -> (String) lease[0])
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether they have something for a while besides. */
    boolean elevated() {
        return !leased.isEmpty();
    }

    @Override
    public Stream<RoleModel> getRoleMappingsStream() {
        return super.getRoleMappingsStream().filter(role -> !leased.contains(role.getId()));
    }

    @Override
    public Stream<RoleModel> getRealmRoleMappingsStream() {
        return super.getRealmRoleMappingsStream().filter(role -> !leased.contains(role.getId()));
    }

    @Override
    public Stream<RoleModel> getClientRoleMappingsStream(ClientModel client) {
        return super.getClientRoleMappingsStream(client).filter(role -> !leased.contains(role.getId()));
    }

    @Override
    public Stream<GroupModel> getGroupsStream() {
        return super.getGroupsStream().filter(group -> !leased.contains(group.getId()));
    }

    @Override
    public boolean isMemberOf(GroupModel group) {
        return RoleUtils.isMember(getGroupsStream(), group);
    }

    @Override
    public boolean hasDirectRole(RoleModel role) {
        return getRoleMappingsStream().anyMatch(role::equals);
    }

    @Override
    public boolean hasRole(RoleModel role) {
        return RoleUtils.hasRole(getRoleMappingsStream(), role)
                || RoleUtils.hasRoleFromGroup(getGroupsStream(), role, true);
    }
}
