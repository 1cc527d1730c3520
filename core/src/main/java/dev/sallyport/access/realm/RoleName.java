package dev.sallyport.access.realm;

import org.keycloak.models.ClientModel;
import org.keycloak.models.RoleModel;

/** How documents, entries and reports name a role: {@code role}, or {@code client.role} for one of a client. */
public final class RoleName {

    private RoleName() {}

    public static String of(RoleModel role) {
        return role.isClientRole()
                ? ((ClientModel) role.getContainer()).getClientId() + "." + role.getName()
                : role.getName();
    }
}
