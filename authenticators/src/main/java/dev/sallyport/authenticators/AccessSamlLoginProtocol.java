package dev.sallyport.authenticators;

import jakarta.ws.rs.core.Response;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.LoginProtocol;
import org.keycloak.protocol.saml.SamlProtocol;
import org.keycloak.protocol.saml.SamlProtocolFactory;
import org.keycloak.sessions.AuthenticationSessionModel;

/** Keycloak's SAML login, which issues no assertion about a login that is refused. */
public final class AccessSamlLoginProtocol extends SamlProtocol {

    private AccessSamlLoginProtocol() {}

    @Override
    public Response authenticated(
            AuthenticationSessionModel authSession, UserSessionModel userSession, ClientSessionContext context) {
        LastDoor.pass(session, authSession, context.getClientSession());
        return super.authenticated(authSession, userSession, context);
    }

    /** Takes the place of Keycloak's own factory by its order. */
    public static final class Factory extends SamlProtocolFactory {

        @Override
        public LoginProtocol create(KeycloakSession session) {
            return new AccessSamlLoginProtocol().setSession(session);
        }

        @Override
        public int order() {
            return super.order() + 1;
        }
    }
}
