package dev.sallyport.authenticators;

import dev.sallyport.access.realm.Reauthentication;
import jakarta.ws.rs.core.Response;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.LoginProtocol;
import org.keycloak.protocol.docker.DockerAuthV2Protocol;
import org.keycloak.protocol.docker.DockerAuthV2ProtocolFactory;
import org.keycloak.sessions.AuthenticationSessionModel;

/** Keycloak's login to container registries, which makes its tokens by itself. */
public final class AccessDockerLoginProtocol extends DockerAuthV2Protocol {

    private final KeycloakSession session;

    private AccessDockerLoginProtocol(KeycloakSession session) {
        this.session = session;
        setSession(session);
    }

    @Override
    public Response authenticated(
            AuthenticationSessionModel authSession, UserSessionModel userSession, ClientSessionContext context) {
        return LastDoor.page(session, authSession, context.getClientSession())
                .orElseGet(() -> super.authenticated(authSession, userSession, context));
    }

    // NB. Here, so that the login is asked for by Keycloak's own cookie step in whatever flow, with all that the flow
    // has.
    @Override
    public boolean requireReauthentication(UserSessionModel userSession, AuthenticationSessionModel authSession) {
        return Reauthentication.insteadOfReentry(userSession, authSession)
                || super.requireReauthentication(userSession, authSession);
    }

    /** Takes the place of Keycloak's own factory by its order; there only where the feature is. */
    public static final class Factory extends DockerAuthV2ProtocolFactory {

        @Override
        public LoginProtocol create(KeycloakSession session) {
            return new AccessDockerLoginProtocol(session);
        }

        @Override
        public int order() {
            return super.order() + 1;
        }
    }
}
