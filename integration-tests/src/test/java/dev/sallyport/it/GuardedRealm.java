package dev.sallyport.it;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sallyport.it.harness.CertificateAuthority;
import dev.sallyport.it.harness.ClientCertificate;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.Realm;
import dev.sallyport.it.harness.RealmBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.keycloak.representations.idm.ClientPoliciesRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;

/**
 * A realm with the pack set up: user {@code ann}, the applications {@code ledger} (guarded by whatever policy a test makes)
 * and {@code wiki}, the resource server {@code ledger-api}, and devices that prove themselves by certificates.
 */
record GuardedRealm(Realm realm) {

    static final String PASSWORD = "a password that is long enough";
    static final String OTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    static final String API_SECRET = "api-secret";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    static GuardedRealm on(KeycloakServer server) {
        return on(server, r -> {});
    }

    // NB. Sessions are not ended behind the doors' back: most tests are about what a door says of one that goes on.
    static GuardedRealm on(KeycloakServer server, Consumer<RealmBuilder> more) {
        var realm = unguarded(server, r -> {
            r.with(representation ->
                    representation.setAttributes(new HashMap<>(Map.of("sallyport.continuousEvaluation", "off"))));
            more.accept(r);
        });
        realm.setup();
        var guarded = new GuardedRealm(realm);
        guarded.trust(realm.server().pki().devices());
        return guarded;
    }

    /** The same realm without the pack set up. */
    static Realm unguarded(KeycloakServer server, Consumer<RealmBuilder> more) {
        return server.realm(r -> {
            r.group("/finance")
                    .group("/finance/audit")
                    .role("clerk")
                    .user("ann", u -> u.password(PASSWORD).groups("/finance").roles("clerk", "offline_access"))
                    .user("ben", u -> u.password(PASSWORD).totp(OTP_SECRET))
                    .client("ledger", c -> c.publicClient().directGrants().audience("ledger-api"))
                    .client("wiki", c -> c.publicClient())
                    .client("ledger-api", c -> c.resourceServer(API_SECRET).tokenExchange());
            more.accept(r);
        });
    }

    /** Device ids are read from the SAN URI {@code urn:device:<id>} of certificates of this authority. */
    void trust(CertificateAuthority authority) {
        var anchor = JsonNodeFactory.instance.textNode(authority.pem());
        realm.deviceIdentification("""
                {"certificate":{"deviceId":"san-uri","prefix":"urn:device:","trustAnchors":[%s]}}""".formatted(anchor));
    }

    /** Registers a device with a posture that meets {@link #HEALTHY}, and makes its certificate. */
    ClientCertificate healthyDevice(String id) {
        realm.device("""
                {"id":"%s","displayName":"Laptop %s","platform":"macos"}""".formatted(id, id));
        heal(id);
        return realm.server().pki().device(id);
    }

    void heal(String id) {
        posture(id, "\"compliant\":true,\"diskEncrypted\":true");
    }

    void fallIll(String id) {
        posture(id, """
                "compliant":false,"diskEncrypted":false,
                "failing":[{"check":"diskEncrypted","remediation":"Turn on FileVault in System Settings."}]""");
    }

    /** @param facts JSON members besides the time, which is now */
    void posture(String id, String facts) {
        posture(id, Instant.now(), facts);
    }

    void posture(String id, Instant observedAt, String facts) {
        realm.posture(id, "{\"observedAt\":\"%s\",%s}".formatted(observedAt, facts));
    }

    /** An enforced policy for ledger. */
    void ledgerNeeds(String controls) {
        policy("ledger", "enforced", "\"clients\":{\"include\":[\"ledger\"]}", controls);
    }

    void policy(String name, String state, String assignments, String controls) {
        realm.policy("""
                {"name":"%s","state":"%s","assignments":{%s},"controls":{%s}}""".formatted(name, state, assignments, controls));
    }

