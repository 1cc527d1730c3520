package dev.sallyport.privilege.realm;

import dev.sallyport.privilege.Privilege;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;

/** The client scopes by which applications ask for privileges during a login, one for each privilege. */
public record ElevationScopes(RealmModel realm) {

    private static final String PREFIX = "elevate:";

    /** The scope that asks for a privilege. */
    public static String name(String privilege) {
        return PREFIX + privilege;
    }

    /** The privileges that the scope parameter of a request asks for, in its order. */
    public static List<String> privileges(String scopes) {
        return Stream.of(scopes.trim().split("\\s+"))
                .filter(scope -> scope.startsWith(PREFIX))
                .map(scope -> scope.substring(PREFIX.length()))
                .distinct()
                .toList();
    }

    public Optional<ClientScopeModel> find(String privilege) {
        return realm.getClientScopesStream()
                .filter(scope -> scope.getName().equals(name(privilege)))
                .findFirst();
    }

    /**
     * Makes the scope if it is missing, optional for applications that are made later and for those whose tokens can carry
     * what the privilege gives.
     */
    public void make(Privilege privilege) {
        var scope = find(privilege.name()).orElseGet(() -> add(privilege));
        var roles = roles(privilege);
        realm.getClientsStream()
                .filter(ElevationScopes::signsIn)
                .filter(client -> client.isFullScopeAllowed() || roles.stream().anyMatch(client::hasScope))
                .filter(client -> !has(client, scope))
                .toList()
                .forEach(client -> client.addClientScope(scope, false));
    }

    public void remove(String privilege) {
        find(privilege).ifPresent(scope -> realm.removeClientScope(scope.getId()));
    }

    /** Whether it does nothing but ask. */
    public static boolean onlyAsks(ClientScopeModel scope) {
        return !scope.isIncludeInTokenScope()
                && OIDCLoginProtocol.LOGIN_PROTOCOL.equals(scope.getProtocol())
                && scope.getScopeMappingsStream().findAny().isEmpty()
                && scope.getProtocolMappersStream().findAny().isEmpty();
    }

    private ClientScopeModel add(Privilege privilege) {
        var scope = realm.addClientScope(name(privilege.name()));
        scope.setDescription("Asks for the privilege " + privilege.name() + ". Gives nothing by itself.");
        scope.setProtocol(OIDCLoginProtocol.LOGIN_PROTOCOL);
        // NB. The token would name the scope also for a user who went on without the privilege, and an application
        // might
        // take the name for the thing.
        scope.setIncludeInTokenScope(false);
        scope.setDisplayOnConsentScreen(true);
        scope.setConsentScreenText(privilege.displayName());
        realm.addDefaultClientScope(scope, false);
        return scope;
    }

    private static boolean signsIn(ClientModel client) {
        return OIDCLoginProtocol.LOGIN_PROTOCOL.equals(client.getProtocol())
                && client.isStandardFlowEnabled()
                && !client.isBearerOnly();
    }

    private static boolean has(ClientModel client, ClientScopeModel scope) {
        return Stream.of(true, false).map(client::getClientScopes).anyMatch(assigned -> holds(assigned, scope));
    }

    private static boolean holds(Map<String, ClientScopeModel> assigned, ClientScopeModel scope) {
        return assigned.containsKey(scope.getName());
    }

    private List<RoleModel> roles(Privilege privilege) {
        var grants = privilege.grants();
        var ofRealm = grants.realmRoles().stream().map(realm::getRole);
        var ofClients = grants.clientRoles().entrySet().stream()
                .flatMap(granted -> Optional.ofNullable(realm.getClientByClientId(granted.getKey())).stream()
                        .flatMap(client -> granted.getValue().stream().map(client::getRole)));
        return Stream.concat(ofRealm, ofClients).filter(Objects::nonNull).toList();
    }
}
