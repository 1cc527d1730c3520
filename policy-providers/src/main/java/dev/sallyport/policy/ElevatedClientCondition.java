package dev.sallyport.policy;

import dev.sallyport.elevation.realm.ElevatedCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.grants.device.clientpolicy.context.DeviceTokenRequestContext;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.RefreshToken;
import org.keycloak.representations.idm.ClientPolicyConditionConfigurationRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.ClientPolicyVote;
import org.keycloak.services.clientpolicy.condition.AbstractClientPolicyConditionProvider;
import org.keycloak.services.clientpolicy.condition.AbstractClientPolicyConditionProviderFactory;
import org.keycloak.services.clientpolicy.condition.ClientPolicyConditionProvider;
import org.keycloak.services.clientpolicy.context.ClientPolicyClientSessionContext;
import org.keycloak.services.clientpolicy.context.ImplicitHybridTokenResponse;
import org.keycloak.services.clientpolicy.context.TokenExchangeRequestContext;
import org.keycloak.services.clientpolicy.context.TokenIntrospectContext;
import org.keycloak.services.clientpolicy.context.TokenRefreshContext;
import org.keycloak.services.clientpolicy.context.UserInfoRequestContext;

/**
 * A condition of client policies that is met while an elevation is in effect in the session that a request is about. It
 * keeps out of requests that are about no session.
 */
public final class ElevatedClientCondition
        extends AbstractClientPolicyConditionProvider<ElevatedClientCondition.Configuration> {

    ElevatedClientCondition(KeycloakSession session) {
        super(session);
    }

    /** What an administrator configures of the condition. */
    public static final class Configuration extends ClientPolicyConditionConfigurationRepresentation {

        private List<String> privileges = List.of();

        public List<String> getPrivileges() {
            return privileges;
        }

        public void setPrivileges(List<String> privileges) {
            this.privileges = privileges == null ? List.of() : List.copyOf(privileges);
        }
    }

    @Override
    public Class<Configuration> getConditionConfigurationClass() {
        return Configuration.class;
    }

    @Override
    public String getProviderId() {
        return Factory.ID;
    }

    @Override
    public ClientPolicyVote applyPolicy(ClientPolicyContext context) {
        var check = ElevatedCheck.of(configuration.getPrivileges());
        return userSession(context)
                .map(found -> check.met(session, found) ? ClientPolicyVote.YES : ClientPolicyVote.NO)
                .orElse(ClientPolicyVote.ABSTAIN);
    }

    private Optional<UserSessionModel> userSession(ClientPolicyContext context) {
        if (context instanceof UserInfoRequestContext userinfo) return of(userinfo.getClientSession());
        if (context instanceof ClientPolicyClientSessionContext request) return of(request.getClientSession());
        if (context instanceof ImplicitHybridTokenResponse response) {
            return of(response.getClientSessionContext().getClientSession());
        }
        if (context instanceof TokenRefreshContext refresh) {
            return ofRefreshToken(refresh.getParams().getFirst(OAuth2Constants.REFRESH_TOKEN));
        }
        if (context instanceof TokenIntrospectContext introspection) {
            return ofAccessToken(introspection.getParams().getFirst("token"));
        }
        if (context instanceof TokenExchangeRequestContext exchange) {
            return ofAccessToken(exchange.getTokenExchangeContext().getParams().getSubjectToken());
        }
        if (context instanceof DeviceTokenRequestContext device) {
            return online(device.getDeviceCodeModel().getUserSessionId());
        }
        return Optional.empty();
    }

    private static Optional<UserSessionModel> of(AuthenticatedClientSessionModel clientSession) {
        return Optional.ofNullable(clientSession).map(AuthenticatedClientSessionModel::getUserSession);
    }

    private Optional<UserSessionModel> ofAccessToken(String raw) {
        return Optional.ofNullable(raw)
                .flatMap(token -> SessionToken.decode(session, token))
                .flatMap(SessionToken::userSession);
    }

    private Optional<UserSessionModel> ofRefreshToken(String raw) {
        return Optional.ofNullable(raw)
                .map(token -> session.tokens().decode(token, RefreshToken.class))
                .map(RefreshToken::getSessionId)
                .flatMap(this::online);
    }

    // NB. An offline session is never elevated.
    private Optional<UserSessionModel> online(String id) {
        return Optional.ofNullable(id).map(found -> session.sessions()
                .getUserSession(session.getContext().getRealm(), found));
    }

    /** Shown to administrators as "Active elevation". */
    public static final class Factory extends AbstractClientPolicyConditionProviderFactory {

        static final String ID = "sallyport-elevated";

        private static final List<ProviderConfigProperty> PROPERTIES = properties();

        private static List<ProviderConfigProperty> properties() {
            var properties = new ArrayList<ProviderConfigProperty>();
            addCommonConfigProperties(properties);
            properties.add(new ProviderConfigProperty(
                    "privileges",
                    "Privileges",
                    "Names of privileges of which one has to be in effect. None: any privilege will do.",
                    ProviderConfigProperty.MULTIVALUED_STRING_TYPE,
                    null));
            return List.copyOf(properties);
        }

        @Override
        public ClientPolicyConditionProvider<?> create(KeycloakSession session) {
            return new ElevatedClientCondition(session);
        }

        @Override
        public String getId() {
            return ID;
        }

        @Override
        public String getHelpText() {
            return "Met while an elevation is in effect in the session that a request is about: code exchange, refresh, token"
                    + " exchange, device grant, introspection, userinfo. Other requests are not judged by it.";
        }

        @Override
        public List<ProviderConfigProperty> getConfigProperties() {
            return PROPERTIES;
        }
    }
}
