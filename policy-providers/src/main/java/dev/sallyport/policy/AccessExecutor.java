package dev.sallyport.policy;

import dev.sallyport.access.Door;
import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.access.realm.Explanation;
import jakarta.ws.rs.core.Response.Status;
import java.util.List;
import java.util.Set;
import org.keycloak.Config;
import org.keycloak.OAuth2Constants;
import org.keycloak.OAuthErrorException;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.UserSessionModel;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.RefreshToken;
import org.keycloak.representations.idm.ClientPolicyExecutorConfigurationRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.ClientPolicyException;
import org.keycloak.services.clientpolicy.context.ClientPolicyClientSessionContext;
import org.keycloak.services.clientpolicy.context.ImplicitHybridTokenResponse;
import org.keycloak.services.clientpolicy.context.TokenRefreshContext;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProviderFactory;
import org.keycloak.util.TokenUtil;

/** Refuses a request to the token endpoints that the realm's access policies deny. */
public final class AccessExecutor
        implements ClientPolicyExecutorProvider<ClientPolicyExecutorConfigurationRepresentation> {

    private final KeycloakSession session;

    AccessExecutor(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public String getProviderId() {
        return Factory.ID;
    }

    @Override
    public void executeOnEvent(ClientPolicyContext context) throws ClientPolicyException {
        switch (context.getEvent()) {
            case TOKEN_REQUEST -> judge(Door.CODE_EXCHANGE, context, OAuthErrorException.INVALID_GRANT);
            case USERINFO_REQUEST -> judge(Door.USERINFO, context, OAuthErrorException.INVALID_TOKEN);
            case SERVICE_ACCOUNT_TOKEN_REQUEST ->
                judge(Door.SERVICE_ACCOUNT, context, OAuthErrorException.UNAUTHORIZED_CLIENT);
            case IMPLICIT_HYBRID_TOKEN_RESPONSE -> implicit((ImplicitHybridTokenResponse) context);
            case TOKEN_REFRESH -> refresh((TokenRefreshContext) context);
            default -> {
                // Not a way to a token, or one whose token the post-processor judges.
            }
        }
    }

    private void judge(Door door, ClientPolicyContext context, String error) throws ClientPolicyException {
        var clientSession = ((ClientPolicyClientSessionContext) context).getClientSession();
        judge(door, clientSession.getUserSession(), clientSession, IssuedAudience.lastOf(clientSession), error);
    }

    private void implicit(ImplicitHybridTokenResponse context) throws ClientPolicyException {
        var clientSession = context.getClientSessionContext().getClientSession();
        var token = context.getAccessTokenResponseBuilder().getAccessToken();
        judge(
                Door.TOKEN,
                clientSession.getUserSession(),
                clientSession,
                IssuedAudience.of(token.getAudience()),
                OAuthErrorException.ACCESS_DENIED);
    }

    private void refresh(TokenRefreshContext context) throws ClientPolicyException {
        var raw = context.getParams().getFirst(OAuth2Constants.REFRESH_TOKEN);
        var token = session.tokens().decode(raw, RefreshToken.class);
        // NB. A token that is not ours, or whose session is gone, is refused by Keycloak itself in a moment.
        if (token == null || token.getSessionId() == null) return;
        var realm = session.getContext().getRealm();
        var userSession = TokenUtil.TOKEN_TYPE_OFFLINE.equals(token.getType())
                ? session.sessions().getOfflineUserSession(realm, token.getSessionId())
                : session.sessions().getUserSession(realm, token.getSessionId());
        if (userSession == null) return;
        var clientSession = userSession.getAuthenticatedClientSessionByClient(
                context.getClient().getId());
        if (clientSession == null) return;
        judge(
                Door.REFRESH,
                userSession,
                clientSession,
                IssuedAudience.lastOf(clientSession),
                OAuthErrorException.INVALID_GRANT);
    }

    private void judge(
            Door door,
            UserSessionModel userSession,
            AuthenticatedClientSessionModel clientSession,
            Set<String> audience,
            String error)
            throws ClientPolicyException {
        var judgement = new AccessGate(session).atBackChannel(door, userSession, clientSession.getClient(), audience);
        if (judgement.decision().allowed()) return;
        var line = Explanation.line(session, session.getContext().getRealm(), judgement);
        var status = door == Door.USERINFO ? Status.UNAUTHORIZED : Status.BAD_REQUEST;
        throw new ClientPolicyException(error, line, status);
    }

    /** Shown to administrators as "Conditional access". */
    public static final class Factory implements ClientPolicyExecutorProviderFactory {

        static final String ID = "sallyport-access";

        @Override
        public AccessExecutor create(KeycloakSession session) {
            return new AccessExecutor(session);
        }

        @Override
        public String getId() {
            return ID;
        }

        @Override
        public String getHelpText() {
            return "Refuses code exchange, refresh, userinfo and service accounts to requests that the realm's access"
                    + " policies deny. Use it in a policy with the condition any-client: each access policy says itself for"
                    + " which clients it is.";
        }

        @Override
        public List<ProviderConfigProperty> getConfigProperties() {
            return List.of();
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {}

        @Override
        public void close() {}
    }
}
