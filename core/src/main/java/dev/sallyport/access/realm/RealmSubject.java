package dev.sallyport.access.realm;

import dev.sallyport.access.Subject;
import dev.sallyport.access.Truth;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** A user of a realm, as policies see one. Groups and roles come from the realm cache. */
public record RealmSubject(KeycloakSession session, RealmModel realm, UserModel user) implements Subject {

    @Override
    public String id() {
        return user.getId();
    }

    @Override
    public String username() {
        return user.getUsername();
    }

    @Override
    public boolean serviceAccount() {
        return user.getServiceAccountClientLink() != null;
    }

    @Override
    public Truth memberOf(String groupPath) {
        var group = KeycloakModelUtils.findGroupByPath(session, realm, groupPath);
        return group == null ? Truth.UNKNOWN : Truth.of(user.isMemberOf(group));
    }

    @Override
    public Truth holds(String name) {
        var role = KeycloakModelUtils.getRoleFromString(session, realm, name);
        return role == null ? Truth.UNKNOWN : Truth.of(user.hasRole(role));
    }
}
