package dev.sallyport.elevation.realm;

import dev.sallyport.privilege.realm.Leases;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;

/** The leases of elevations, looked up once a user. */
public final class AssignedLeases implements Leases {

    private final Assignments assignments;
    private final Map<String, List<AssignmentEntity>> known = new HashMap<>();

    public AssignedLeases(KeycloakSession session, RealmModel realm, Clock clock) {
        this.assignments = new Assignments(session, realm, clock);
    }

    @Override
    public boolean of(UserModel user, RoleModel role) {
        return leased(user, AssignmentTarget.ROLE, role.getId());
    }

    @Override
    public boolean of(UserModel user, GroupModel group) {
        return leased(user, AssignmentTarget.GROUP, group.getId());
    }

    private boolean leased(UserModel user, String kind, String id) {
        return known.computeIfAbsent(user.getId(), assignments::ofUser).stream()
                .anyMatch(lease -> lease.kind.equals(kind) && lease.targetId.equals(id));
    }
}
