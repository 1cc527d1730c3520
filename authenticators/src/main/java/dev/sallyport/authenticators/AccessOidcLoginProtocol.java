package dev.sallyport.authenticators;

import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.access.realm.Reauthentication;
import jakarta.ws.rs.core.Response;
import org.keycloak.Config;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.LoginProtocol;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.OIDCLoginProtocolFactory;
import org.keycloak.protocol.oidc.OIDCLoginProtocolService;
import org.keycloak.protocol.oidc.OIDCProviderConfig;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpoint;
import org.keycloak.sessions.AuthenticationSessionModel;

/** Keycloak's OpenID Connect login, which tells no application of a login that is refused. */
public final class AccessOidcLoginProtocol extends OIDCLoginProtocol {

    private AccessOidcLoginProtocol(OIDCProviderConfig config) {
        super(config);
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

    /** Takes the place of Keycloak's own factory by its order. */
    public static final class Factory extends OIDCLoginProtocolFactory {

        private OIDCProviderConfig config;

        @Override
        public void init(Config.Scope scope) {
            super.init(scope);
            config = new OIDCProviderConfig(scope);
        }

        @Override
        public LoginProtocol create(KeycloakSession session) {
            return new AccessOidcLoginProtocol(config).setSession(session);
        }

        @Override
        public Object createProtocolEndpoint(KeycloakSession session, EventBuilder event) {
            return new OIDCLoginProtocolService(session, event) {
                @Override
                public Object auth() {
                    return new Authorization(session, event);
                }
            };
        }

        @Override
        public int order() {
            return super.order() + 1;
        }
    }

    private static final class Authorization extends AuthorizationEndpoint {

        Authorization(KeycloakSession session, EventBuilder event) {
            super(session, event);
        }

        @Override
        protected Response handleBrowserAuthenticationRequest(
                AuthenticationSessionModel authSession, LoginProtocol protocol, boolean passive, boolean redirect) {
            AccessGate.prepare(session);
            return super.handleBrowserAuthenticationRequest(
                    authSession, SilentLogin.of(session, protocol), passive, redirect);
        }
    }
}
