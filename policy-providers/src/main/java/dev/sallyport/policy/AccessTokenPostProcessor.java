package dev.sallyport.policy;

import dev.sallyport.access.Door;
import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.access.realm.Explanation;
import dev.sallyport.access.realm.IssuedAudience;
import dev.sallyport.access.realm.TokenAudience;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.keycloak.OAuth2Constants;
import org.keycloak.OAuthErrorException;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oid4vc.model.PreAuthorizedCodeGrant;
import org.keycloak.protocol.oidc.token.TokenInterceptorException;
import org.keycloak.protocol.oidc.token.TokenPostProcessor;
import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;
import org.keycloak.protocol.oidc.token.TokenPostProcessorFactory;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.RefreshToken;
import org.keycloak.util.TokenUtil;

/**
 * The catch-all: judges every token that is about to be issued, by whatever grant, with the audience that it really has,
 * and lets it live no longer than until the policies want to be asked again.
 * There is nothing to configure and so nothing to forget.
 */
public final class AccessTokenPostProcessor implements TokenPostProcessor {

    private static final Map<String, Door> DOORS = Map.of(
            OAuth2Constants.AUTHORIZATION_CODE, Door.CODE_EXCHANGE,
            OAuth2Constants.REFRESH_TOKEN, Door.REFRESH,
            OAuth2Constants.PASSWORD, Door.DIRECT_GRANT,
            OAuth2Constants.CLIENT_CREDENTIALS, Door.SERVICE_ACCOUNT,
            OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE, Door.TOKEN_EXCHANGE,
            OAuth2Constants.DEVICE_CODE_GRANT_TYPE, Door.DEVICE_GRANT,
            OAuth2Constants.CIBA_GRANT_TYPE, Door.CIBA,
            OAuth2Constants.JWT_AUTHORIZATION_GRANT, Door.JWT_GRANT,
            OAuth2Constants.UMA_GRANT_TYPE, Door.UMA,
            PreAuthorizedCodeGrant.PRE_AUTH_GRANT_TYPE, Door.PRE_AUTHORIZED_CODE);

    private final KeycloakSession session;

    AccessTokenPostProcessor(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public void process(TokenPostProcessorContext context) {
        var clientSession = context.clientSessionCtx().getClientSession();
        var door = door(context.clientSessionCtx());
        var requester = requester(context.accessToken(), clientSession);
        var audience = audience(context, requester);
        var gate = new AccessGate(session);
        var judgement = gate.atBackChannel(door, clientSession.getUserSession(), requester, audience);
        if (judgement.decision().allowed()) {
            gate.issued(clientSession.getUserSession(), requester);
            judgement.decision().reevaluate().ifPresent(life -> Optional.ofNullable(context.accessToken())
                    .ifPresent(token -> TokenLife.limit(token, life)));
            if (context.refreshToken() != null) remember(context.refreshToken(), requester, clientSession, audience);
            return;
        }
        // NB. By now the grant may have made a session and used up a refresh token; neither must outlive the refusal.
        session.getTransactionManager().setRollbackOnly();
        var error = door == Door.SERVICE_ACCOUNT
                ? OAuthErrorException.UNAUTHORIZED_CLIENT
                : OAuthErrorException.INVALID_GRANT;
        throw new TokenInterceptorException(
                error, Explanation.line(session, session.getContext().getRealm(), judgement));
    }

    private Door door(ClientSessionContext context) {
        return Optional.ofNullable(context.getAttribute(Constants.GRANT_TYPE, String.class))
                .map(DOORS::get)
                .or(() -> UnnamedGrant.door(session))
                .orElse(Door.TOKEN);
    }

    // NB. A permission, and an exchange of the first version, are made out in the session of the client that is
    // reached;
    // the token itself says which client has asked for it.
    private ClientModel requester(AccessToken token, AuthenticatedClientSessionModel clientSession) {
        return Optional.ofNullable(token)
                .map(AccessToken::getIssuedFor)
                .map(session.getContext().getRealm()::getClientByClientId)
                .orElseGet(clientSession::getClient);
    }

    private Set<String> audience(TokenPostProcessorContext context, ClientModel requester) {
        var audience = new HashSet<>(TokenAudience.of(session, context.accessToken(), context.clientSessionCtx()));
        var reached = context.clientSessionCtx().getClientSession().getClient();
        if (!reached.equals(requester)) audience.add(reached.getClientId());
        return audience;
    }

    private void remember(
            RefreshToken token,
            ClientModel requester,
            AuthenticatedClientSessionModel clientSession,
            Set<String> audience) {
        if (!clientSession.getClient().equals(requester)) return;
        IssuedAudience.remember(clientSession, audience);
        if (!TokenUtil.TOKEN_TYPE_OFFLINE.equals(token.getType())) return;
        // NB. The offline session is a copy, and was made before.
        var offline = session.sessions()
                .getOfflineUserSession(
                        session.getContext().getRealm(),
                        clientSession.getUserSession().getId());
        Optional.ofNullable(offline)
                .map(copy -> copy.getAuthenticatedClientSessionByClient(requester.getId()))
                .ifPresent(copy -> IssuedAudience.remember(copy, audience));
    }

    /** Runs after every other post-processor, so that nothing is added to a token once it has been judged. */
    public static final class Factory implements TokenPostProcessorFactory {

        @Override
        public AccessTokenPostProcessor create(KeycloakSession session) {
            return new AccessTokenPostProcessor(session);
        }

        @Override
        public String getId() {
            return "sallyport-access";
        }

        @Override
        public int order() {
            return Integer.MIN_VALUE;
        }
    }
}
