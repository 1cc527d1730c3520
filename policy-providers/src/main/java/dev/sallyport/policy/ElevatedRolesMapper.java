package dev.sallyport.policy;

import dev.sallyport.elevation.realm.ElevatedAccess;
import java.util.List;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.mappers.AbstractOIDCProtocolMapper;
import org.keycloak.protocol.oidc.mappers.OIDCAccessTokenMapper;
import org.keycloak.protocol.oidc.mappers.TokenIntrospectionTokenMapper;
import org.keycloak.protocol.oidc.mappers.UserInfoTokenMapper;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.AccessToken;
import org.keycloak.utils.RoleResolveUtil;

/**
 * Adds the roles of active elevations to those that the user holds, before any other mapper looks at them. So access token,
 * audience, userinfo and introspection have them alike, and no mapping of the user is touched.
 */
public final class ElevatedRolesMapper extends AbstractOIDCProtocolMapper
        implements OIDCAccessTokenMapper, UserInfoTokenMapper, TokenIntrospectionTokenMapper {

    static final String ID = "sallyport-elevated-roles";

    // NB. Whether a claim shows the roles is for the mappers to say that come after, as for roles that the user holds.
    @Override
    public AccessToken transformAccessToken(
            AccessToken token,
            ProtocolMapperModel mapper,
            KeycloakSession session,
            UserSessionModel userSession,
            ClientSessionContext context) {
        AssignedRoles.settle(session, context);
        var elevated = ofWhoAsks(session, context);
        elevated.forEach(access -> add(session, context, access));
        // NB. Here already, since the ID token that is made next takes its end from this one.
        Elevated.into(token, elevated);
        Elevated.remember(context, elevated);
        return token;
    }

    @Override
    public AccessToken transformUserInfoToken(
            AccessToken token,
            ProtocolMapperModel mapper,
            KeycloakSession session,
            UserSessionModel userSession,
            ClientSessionContext context) {
        AssignedRoles.settle(session, context);
        ElevatedAccess.of(session, context).forEach(access -> add(session, context, access));
        return token;
    }

    @Override
    public AccessToken transformIntrospectionToken(
            AccessToken token,
            ProtocolMapperModel mapper,
            KeycloakSession session,
            UserSessionModel userSession,
            ClientSessionContext context) {
        AssignedRoles.settle(session, context);
        ElevatedAccess.of(session, context).forEach(access -> add(session, context, access));
        return token;
    }

    // NB. Some grants make the token in the session of the client that is reached and not of the one that will have it.
    private static List<ElevatedAccess> ofWhoAsks(KeycloakSession session, ClientSessionContext context) {
        var elevated = ElevatedAccess.of(session, context);
        var asking = session.getContext().getClient();
        boolean other =
                asking != null && !asking.equals(context.getClientSession().getClient());
        return other
                ? elevated.stream()
                        .flatMap(access -> access.within(asking).stream())
                        .toList()
                : elevated;
    }

    private static void add(KeycloakSession session, ClientSessionContext context, ElevatedAccess elevated) {
        elevated.roles().forEach(role -> add(session, context, role));
    }

    private static void add(KeycloakSession session, ClientSessionContext context, RoleModel role) {
        var access = role.getContainer() instanceof ClientModel client
                ? RoleResolveUtil.getResolvedClientRoles(session, context, client.getClientId(), true)
                : RoleResolveUtil.getResolvedRealmRoles(session, context, true);
        access.addRole(role.getName());
    }

    @Override
    public int getPriority() {
        // NB. Before all of Keycloak's own, of which the first have 0: those that give roles other names have to find
        // these,
        // too, and those that show groups must not find what is over.
        return -10;
    }

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public String getDisplayType() {
        return "Elevated roles";
    }

    @Override
    public String getDisplayCategory() {
        return TOKEN_MAPPER_CATEGORY;
    }

    @Override
    public String getHelpText() {
        return "Adds the roles of active elevations to the roles that the user holds, as far as the client's scope allows"
                + " them. Belongs into the client scope \"roles\"; the role mappers there put them into tokens.";
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return List.of();
    }
}