    /** A network that policies can name. */
    void network(String name, String parts) {
        realm.api()
                .post("/networks", "{\"name\":\"%s\",%s}".formatted(name, parts))
                .expect(201);
    }

    /** Makes an enforced policy, or changes it, that blocks a client under those conditions. */
    void blocks(String client, String conditions) {
        var policy = """
                {"name":"%1$s","state":"enforced","assignments":{"clients":{"include":["%1$s"]}},
                 "conditions":{%2$s},"controls":{"block":true}}""".formatted(client, conditions);
        if (realm.api().put("/access-policies/" + client, policy).status() != 200) realm.policy(policy);
    }

    /** What most tests ask of a device. */
    static final String HEALTHY = "\"device\":{\"proven\":true,\"compliant\":true,\"diskEncrypted\":true}";

    /** As an administrator leaves it who goes back to Keycloak's own flow and switches off what else setup made. */
    void removeEverythingThatCanBeRemoved() {
        removeTheGate();
        var flows = realm.admin().flows();
        var action = flows.getRequiredAction("sallyport-access");
        action.setEnabled(false);
        flows.updateRequiredAction("sallyport-access", action);
        realm.admin().clientPoliciesPoliciesResource().updatePolicies(new ClientPoliciesRepresentation());
    }

    /** Makes one of Keycloak's own consoles an application like those of tests, which get their users back. */
    void returnsToTests(String console) {
        var clients = realm.admin().clients();
        var client = clients.findByClientId(console).get(0);
        client.setRedirectUris(List.of(OidcClient.CALLBACK));
        clients.get(client.getId()).update(client);
    }

    void removeTheGate() {
        change(representation -> representation.setBrowserFlow("browser"));
    }

    /** Where ann's login gets to once nobody has to be waited for who knows more about her device. */
    OidcClient.Outcome arrival(OidcClient client) {
        var last = new OidcClient.Outcome[] {client.login("ann", PASSWORD)};
        await().atMost(PATIENCE).until(() -> {
            if (!(last[0] instanceof OidcClient.Page page)
                    || page.document().selectFirst("#sallyport-continue") == null) return true;
            last[0] = client.click(page, "#sallyport-continue");
            return false;
        });
        return last[0];
    }

    OidcClient ledger() {
        return realm.oidc("ledger");
    }

    OidcClient wiki() {
        return realm.oidc("wiki");
    }

    boolean active(String token) {
        return realm.oidc("ledger-api")
                .secret(API_SECRET)
                .introspect(token)
                .body()
                .path("active")
                .asBoolean();
    }

    /** Gives the service account of a client a role of the client {@code sallyport}, as an access token carries it then. */
    String tokenOf(String clientId, String secret, String role) {
        var clients = realm.admin().clients();
        var sallyport = clients.findByClientId("sallyport").get(0).getId();
        var account =
                clients.get(clients.findByClientId(clientId).get(0).getId()).getServiceAccountUser();
        realm.admin()
                .users()
                .get(account.getId())
                .roles()
                .clientLevel(sallyport)
                .add(List.of(clients.get(sallyport).roles().get(role).toRepresentation()));
        return realm.oidc(clientId).secret(secret).clientCredentials().accessToken();
    }

    /** Locks a user or a device. */
    String lock(String json) {
        return realm.api().post("/locks", json).expect(201).json().path("id").asText();
    }

    void lift(String lock) {
        realm.api().delete("/locks/" + lock).expect(204);
    }

    /** The audit entries of a type, newest first. */
    List<JsonNode> audited(String type) {
        var found = new ArrayList<JsonNode>();
        realm.auditEntries().forEach(entry -> {
            if (entry.path("type").asText().equals(type)) found.add(entry);
        });
        return found;
    }

    void change(Consumer<RealmRepresentation> change) {
        var representation = realm.admin().toRepresentation();
        change.accept(representation);
        realm.admin().update(representation);
    }
}
