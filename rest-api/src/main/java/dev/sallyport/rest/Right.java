package dev.sallyport.rest;

import java.util.List;
import org.keycloak.models.RealmModel;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/** What a caller may do, by the roles of the realm's client {@code sallyport} that carry it. */
enum Right {
    MANAGE("manage"),
    VIEW("manage", "view"),
    INGEST("manage", "ingest"),
    AUDIT("manage", "audit"),
    /** Sees who is privileged and what they do: who administers, or who answers for it. */
    WATCH("manage", "view", "audit");

    private static final String CLIENT = "sallyport";

    private final List<String> roles;

    Right(String... roles) {
        this.roles = List.of(roles);
    }

    /**
     * Whether the caller has this right in that realm. Who may manage the realm may do everything; who may only view it may
     * not: devices and the audit log say more about people than a realm's configuration does.
     */
    boolean heldBy(AdminPermissionEvaluator caller, RealmModel realm) {
        if (caller.realm().canManageRealm()) return true;
        var client = realm.getClientByClientId(CLIENT);
        // NB. A caller from another realm, master for one, may hold roles of that realm's client of the same name.
        if (client == null || !caller.adminAuth().getRealm().getId().equals(realm.getId())) return false;
        return roles.stream().anyMatch(role -> caller.adminAuth().hasAppRole(client, role));
    }

    @Override
    public String toString() {
        return String.join(" or ", roles);
    }
}
