package dev.sallyport.policy;

import dev.sallyport.access.Door;
import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.access.realm.Explanation;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Set;
import org.keycloak.OAuthErrorException;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.TokenExchangeContext;
import org.keycloak.protocol.oidc.TokenExchangeProvider;
import org.keycloak.protocol.oidc.tokenexchange.V1TokenExchangeProvider;
import org.keycloak.protocol.oidc.tokenexchange.V1TokenExchangeProviderFactory;
import org.keycloak.services.CorsErrorResponseException;

/**
 * Token exchange of the first version, which gives out more than this realm's tokens: SAML assertions, and tokens of other
 * identity providers. Nothing else sees those leave.
 */
public final class AccessTokenExchange extends V1TokenExchangeProvider {

    private AccessTokenExchange() {}

    @Override
    public Response exchange(TokenExchangeContext context) {
        UnnamedGrant.is(context.getSession(), Door.TOKEN_EXCHANGE);
        return super.exchange(context);
    }

    @Override
    protected Response exchangeClientToSAML2Client(
            UserModel user, UserSessionModel userSession, String requestedTokenType, List<ClientModel> targets) {
        ask(userSession, Set.of(getTargetClient(targets).getClientId()));
        return super.exchangeClientToSAML2Client(user, userSession, requestedTokenType, targets);
    }

    @Override
    protected Response exchangeToIdentityProvider(UserModel user, UserSessionModel userSession, String issuer) {
        ask(userSession, Set.of());
        return super.exchangeToIdentityProvider(user, userSession, issuer);
    }

    private void ask(UserSessionModel userSession, Set<String> audience) {
        var judgement = new AccessGate(session).atBackChannel(Door.TOKEN_EXCHANGE, userSession, client, audience);
        if (judgement.decision().allowed()) return;
        event.detail(Details.REASON, "denied by access policy");
        event.error(Errors.ACCESS_DENIED);
        session.getTransactionManager().setRollbackOnly();
        throw new CorsErrorResponseException(
                cors,
                OAuthErrorException.INVALID_GRANT,
                Explanation.line(session, realm, judgement),
                Response.Status.BAD_REQUEST);
    }

    /** Takes the place of Keycloak's own factory by its order; there only where the feature is. */
    public static final class Factory extends V1TokenExchangeProviderFactory {

        @Override
        public TokenExchangeProvider create(KeycloakSession session) {
            return new AccessTokenExchange();
        }

        @Override
        public int order() {
            return super.order() + 1;
        }
    }
}
