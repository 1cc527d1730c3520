package dev.sallyport.it.harness;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.ComponentExportRepresentation;
import org.keycloak.representations.idm.GroupRepresentation;
import org.keycloak.representations.idm.IdentityProviderRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;
import org.keycloak.representations.idm.RolesRepresentation;

/** What a test needs of a realm, and nothing else: everything not said here is Keycloak's default. */
public final class RealmBuilder {

    private final KeycloakServer server;
    private final RealmRepresentation realm = new RealmRepresentation();
    private final Map<String, List<RoleRepresentation>> clientRoles = new LinkedHashMap<>();
    private final List<ClientBuilder> clients = new ArrayList<>();
    private final List<ClientScopeRepresentation> scopes = new ArrayList<>();

    RealmBuilder(KeycloakServer server) {
        this.server = server;
        realm.setRealm("it-" + UUID.randomUUID().toString().substring(0, 8));
        realm.setEnabled(true);
        // NB. Two logins within the same 30 s are normal in a test.
        realm.setOtpPolicyCodeReusable(true);
        // NB. Keycloak takes over no part of an OTP policy whose type is not said.
        realm.setOtpPolicyType("totp");
        realm.setOtpPolicyAlgorithm("HmacSHA1");
        realm.setOtpPolicyDigits(6);
        realm.setOtpPolicyPeriod(30);
        realm.setOtpPolicyLookAheadWindow(1);
        realm.setOtpPolicyInitialCounter(0);
        realm.setComponents(new MultivaluedHashMap<>());
        realm.getComponents().put("org.keycloak.keys.KeyProvider", keys());
        realm.setUsers(new ArrayList<>());
        realm.setGroups(new ArrayList<>());
        realm.setClients(new ArrayList<>());
        realm.setIdentityProviders(new ArrayList<>());
        var roles = new RolesRepresentation();
        roles.setRealm(new ArrayList<>());
        roles.setClient(clientRoles);
        realm.setRoles(roles);
    }

    // NB. Making Keycloak's two keys of 2048 bits takes a test server longer than the rest of the realm.
    private static List<ComponentExportRepresentation> keys() {
        return List.of(
                key("rsa-generated", Map.of("keySize", List.of("1024"))),
                key("hmac-generated", Map.of("algorithm", List.of("HS512"))),
                key("aes-generated", Map.of()));
    }

    private static ComponentExportRepresentation key(String provider, Map<String, List<String>> config) {
        var key = new ComponentExportRepresentation();
        key.setName(provider);
        key.setProviderId(provider);
        key.setConfig(new MultivaluedHashMap<>(config));
        return key;
    }

    /** A user with a complete profile, so that no page asks for the rest of it. */
    public RealmBuilder user(String username, Consumer<UserBuilder> details) {
        var user = new UserBuilder(username);
        details.accept(user);
        realm.getUsers().add(user.representation());
        return this;
    }

    /** A client that nobody can use until {@code details} say how. */
    public RealmBuilder client(String clientId, Consumer<ClientBuilder> details) {
        var client = new ClientBuilder(clientId);
        details.accept(client);
        clients.add(client);
        realm.getClients().add(client.representation());
        client.serviceAccount().ifPresent(realm.getUsers()::add);
        return this;
    }

    /** @param path e.g. {@code /finance/leads}; groups above it are made too */
    public RealmBuilder group(String path) {
        var siblings = realm.getGroups();
        for (var name : path.substring(1).split("/")) {
            var known = siblings.stream().filter(g -> g.getName().equals(name)).findFirst();
            if (known.isEmpty()) {
                var group = new GroupRepresentation();
                group.setName(name);
                group.setSubGroups(new ArrayList<>());
                siblings.add(group);
                siblings = group.getSubGroups();
            } else siblings = known.get().getSubGroups();
        }
        return this;
    }

    public RealmBuilder role(String name) {
        realm.getRoles().getRealm().add(new RoleRepresentation(name, "", false));
        return this;
    }

    public RealmBuilder clientRole(String clientId, String name) {
        clientRoles.computeIfAbsent(clientId, id -> new ArrayList<>()).add(new RoleRepresentation(name, "", false));
        return this;
    }

    /** A client scope that puts a client into the audience of each token that has the scope. */
    public RealmBuilder audienceScope(String scope, String clientId) {
        var representation = new ClientScopeRepresentation();
        representation.setName(scope);
        representation.setProtocol("openid-connect");
        representation.setAttributes(Map.of("include.in.token.scope", "true"));
        representation.setProtocolMappers(List.of(ClientBuilder.audienceMapper(clientId)));
        scopes.add(representation);
        return this;
    }

    /** Lets users of the other realm in, through its client; the alias is what {@code kc_idp_hint} takes. */
    public RealmBuilder brokerTo(String alias, Realm other, String clientId, String secret) {
        var protocol = other.issuer() + "/protocol/openid-connect";
        var provider = new IdentityProviderRepresentation();
        provider.setAlias(alias);
        provider.setProviderId("oidc");
        provider.setEnabled(true);
        provider.setTrustEmail(true);
        provider.setConfig(Map.of(
                "issuer",
                other.issuer(),
                "authorizationUrl",
                protocol + "/auth",
                "tokenUrl",
                protocol + "/token",
                "jwksUrl",
                protocol + "/certs",
                "useJwksUrl",
                "true",
                "validateSignature",
                "true",
                "clientId",
                clientId,
                "clientSecret",
                secret,
                "clientAuthMethod",
                "client_secret_post",
                "defaultScope",
                "openid profile email"));
        realm.getIdentityProviders().add(provider);
        return this;
    }

    /** Anything that has no word of its own here. */
    public RealmBuilder with(Consumer<RealmRepresentation> change) {
        change.accept(realm);
        return this;
    }

    Realm create() {
        server.admin().realms().create(realm);
        var created = new Realm(server, realm.getRealm());
        // NB. A realm that is imported with client scopes gets none of Keycloak's own, so these come afterwards.
        for (var scope : scopes) created.admin().clientScopes().create(scope).close();
        for (var client : clients) client.assignScopes(created.admin());
        return created;
    }
}
