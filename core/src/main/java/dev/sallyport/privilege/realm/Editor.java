package dev.sallyport.privilege.realm;

import dev.sallyport.access.realm.SessionOrigin;
import dev.sallyport.privilege.Privilege;
import jakarta.ws.rs.core.Response.Status;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.keycloak.common.Profile;
import org.keycloak.models.GroupModel;
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
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;
import org.keycloak.services.resources.admin.fgap.AdminPermissions;

/** Who changes a privilege, through whichever of the server's interfaces. */
record Editor(KeycloakSession session, UserSessionModel userSession, AccessToken token) {

    private static final String IMPORT = "admin/realms";
    private static final String MANAGE = "manage";

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

    /** Who may be behind the change; the one in whose name it is made last. */
    List<String> behind() {
        var all = new ArrayList<String>();
        if (!person()) all.add(Editors.ANYBODY);
        Optional.ofNullable(userSession.getNote(ImpersonationSessionNote.IMPERSONATOR_ID.toString()))
                .ifPresent(all::add);
        all.add(id());
        return all;
    }

    // NB. Who administers clients has the secrets of their accounts, and who may impersonate has everybody's.
    private boolean person() {
        return user().getServiceAccountClientLink() == null && !SessionOrigin.standsIn(session, userSession);
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
        requireRightToGrant(realm, privilege, permissions(realm));
        standing().ifPresent(user -> requireRightToGrant(realm, privilege, permissions(realm, user)));
    }

    /**
     * Refuses who administers only for a while: a privilege outlasts the elevation by which it would be saved or confirmed,
     * and could be one that leads to more.
     */
    void requireStandingAdministrator(RealmModel realm) {
        standing().filter(user -> !administers(realm, user)).ifPresent(user -> {
            throw forbidden("Who administers for a while changes no privilege, and confirms none.");
        });
    }

    // NB. Fine-grained permissions look at who is in which group by themselves, and would find what is there for a
    // while.
    private boolean administers(RealmModel realm, UserModel user) {
        if (realm.isAdminPermissionsEnabled() || !realm.equals(userSession.getRealm())) return false;
        if (Profile.isFeatureEnabled(Profile.Feature.ADMIN_FINE_GRAINED_AUTHZ)) return false;
        if (permissions(realm, user).realm().canManageRealm()) return true;
        var pack = realm.getClientByClientId(AdministrativeRoles.PACK);
        var manage = pack == null ? null : pack.getRole(MANAGE);
        return manage != null && user.hasRole(manage);
    }

    /** The user without what they have for a while; empty for who has nothing of the kind, and is judged as they are. */
    private Optional<StandingUser> standing() {
        return Optional.of(StandingUser.of(session, userSession.getRealm(), user()))
                .filter(StandingUser::elevated);
    }

    private AdminPermissionEvaluator permissions(RealmModel realm) {
        var client = userSession.getRealm().getClientByClientId(token.getIssuedFor());
        return AdminPermissions.evaluator(session, realm, new AdminAuth(userSession.getRealm(), token, user(), client));
    }

    private AdminPermissionEvaluator permissions(RealmModel realm, UserModel user) {
        return AdminPermissions.evaluator(session, realm, userSession.getRealm(), user);
    }

    private void requireRightToGrant(RealmModel realm, Privilege privilege, AdminPermissionEvaluator permissions) {
        var granted = new HashSet<RoleModel>(new GrantedRoles(realm, privilege).roles());
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

    /** Refuses who could not map each of these roles, and make members of these groups, for good. */
    void requireRightToMap(RealmModel realm, Collection<RoleModel> roles, Collection<GroupModel> groups) {
        requireRightToMap(roles, groups, permissions(realm));
        standing().ifPresent(user -> requireRightToMap(roles, groups, permissions(realm, user)));
    }

    private static void requireRightToMap(
            Collection<RoleModel> roles, Collection<GroupModel> groups, AdminPermissionEvaluator permissions) {
        for (var role : roles) {
            if (!permissions.roles().canMapRole(role)) throw mayNotTake("the role " + role.getName());
        }
        for (var group : groups) {
            if (!permissions.groups().canManageMembership(group)) throw mayNotTake("members of " + group.getName());
        }
    }

    private static ErrorResponseException mayNotTake(String what) {
        return forbidden("This may take away " + what + ", and needs the right to do that directly.");
    }

    /** Refuses whoever is no person, is in somebody else's place, or administers for a while only. */
    void requirePerson(RealmModel realm) {
        if (!person()) throw forbidden("Only a person can ask for this, and in nobody else's name.");
        standing().filter(user -> !administers(realm, user)).ifPresent(user -> {
            throw forbidden("Who administers for a while cannot ask for this.");
        });
    }

    /** Refuses who cannot vouch for what these have edited. */
    void requireAnotherPerson(RealmModel realm, Set<String> editors) {
        if (editors.contains(id())) throw forbidden("Who edited the privilege cannot confirm it.");
        requireStandingAdministrator(realm);
        if (!person()) throw forbidden("Only a person can confirm a privilege, and in nobody else's name.");
    }

    static ErrorResponseException forbidden(String description) {
        return new ErrorResponseException("forbidden", description, Status.FORBIDDEN);
    }
}
