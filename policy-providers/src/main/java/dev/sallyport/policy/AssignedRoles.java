package dev.sallyport.policy;

import dev.sallyport.elevation.realm.Assignments;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RoleModel;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.representations.AccessToken.Access;
import org.keycloak.utils.RoleResolveUtil;

/**
 * The mappings of a user whose elevation is over are gone from every token, though nothing ran that should have taken them
 * away: it is made up for here.
 */
final class AssignedRoles {

    private AssignedRoles() {}

    static void settle(KeycloakSession session, ClientSessionContext context) {
        var clientSession = context.getClientSession();
        var user = clientSession.getUserSession().getUser();
        if (!assignments(session, context).settle(user)) return;
        // NB. Keycloak may have looked at the mappings before us.
        var left = TokenManager.getAccess(user, clientSession.getClient(), context.getClientScopesStream());
        keep(Optional.ofNullable(RoleResolveUtil.getResolvedRealmRoles(session, context, false)), ofRealm(left));
        RoleResolveUtil.getAllResolvedClientRoles(session, context).entrySet().removeIf(client -> {
            keep(Optional.of(client.getValue()), ofClient(left, client.getKey()));
            return client.getValue().getRoles().isEmpty();
        });
    }

    static Assignments assignments(KeycloakSession session, ClientSessionContext context) {
        return new Assignments(session, context.getClientSession().getRealm(), Clock.systemUTC());
    }

    private static void keep(Optional<Access> access, Set<String> names) {
        access.map(Access::getRoles).ifPresent(roles -> roles.retainAll(names));
    }

    private static Set<String> ofRealm(Set<RoleModel> roles) {
        return roles.stream()
                .filter(role -> !role.isClientRole())
                .map(RoleModel::getName)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Set<String> ofClient(Set<RoleModel> roles, String clientId) {
        return roles.stream()
                .filter(role -> role.getContainer() instanceof ClientModel client
                        && client.getClientId().equals(clientId))
                .map(RoleModel::getName)
                .collect(Collectors.toUnmodifiableSet());
    }
}
