package dev.sallyport.evaluation.realm;

import java.util.Optional;
import org.jboss.logging.Logger;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.OIDCAdvancedConfigWrapper;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.services.util.ResolveRelative;

/**
 * Tells an application that a session of it is over (OpenID Connect Back-Channel Logout 1.0). Signed while there is a
 * transaction to read keys in, and sent when there is none.
 */
record LogoutNotice(String clientId, String sessionId, String url, String token) {

    private static final Logger LOG = Logger.getLogger(LogoutNotice.class);
    private static final String REALMS = "/realms/";

    /** @return empty when the application did not ask to be told */
    static Optional<LogoutNotice> of(
            KeycloakSession session, RealmModel realm, AuthenticatedClientSessionModel clientSession) {
        var client = clientSession.getClient();
        var issuer = Optional.ofNullable(clientSession.getNote(OIDCLoginProtocol.ISSUER));
        var url = Optional.ofNullable(
                        OIDCAdvancedConfigWrapper.fromClientModel(client).getBackchannelLogoutUrl())
                .filter(text -> !text.isBlank());
        if (!OIDCLoginProtocol.LOGIN_PROTOCOL.equals(client.getProtocol()) || issuer.isEmpty() || url.isEmpty()) {
            return Optional.empty();
        }
        try {
            session.getContext().setClient(client);
            var user = clientSession.getUserSession().getUser();
            var token = session.tokens().initLogoutToken(client, user, clientSession);
            var base = base(issuer.get());
            var address = ResolveRelative.resolveRelativeUri(base, base, client.getRootUrl(), url.get());
            return Optional.of(new LogoutNotice(
                    client.getClientId(),
                    clientSession.getUserSession().getId(),
                    address,
                    session.tokens().encode(token)));
        } catch (RuntimeException e) {
            // NB. The session ends all the same.
            LOG.errorf(e, "no logout token for client %s in realm %s", client.getClientId(), realm.getName());
            return Optional.empty();
        }
    }

    // NB. There is no request here that would say how the server is called; the issuer that the client knows does.
    private static String base(String issuer) {
        int realms = issuer.lastIndexOf(REALMS);
        return realms < 0 ? issuer : issuer.substring(0, realms);
    }
}
