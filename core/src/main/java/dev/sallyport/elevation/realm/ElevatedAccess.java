package dev.sallyport.elevation.realm;

import dev.sallyport.elevation.Elevation;
import dev.sallyport.privilege.Mode;
import dev.sallyport.privilege.Privilege;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RoleModel;
import org.keycloak.models.utils.RoleUtils;

/**
 * What an elevation lets one client have: the roles of its privilege, with all that they contain, as far as the client's
 * scope allows them. The same rule by which Keycloak lets a client have the roles that a user holds.
 *
 * @param roles never empty
 */
public record ElevatedAccess(Elevation elevation, Privilege privilege, Set<RoleModel> roles) {

    /** Grants in which a client may be held to fewer scopes than it asked for. */
    private static final Set<String> RESTRICTING =
            Set.of(OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE, OAuth2Constants.JWT_AUTHORIZATION_GRANT);

    /** Of what is in effect now in the session that a token is made for, what that token's client may have. */
    public static List<ElevatedAccess> of(KeycloakSession session, ClientSessionContext context) {
        var clientSession = context.getClientSession();
        var realm = clientSession.getRealm();
        if (PrivilegeProvider.held(realm).isEmpty()) return List.of();
        // NB. What goes with an offline token is used where no session is watched over any more.
        if (context.isOfflineTokenRequested()) return List.of();
        return new Elevations(session, realm, Clock.systemUTC())
                .inEffect(clientSession.getUserSession()).stream()
                        .flatMap(elevation -> of(session, context, elevation).stream())
                        .toList();
    }

    private static Optional<ElevatedAccess> of(
            KeycloakSession session, ClientSessionContext context, Elevation elevation) {
        return PrivilegeProvider.find(context.getClientSession().getRealm(), elevation.privilege())
                .map(privilege -> new ElevatedAccess(
                        elevation, privilege, allowed(context, granted(session, context, privilege))))
                .filter(access -> !access.roles().isEmpty());
    }

    private static Set<RoleModel> granted(KeycloakSession session, ClientSessionContext context, Privilege privilege) {
        var realm = context.getClientSession().getRealm();
        if (privilege.mode() == Mode.TOKEN) return PrivilegeRoles.ofToken(realm, privilege);
        // NB. Keycloak puts these in by itself, and none that the user's mappings do not have.
        var held = RoleUtils.getDeepUserRoleMappings(
                context.getClientSession().getUserSession().getUser());
        return PrivilegeRoles.ofAssignment(session, realm, privilege).stream()
                .filter(held::contains)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Set<RoleModel> allowed(ClientSessionContext context, Set<RoleModel> elevated) {
        var client = context.getClientSession().getClient();
        if (client.isFullScopeAllowed()) return elevated;
        var scopes = Stream.concat(context.getClientScopesStream(), openedBy(elevated, client, context));
        var mapped = Stream.concat(client.getRolesStream(), scopes.flatMap(ClientScopeModel::getScopeMappingsStream));
        var allowed = RoleUtils.expandCompositeRolesStream(mapped).collect(Collectors.toSet());
        return elevated.stream().filter(allowed::contains).collect(Collectors.toUnmodifiableSet());
    }

    // NB. Keycloak leaves out a scope with roles of which the user holds none; the elevation gives the user one.
    private static Stream<ClientScopeModel> openedBy(
            Set<RoleModel> elevated, ClientModel client, ClientSessionContext context) {
        boolean restricting = RESTRICTING.contains(context.getAttribute(Constants.GRANT_TYPE, String.class) + "");
        var scopes = client.getClientScopes(true).values().stream();
        if (!restricting) scopes = Stream.concat(scopes, client.getClientScopes(false).values().stream());
        return scopes.filter(scope -> context.getClientScopeIds().contains(scope.getId()))
                .filter(scope -> RoleUtils.expandCompositeRolesStream(scope.getScopeMappingsStream())
                        .anyMatch(elevated::contains));
    }

    /**
     * What of it the client that asks may have, where a token is made for it in the session of the client that it reaches:
     * a permission, or an exchange of the first version.
     */
    public Optional<ElevatedAccess> within(ClientModel asking) {
        if (asking.isFullScopeAllowed()) return Optional.of(this);
        var scopes = Stream.concat(Stream.of(asking), asking.getClientScopes(true).values().stream());
        var mapped = Stream.concat(asking.getRolesStream(), scopes.flatMap(ClientScopeModel::getScopeMappingsStream));
        var allowed = RoleUtils.expandCompositeRolesStream(mapped).collect(Collectors.toSet());
        var both = roles.stream().filter(allowed::contains).collect(Collectors.toUnmodifiableSet());
        return both.isEmpty() ? Optional.empty() : Optional.of(new ElevatedAccess(elevation, privilege, both));
    }

    /** The moment after which no token issued now may carry it. */
    public Instant until(Instant issued) {
        var end = elevation.end().orElse(issued);
        return privilege
                .activation()
                .tokenLifespan()
                .map(issued::plus)
                .filter(end::isAfter)
                .orElse(end);
    }
}
