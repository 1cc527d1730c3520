package dev.sallyport.policy;

import dev.sallyport.access.Door;
import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.access.realm.AccessGate.Judgement;
import dev.sallyport.access.realm.Explanation;
import dev.sallyport.access.realm.IssuedAudience;
import dev.sallyport.access.realm.TokenAudience;
import dev.sallyport.elevation.realm.ElevationEnds;
import jakarta.ws.rs.core.Response.Status;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.keycloak.Config;
import org.keycloak.OAuth2Constants;
import org.keycloak.OAuthErrorException;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.FederatedIdentityModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.grants.ciba.clientpolicy.context.CIBAContext;
import org.keycloak.protocol.oidc.grants.device.clientpolicy.context.DeviceTokenRequestContext;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.RefreshToken;
import org.keycloak.representations.idm.ClientPolicyExecutorConfigurationRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.ClientPolicyException;
import org.keycloak.services.clientpolicy.context.ClientCRUDContext;
import org.keycloak.services.clientpolicy.context.ClientPolicyClientSessionContext;
import org.keycloak.services.clientpolicy.context.DynamicClientRegisterContext;
import org.keycloak.services.clientpolicy.context.DynamicClientUnregisterContext;
import org.keycloak.services.clientpolicy.context.DynamicClientUpdateContext;
import org.keycloak.services.clientpolicy.context.DynamicClientViewContext;
import org.keycloak.services.clientpolicy.context.ImplicitHybridTokenResponse;
import org.keycloak.services.clientpolicy.context.JWTAuthorizationGrantContext;
import org.keycloak.services.clientpolicy.context.TokenExchangeRequestContext;
import org.keycloak.services.clientpolicy.context.TokenRefreshContext;
import org.keycloak.services.clientpolicy.context.UserInfoRequestContext;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProviderFactory;
import org.keycloak.util.TokenUtil;

