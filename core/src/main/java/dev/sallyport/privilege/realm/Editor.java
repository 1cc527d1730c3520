package dev.sallyport.privilege.realm;

import dev.sallyport.privilege.Privilege;
import jakarta.ws.rs.core.Response.Status;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.keycloak.models.ImpersonationSessionNote;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.RoleUtils;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.ErrorResponseException;
import org.keycloak.services.resources.admin.AdminAuth;
import org.keycloak.services.resources.admin.fgap.AdminPermissions;

/** Who changes a privilege, through whichever of the server's interfaces. */
record Editor(KeycloakSession session, UserSessionModel userSession, AccessToken token) {

    private static final String IMPORT = "admin/realms";

    /**
     * The bearer of the token that came with the request. Every interface by which a realm can be changed asks for one, so
     * without one it is the server itself: an import at its start, by whoever has its files and database anyway.
     */
    static Optional<Editor> of(KeycloakSession session) {
        var context = session.getContext();
        if (context.getBearerToken() == null) return Optional.empty();
        var userSession = context.getUserSession();
        if (userSession == null || !(context.getBearerToken() instanceof AccessToken token)) {
            throw forbidden("Nobody can tell who changes this privilege.");
        }
        return Optional.of(new Editor(session, userSession, token));
    }

    String id() {
        return user().getId();
    }

    UserModel user() {
        return userSession.getUser();
    }

    /**
     * Whether this makes a realm that was not there before. Its privileges may name what comes later or not at all, and who
     * makes a realm becomes its administrator: there is nothing to widen.
     */
    boolean makesRealm() {
        return makesRealm(session);
    }

    /** As {@link #makesRealm()}; never what the server does without a request. */
    static boolean makesRealm(KeycloakSession session) {
        if (session.getContext().getBearerToken() == null) return false;
        var path = session.getContext().getUri().getPath();
        return path.replaceAll("^/+|/+$", "").equals(IMPORT);
    }

    /** Refuses who could not give those roles to anybody directly, each that is contained in one of them included. */
    void requireRightToGrant(RealmModel realm, Privilege privilege) {
        var granted = new HashSet<RoleModel>(new GrantedRoles(realm, privilege).roles());
        var caller = new AdminAuth(
                userSession.getRealm(),
                token,
                user(),
                userSession.getRealm().getClientByClientId(token.getIssuedFor()));
        var permissions = AdminPermissions.evaluator(session, realm, caller);
        for (var path : privilege.grants().groups()) {
            var group = KeycloakModelUtils.findGroupByPath(session, realm, path);
            if (group == null) continue;
            if (!permissions.groups().canManageMembership(group)) throw mayNot("members of " + path);
            for (var at = group; at != null; at = at.getParent())
                at.getRoleMappingsStream().forEach(granted::add);
        }
        for (var role : RoleUtils.expandCompositeRoles(granted)) {
            if (!permissions.roles().canMapRole(role)) throw mayNot("the role " + role.getName());
        }
    }

    private static ErrorResponseException mayNot(String what) {
        return forbidden("A privilege that grants " + what + " can be saved only by who may grant that directly.");
    }

    /** Refuses who cannot vouch for what these have edited. */
    void requireAnotherPerson(Set<String> editors) {
        if (editors.contains(id())) throw forbidden("Who edited the privilege cannot confirm it.");
        // NB. Behind both may be the editor: who administers clients has the secrets of their accounts.
        if (user().getServiceAccountClientLink() != null) throw forbidden("Only a person can confirm a privilege.");
        if (userSession.getNote(ImpersonationSessionNote.IMPERSONATOR_ID.toString()) != null) {
            throw forbidden("Nobody can confirm a privilege in the name of somebody else.");
        }
    }

    private static ErrorResponseException forbidden(String description) {
        return new ErrorResponseException("forbidden", description, Status.FORBIDDEN);
    }
}
