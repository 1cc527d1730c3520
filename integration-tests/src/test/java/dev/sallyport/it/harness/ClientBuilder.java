package dev.sallyport.it.harness;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** An OIDC application in a test realm. */
public final class ClientBuilder {

    private final ClientRepresentation client = new ClientRepresentation();
    private final List<String> optionalScopes = new ArrayList<>();
    private final List<String> defaultScopes = new ArrayList<>();
    private final Map<String, List<String>> serviceAccountRoles = new HashMap<>();

    ClientBuilder(String clientId) {
        client.setClientId(clientId);
        client.setEnabled(true);
        client.setProtocol("openid-connect");
        client.setStandardFlowEnabled(false);
        client.setDirectAccessGrantsEnabled(false);
        client.setFullScopeAllowed(true);
        client.setRedirectUris(new ArrayList<>());
        client.setProtocolMappers(new ArrayList<>());
        client.setAttributes(new HashMap<>());
    }

    /** An application without a secret that signs users in with PKCE, and returns to {@link OidcClient#CALLBACK}. */
    public ClientBuilder publicClient() {
        client.setPublicClient(true);
        return redirect(OidcClient.CALLBACK);
    }

    /** An application with a secret that signs users in, and returns to {@link OidcClient#CALLBACK}. */
    public ClientBuilder confidential(String secret) {
        client.setPublicClient(false);
        client.setSecret(secret);
        return redirect(OidcClient.CALLBACK);
    }

    /** A resource server: it only introspects. */
    public ClientBuilder resourceServer(String secret) {
        client.setPublicClient(false);
        client.setSecret(secret);
        return this;
    }

    /** An application that also acts in its own name. */
    public ClientBuilder serviceAccount(String secret) {
        client.setPublicClient(false);
        client.setSecret(secret);
        client.setServiceAccountsEnabled(true);
        return this;
    }

    /** Roles of its service account. */
    public ClientBuilder serviceAccountRoles(String clientId, String... names) {
        serviceAccountRoles.put(clientId, Arrays.asList(names));
        return this;
    }

    /** A SAML service provider that signs nothing, and gets its assertions at {@link OidcClient#CALLBACK}. */
    public ClientBuilder saml() {
        client.setProtocol("saml");
        client.setFrontchannelLogout(true);
        client.getAttributes()
                .putAll(Map.of(
                        "saml.client.signature", "false",
                        "saml.server.signature", "false",
                        "saml.assertion.signature", "false",
                        "saml.encrypt", "false",
                        "saml.force.post.binding", "true",
                        "saml.allow.ecp.flow", "true",
                        "saml_assertion_consumer_url_post", OidcClient.CALLBACK,
                        "saml_idp_initiated_sso_url_name", client.getClientId()));
        return redirect(OidcClient.CALLBACK);
    }

    public ClientBuilder redirect(String uri) {
        client.setStandardFlowEnabled(true);
        client.getRedirectUris().add(uri);
        return this;
    }

    public ClientBuilder directGrants() {
        client.setDirectAccessGrantsEnabled(true);
        return this;
    }

    /** Allows it to exchange tokens (RFC 8693). */
    public ClientBuilder tokenExchange() {
        client.getAttributes().put("standard.token.exchange.enabled", "true");
        return this;
    }

    /** Puts another client into the audience of all its tokens. */
    public ClientBuilder audience(String clientId) {
        client.getProtocolMappers().add(audienceMapper(clientId));
        return this;
    }

    public ClientBuilder optionalScope(String name) {
        optionalScopes.add(name);
        return this;
    }

    public ClientBuilder defaultScope(String name) {
        defaultScopes.add(name);
        return this;
    }

    /** Anything that has no word of its own here. */
    public ClientBuilder with(Consumer<ClientRepresentation> change) {
        change.accept(client);
        return this;
    }

    ClientRepresentation representation() {
        return client;
    }

    /** The user that a realm import takes for the service account's roles. */
    Optional<UserRepresentation> serviceAccount() {
        if (serviceAccountRoles.isEmpty()) return Optional.empty();
        var user = new UserRepresentation();
        user.setUsername("service-account-" + client.getClientId());
        user.setEnabled(true);
        user.setServiceAccountClientId(client.getClientId());
        user.setClientRoles(serviceAccountRoles);
        return Optional.of(user);
    }

    void assignScopes(RealmResource realm) {
        if (optionalScopes.isEmpty() && defaultScopes.isEmpty()) return;
        var id = realm.clients().findByClientId(client.getClientId()).get(0).getId();
        var resource = realm.clients().get(id);
        for (var scope : realm.clientScopes().findAll()) {
            if (optionalScopes.contains(scope.getName())) resource.addOptionalClientScope(scope.getId());
            if (defaultScopes.contains(scope.getName())) resource.addDefaultClientScope(scope.getId());
        }
    }

    static ProtocolMapperRepresentation audienceMapper(String clientId) {
        var mapper = new ProtocolMapperRepresentation();
        mapper.setName("audience " + clientId);
        mapper.setProtocol("openid-connect");
        mapper.setProtocolMapper("oidc-audience-mapper");
        mapper.setConfig(Map.of(
                "included.client.audience",
                clientId,
                "access.token.claim",
                "true",
                "introspection.token.claim",
                "true"));
        return mapper;
    }
}
