package dev.sallyport.it.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.function.Consumer;
import org.keycloak.admin.client.resource.RealmResource;

/** A realm of one test class, and the pack's administration of it. */
public record Realm(KeycloakServer server, String name) {

    /** Keycloak's own administration of it. */
    public RealmResource admin() {
        return server.admin().realm(name);
    }

    /** The pack's administration of it. */
    public RestApi api() {
        return server.adminApi(name);
    }

    /** What of the pack is reached without signing in. */
    public RestApi publicApi() {
        return server.publicApi(name);
    }

    /** A browser-less application that the realm knows by this client id. */
    public OidcClient oidc(String clientId) {
        return OidcClient.of(this, clientId);
    }

    /** The same realm as seen by another node. */
    public Realm at(KeycloakServer node) {
        return new Realm(node, name);
    }

    /** Where an application without a secret sends a browser. */
    public String authorizationUrl(String clientId) {
        return issuer() + "/protocol/openid-connect/auth?response_type=code&scope=openid&client_id=" + clientId
                + "&redirect_uri=" + OidcClient.CALLBACK;
    }

    public String issuer() {
        return server.url() + "/realms/" + name;
    }

    public String userId(String username) {
        return admin().users().searchByUsername(username, true).get(0).getId();
    }

    /** Sets the pack up, and makes its flow the realm's browser flow. */
    public JsonNode setup() {
        return setup(true);
    }

    public JsonNode setup(boolean bindBrowserFlow) {
        return api().put("/setup", "{\"bindBrowserFlow\":" + bindBrowserFlow + "}")
                .expect(200)
                .json();
    }

    /** Adds a client. */
    public void client(String clientId, Consumer<ClientBuilder> details) {
        var client = new ClientBuilder(clientId);
        details.accept(client);
        try (var response = admin().clients().create(client.representation())) {
            if (response.getStatus() != 201) throw new AssertionError("No client, but " + response.getStatus());
        }
        client.assignScopes(admin());
    }

    /**
     * Makes an authentication flow.
     *
     * @return its id, as clients refer to it
     */
    public String flow(String alias, Consumer<FlowBuilder> content) {
        return FlowBuilder.make(this, alias, content);
    }

    /** Lets a client use a flow of its own for {@code browser} or {@code direct_grant}. */
    public void bind(String clientId, String binding, String flowId) {
        var client = admin().clients().findByClientId(clientId).get(0);
        var overrides = new HashMap<>(client.getAuthenticationFlowBindingOverrides());
        overrides.put(binding, flowId);
        client.setAuthenticationFlowBindingOverrides(overrides);
        admin().clients().get(client.getId()).update(client);
    }

    /** Creates an access policy. */
    public JsonNode policy(String json) {
        return api().post("/access-policies", json).expect(201).json();
    }

    /** Registers a device. */
    public JsonNode device(String json) {
        return api().post("/devices", json).expect(201).json();
    }

    /** Pushes what is to be the device's posture from now on. */
    public JsonNode posture(String device, String json) {
        return api().put("/devices/" + device + "/posture", json).expect(200).json();
    }

    /** Says how a device is known. */
    public JsonNode deviceIdentification(String json) {
        return api().put("/device-identification", json).expect(200).json();
    }

    public JsonNode auditEntries() {
        return api().get("/audit/entries").expect(200).json();
    }
}
