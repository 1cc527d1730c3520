package dev.sallyport.policy;

import dev.sallyport.elevation.realm.CarriedElevations;
import dev.sallyport.elevation.realm.ElevationEnds;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.keycloak.OAuth2Constants;
import org.keycloak.OAuthErrorException;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.token.TokenInterceptorException;
import org.keycloak.protocol.oidc.token.TokenPostProcessor;
import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;
import org.keycloak.protocol.oidc.token.TokenPostProcessorFactory;
import org.keycloak.representations.AccessToken;

/**
 * Lets no token outlive an elevation that it carries, whatever the grant and other mappers made of it since the roles went
 * in, and has it name them, so that introspection can tell when they are over. Makes none in a session that is over with one.
 */
public final class ElevationTokenPostProcessor implements TokenPostProcessor {

    private final KeycloakSession session;

    ElevationTokenPostProcessor(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public void process(TokenPostProcessorContext context) {
        requireOpen(context.clientSessionCtx().getClientSession());
        var token = context.accessToken();
        var elevated = Elevated.carried(context.clientSessionCtx());
        if (token == null) return;
        limitToWhatIsMapped(context, token);
        if (!elevated.isEmpty()) Elevated.into(token, elevated);
        carried(context.clientSessionCtx().getClientSession())
                .mark(
                        token,
                        context.clientSessionCtx()
                                .getClientSession()
                                .getUserSession()
                                .getUser());
        if (elevated.isEmpty()) return;
        exchanged(context).ifPresent(end -> TokenLife.limit(token, end));
    }

    // NB. A session that ends with a privilege is over at that moment, and not when somebody has written it down.
    private void requireOpen(AuthenticatedClientSessionModel clientSession) {
        var ends = new ElevationEnds(session, clientSession.getRealm(), Clock.systemUTC());
        if (!ends.close(clientSession.getUserSession())) return;
        session.getTransactionManager().setRollbackOnly();
        throw new TokenInterceptorException(OAuthErrorException.INVALID_GRANT, ElevationEnds.NOT_ACTIVE);
    }

    // NB. What is mapped to the user is in every token, also in those that carry no elevation: of an offline session,
    // of
    // somebody who impersonates the user, of a client that is shown its roles by a mapper of its own.
    private void limitToWhatIsMapped(TokenPostProcessorContext context, AccessToken token) {
        var making = context.clientSessionCtx();
        AssignedRoles.assignments(session, making)
                .firstEnd(making.getClientSession().getUserSession().getUser())
                .ifPresent(end -> TokenLife.limit(token, end));
    }

    private CarriedElevations carried(AuthenticatedClientSessionModel clientSession) {
        return new CarriedElevations(session, clientSession.getRealm(), Clock.systemUTC());
    }

    // NB. Else a token would be made to last by exchanging it again and again.
    private Optional<Instant> exchanged(TokenPostProcessorContext context) {
        var grant = context.clientSessionCtx().getAttribute(Constants.GRANT_TYPE, String.class);
        if (!OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE.equals(grant)) return Optional.empty();
        return Optional.ofNullable(session.getContext().getHttpRequest().getDecodedFormParameters())
                .map(form -> form.getFirst(OAuth2Constants.SUBJECT_TOKEN))
                .map(raw -> session.tokens().decode(raw, AccessToken.class))
                .map(AccessToken::getExp)
                .filter(exp -> exp != 0)
                .map(Instant::ofEpochSecond);
    }

    /** Runs before the one that judges tokens, and leaves the places behind Keycloak's own to that. */
    public static final class Factory implements TokenPostProcessorFactory {

        @Override
        public ElevationTokenPostProcessor create(KeycloakSession session) {
            return new ElevationTokenPostProcessor(session);
        }

        @Override
        public String getId() {
            return "sallyport-elevation";
        }

        @Override
        public int order() {
            return 10;
        }
    }
}
