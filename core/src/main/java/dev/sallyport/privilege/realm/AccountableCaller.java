package dev.sallyport.privilege.realm;

import java.util.Collection;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.services.ErrorResponseException;

/** Who asks for what has effects after their request is over: as who they are for good, and in nobody else's name. */
public record AccountableCaller(KeycloakSession session, RealmModel realm) {

    /**
     * Refuses accounts of applications, whoever is in the place of somebody else, and who administers for a while only.
     *
     * @throws ErrorResponseException if the bearer of the request's token is one of those
     */
    public void requirePerson() {
        editor().requirePerson(realm);
    }

    /**
     * Refuses who could not take these from anybody directly.
     *
     * @throws ErrorResponseException if the bearer of the request's token is one of those
     */
    public void requireRightToMap(Collection<RoleModel> roles, Collection<GroupModel> groups) {
        editor().requireRightToMap(realm, roles, groups);
    }

    private Editor editor() {
        return Editor.of(session).orElseThrow(() -> Editor.forbidden("Nobody can tell who asks for this."));
    }
}
