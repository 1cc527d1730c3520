package dev.sallyport.privilege.realm;

import org.keycloak.models.GroupModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;

/** What users have for a while only, though it is mapped to them. */
public interface Leases {

    boolean of(UserModel user, RoleModel role);

    boolean of(UserModel user, GroupModel group);
}
