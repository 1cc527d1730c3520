package dev.sallyport.access.realm;

import org.keycloak.models.ImpersonationSessionNote;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.LoginProtocol;

/** Whether the user is behind a session whose user it is. */
public final class SessionOrigin {

    private SessionOrigin() {}

    /** Whether somebody, or an application, may be in the user's place. */
    public static boolean standsIn(KeycloakSession session, UserSessionModel userSession) {
        // NB. An exchange of tokens leaves only the application's note where no token of an administrator came with it.
        return userSession.getNote(ImpersonationSessionNote.IMPERSONATOR_ID.toString()) != null
                || userSession.getNote(ImpersonationSessionNote.IMPERSONATOR_CLIENT.toString()) != null
                || !beganWithLogin(session, userSession);
    }

    // NB. Impersonation, assertions of other issuers and service accounts make sessions too, and those begin without
    // anybody having shown who they are. A login leaves the protocol that it came by.
    static boolean beganWithLogin(KeycloakSession session, UserSessionModel userSession) {
        var method = userSession.getAuthMethod();
        return method != null
                && session.getKeycloakSessionFactory().getProviderFactory(LoginProtocol.class, method) != null;
    }
}
