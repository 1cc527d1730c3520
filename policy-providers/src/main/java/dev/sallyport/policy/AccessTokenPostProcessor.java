package dev.sallyport.policy;

import dev.sallyport.access.Door;
import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.access.realm.Explanation;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.keycloak.OAuth2Constants;
import org.keycloak.OAuthErrorException;
import org.keycloak.common.util.Time;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.token.TokenInterceptorException;
import org.keycloak.protocol.oidc.token.TokenPostProcessor;
import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;
import org.keycloak.protocol.oidc.token.TokenPostProcessorFactory;
import org.keycloak.representations.AccessToken;

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
            OAuth2Constants.DEVICE_CODE_GRANT_TYPE, Door.DEVICE_GRANT);

    private final KeycloakSession session;

    AccessTokenPostProcessor(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public void process(TokenPostProcessorContext context) {
        var clientSession = context.clientSessionCtx().getClientSession();
        var grant = Optional.ofNullable(context.clientSessionCtx().getAttribute(Constants.GRANT_TYPE, String.class));
        var door = grant.map(DOORS::get).orElse(Door.TOKEN);
        var audience = IssuedAudience.of(Optional.ofNullable(context.accessToken())
                .map(AccessToken::getAudience)
                .orElse(null));
        var judgement = new AccessGate(session)
                .atBackChannel(door, clientSession.getUserSession(), clientSession.getClient(), audience);
        if (judgement.decision().allowed()) {
            judgement.decision().reevaluate().ifPresent(life -> Optional.ofNullable(context.accessToken())
                    .ifPresent(token -> limit(token, life)));
            IssuedAudience.remember(clientSession, audience);
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

    /** Lets a token end no later than that after it was issued. Never lengthens its life. */
    static void limit(AccessToken token, Duration life) {
        long issued = Optional.ofNullable(token.getIat()).orElse((long) Time.currentTime());
        long latest = issued + Math.min(life.toSeconds(), Integer.MAX_VALUE);
        var end = Optional.ofNullable(token.getExp()).filter(exp -> exp != 0); // 0 is Keycloak's "never"
        token.exp(end.map(exp -> Math.min(exp, latest)).orElse(latest));
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
