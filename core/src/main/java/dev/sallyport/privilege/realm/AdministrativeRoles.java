package dev.sallyport.privilege.realm;

import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.keycloak.Config;
import org.keycloak.models.AdminRoles;
import org.keycloak.models.ClientModel;
import org.keycloak.models.Constants;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.utils.RoleUtils;

/**
 * The roles that administer the server, a realm or this pack. Some versions of Keycloak believe a token that claims one of
 * them, so none may be had by token.
 */
public final class AdministrativeRoles {

    /** The client that holds the pack's own. */
    static final String PACK = "sallyport";

    private static final String OTHER_REALM = "-realm";
    private static final Set<String> CLIENTS =
            Set.of(Constants.REALM_MANAGEMENT_CLIENT_ID, Constants.ADMIN_PERMISSIONS_CLIENT_ID, PACK);

    private AdministrativeRoles() {}

    /** Whether who has this role administers, be it by a role that it contains. */
    public static boolean reachedBy(RoleModel role) {
        return RoleUtils.expandCompositeRoles(Set.of(role)).stream().anyMatch(AdministrativeRoles::contain);
    }

    /** The clients whose roles these can be. */
    public static Stream<ClientModel> clients(RealmModel realm) {
        return master(realm)
                ? realm.getClientsStream()
                : CLIENTS.stream().map(realm::getClientByClientId).filter(Objects::nonNull);
    }

    /** Whether it is one of them by itself. */
    public static boolean contain(RoleModel role) {
        if (role.isClientRole()) {
            var client = (ClientModel) role.getContainer();
            return CLIENTS.contains(client.getClientId())
                    || (master(client.getRealm()) && client.getClientId().endsWith(OTHER_REALM));
        }
        return AdminRoles.ALL_ROLES.contains(role.getName())
                && role.getContainer() instanceof RealmModel realm
                && master(realm);
    }

    private static boolean master(RealmModel realm) {
        return Config.getAdminRealm().equals(realm.getName());
    }
}
