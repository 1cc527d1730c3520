package dev.sallyport.authenticators;

import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.access.realm.Reauthentication;
import dev.sallyport.elevation.realm.Assignments;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Clock;
import org.keycloak.Config;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.LoginProtocol;
import org.keycloak.protocol.saml.SamlProtocol;
import org.keycloak.protocol.saml.SamlProtocolFactory;
import org.keycloak.protocol.saml.SamlService;
import org.keycloak.protocol.saml.profile.ecp.SamlEcpProfileService;
import org.keycloak.saml.processing.api.util.DeflateUtil;
import org.keycloak.saml.validators.DestinationValidator;
import org.keycloak.sessions.AuthenticationSessionModel;

/** Keycloak's SAML login, which issues no assertion about a login that is refused. */
public final class AccessSamlLoginProtocol extends SamlProtocol {

    private AccessSamlLoginProtocol() {}

    @Override
    public Response authenticated(
            AuthenticationSessionModel authSession, UserSessionModel userSession, ClientSessionContext context) {
        // NB. An assertion has no mapper of ours that would see to it.
        new Assignments(session, userSession.getRealm(), Clock.systemUTC()).settle(userSession.getUser());
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
    public static final class Factory extends SamlProtocolFactory {

        private Limits limits;

        @Override
        public void init(Config.Scope config) {
            super.init(config);
            limits = new Limits(
                    config.getLong("maxInflatingSize", DeflateUtil.DEFAULT_MAX_INFLATING_SIZE),
                    DestinationValidator.forProtocolMap(config.getArray("knownProtocols")));
        }

        @Override
        public Object createProtocolEndpoint(KeycloakSession session, EventBuilder event) {
            return new Service(session, event, limits);
        }

        @Override
        public LoginProtocol create(KeycloakSession session) {
            return new AccessSamlLoginProtocol().setSession(session);
        }

        @Override
        public int order() {
            return super.order() + 1;
        }
    }

    /** What the endpoints are configured with; Keycloak's factory keeps it to itself. */
    private record Limits(long inflating, DestinationValidator destinations) {}

    private static final class Service extends SamlService {

        private final Limits limits;

        Service(KeycloakSession session, EventBuilder event, Limits limits) {
            super(session, event, limits.inflating(), limits.destinations());
            this.limits = limits;
        }

        @Override
        protected Response handleBrowserAuthenticationRequest(
                AuthenticationSessionModel authSession, LoginProtocol protocol, boolean passive, boolean redirect) {
            AccessGate.prepare(session);
            return super.handleBrowserAuthenticationRequest(
                    authSession, SilentLogin.of(session, protocol), passive, redirect);
        }

        @Override
        public Response soapBinding(InputStream message) {
            return new Soap(session, event, limits).authenticate(message);
        }
    }

    /** The profile for enhanced clients, which log in with a password and no browser. */
    private static final class Soap extends SamlEcpProfileService {

        Soap(KeycloakSession session, EventBuilder event, Limits limits) {
            super(session, event, limits.inflating(), limits.destinations());
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