/** Refuses a request to the token endpoints that the realm's access policies deny. */
public final class AccessExecutor
        implements ClientPolicyExecutorProvider<ClientPolicyExecutorConfigurationRepresentation> {

    private static final String ACCESS_DENIED = OAuthErrorException.ACCESS_DENIED;
    private static final String NOBODY = "The token stands for nobody.";

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
            case USERINFO_REQUEST -> userinfo((UserInfoRequestContext) context);
            case SERVICE_ACCOUNT_TOKEN_REQUEST ->
                judge(Door.SERVICE_ACCOUNT, context, OAuthErrorException.UNAUTHORIZED_CLIENT);
            case IMPLICIT_HYBRID_TOKEN_RESPONSE -> implicit((ImplicitHybridTokenResponse) context);
            case TOKEN_REFRESH -> refresh((TokenRefreshContext) context);
            case TOKEN_EXCHANGE_REQUEST -> exchange((TokenExchangeRequestContext) context);
            case DEVICE_TOKEN_REQUEST -> device((DeviceTokenRequestContext) context);
            case BACKCHANNEL_AUTHENTICATION_REQUEST -> backchannel((CIBAContext) context, ACCESS_DENIED);
            case BACKCHANNEL_TOKEN_REQUEST -> backchannel((CIBAContext) context, OAuthErrorException.INVALID_GRANT);
            case JWT_AUTHORIZATION_GRANT -> assertion((JWTAuthorizationGrantContext) context);
            case IDENTITY_BROKERING_API -> brokering();
            case REGISTER, VIEW, UPDATE, UNREGISTER -> registration((ClientCRUDContext) context);
            default -> {
                // Not a way to a token, or one whose token the post-processor judges.
            }
        }
    }

    private void judge(Door door, ClientPolicyContext context, String error) throws ClientPolicyException {
        var clientSession = ((ClientPolicyClientSessionContext) context).getClientSession();
        judge(door, clientSession.getUserSession(), clientSession, IssuedAudience.lastOf(clientSession), error);
    }

    private void userinfo(UserInfoRequestContext context) throws ClientPolicyException {
        var clientSession = context.getClientSession();
        // NB. As wherever a token is made: over at that moment, and not when somebody has written it down.
        var ends = new ElevationEnds(session, session.getContext().getRealm(), Clock.systemUTC());
        if (ends.close(clientSession.getUserSession())) {
            throw new ClientPolicyException(
                    OAuthErrorException.INVALID_TOKEN, ElevationEnds.NOT_ACTIVE, Status.UNAUTHORIZED);
        }
        var token = session.tokens().decode(context.getTokenForUserInfo().getToken(), AccessToken.class);
        judge(
                Door.USERINFO,
                clientSession.getUserSession(),
                clientSession,
                TokenAudience.of(session, token, Optional.of(clientSession)),
                OAuthErrorException.INVALID_TOKEN);
    }

    private void implicit(ImplicitHybridTokenResponse context) throws ClientPolicyException {
        var clientSession = context.getClientSessionContext().getClientSession();
        var token = context.getAccessTokenResponseBuilder().getAccessToken();
        judge(
                Door.IMPLICIT_FLOW,
                clientSession.getUserSession(),
                clientSession,
                TokenAudience.of(session, token, context.getClientSessionContext()),
                ACCESS_DENIED);
    }

    // NB. The new token is judged when it is made. This is about the old one: a token that is dead at introspection
    // must
    // not come to life again as another.
    private void exchange(TokenExchangeRequestContext context) throws ClientPolicyException {
        var raw = context.getTokenExchangeContext().getParams().getSubjectToken();
        var subject = SessionToken.decode(session, raw);
        if (subject.isEmpty()) return;
        refuse(Door.TOKEN_EXCHANGE, subject.get().at(Door.TOKEN_EXCHANGE, Set.of()), OAuthErrorException.INVALID_GRANT);
    }

    private void device(DeviceTokenRequestContext context) throws ClientPolicyException {
        var keycloak = session.getContext();
        var userSession = session.sessions()
                .getUserSession(
                        keycloak.getRealm(), context.getDeviceCodeModel().getUserSessionId());
        var clientSession = userSession.getAuthenticatedClientSessionByClient(
                keycloak.getClient().getId());
        judge(
                Door.DEVICE_GRANT,
                userSession,
                clientSession,
                IssuedAudience.lastOf(clientSession),
                OAuthErrorException.INVALID_GRANT);
    }

    private void backchannel(CIBAContext context, String error) throws ClientPolicyException {
        var request = context.getParsedRequest();
        var user = session.users().getUserById(session.getContext().getRealm(), request.getSubject());
        if (user == null) return; // Keycloak refuses by itself
        refuse(Door.CIBA, new AccessGate(session).beforeSession(Door.CIBA, user, request.getClient()), error);
    }

    private void assertion(JWTAuthorizationGrantContext context) throws ClientPolicyException {
        var subject = context.getAuthorizationGrantContext().getJWT().getSubject();
        var identity = new FederatedIdentityModel(context.getIdentityProviderAlias(), subject, subject);
        var user =
                session.users().getUserByFederatedIdentity(session.getContext().getRealm(), identity);
        if (user == null) return; // a provider that names its users otherwise; the post-processor judges the token
        refuse(
                Door.JWT_GRANT,
                new AccessGate(session).withoutSession(Door.JWT_GRANT, user, context.getClient(), Set.of()),
                OAuthErrorException.INVALID_GRANT);
    }

    private void brokering() throws ClientPolicyException {
        var shown = (AccessToken) session.getContext().getBearerToken();
        var token = SessionToken.of(session, shown);
        if (token.isEmpty()) throw new ClientPolicyException(ACCESS_DENIED, NOBODY);
        refuse(Door.BROKERING_API, token.get().at(Door.BROKERING_API, Set.of()), ACCESS_DENIED);
    }

    // NB. The only API of Keycloak's that looks at a user's token by itself.
    private void registration(ClientCRUDContext context) throws ClientPolicyException {
        if (!dynamic(context) || !(context.getToken() instanceof AccessToken shown)) return;
        if (!TokenUtil.TOKEN_TYPE_BEARER.equals(shown.getType())) return; // stands for a client, not for a user
        var token = SessionToken.of(session, shown);
        if (token.isEmpty()) throw new ClientPolicyException(ACCESS_DENIED, NOBODY);
        refuse(Door.CLIENT_REGISTRATION, token.get().at(Door.CLIENT_REGISTRATION, Set.of()), ACCESS_DENIED);
    }

    // NB. The admin API comes by here too, with tokens of administrators of other realms.
    private static boolean dynamic(ClientCRUDContext context) {
        return context instanceof DynamicClientRegisterContext
                || context instanceof DynamicClientViewContext
                || context instanceof DynamicClientUpdateContext
                || context instanceof DynamicClientUnregisterContext;
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
        refuse(
                door,
                new AccessGate(session).atBackChannel(door, userSession, clientSession.getClient(), audience),
                error);
    }

    private static Status status(Door door) {
        return door == Door.USERINFO ? Status.UNAUTHORIZED : Status.BAD_REQUEST;
    }

    private void refuse(Door door, Judgement judgement, String error) throws ClientPolicyException {
        if (judgement.decision().allowed()) return;
        var line = Explanation.line(session, session.getContext().getRealm(), judgement);
        throw new ClientPolicyException(error, line, status(door));
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
            return "Refuses code exchange, refresh, token exchange, device grant, CIBA, assertions, userinfo and service"
                    + " accounts to requests that the realm's access policies deny. Use it in a policy with the condition any-client: each access policy says itself for"
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
