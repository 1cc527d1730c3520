package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.TokenResponse;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The policy types for authorization services. The resource server {@code ledger-api} has the resource {@code accounts},
 * for healthy devices, {@code repairs}, for devices that are known to be ill, and {@code notices}, for whom the access
 * policies let in.
 */
@SallyportTest(buildOptions = "--features=authzen")
class AuthorizationIT {

    private static final String UMA = "urn:ietf:params:oauth:grant-type:uma-ticket";
    private static final String HEALTHY = "\"device\":{\"compliant\":true}";

    private static GuardedRealm guarded;
    private static RestApi administration;
    private static String authorization;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server);
        var clients = guarded.realm().admin().clients();
        var api = clients.findByClientId("ledger-api").get(0);
        api.setServiceAccountsEnabled(true);
        api.setAuthorizationServicesEnabled(true);
        clients.get(api.getId()).update(api);
        administration = server.keycloakApi(guarded.realm().name());
        authorization = "/clients/" + api.getId() + "/authz/resource-server";

        permit("accounts", "sallyport-device", HEALTHY);
        permit("repairs", "sallyport-device", "\"logic\":\"NEGATIVE\"," + HEALTHY);
        permit("notices", "sallyport-access", "\"tags\":[\"notices\"]");
        guarded.realm().policy("""
                {"name":"notices","state":"enforced","tags":["notices"],"controls":{%s},
                 "assignments":{"users":{"include":{"users":["ann"]}},"clients":{"include":["ledger-api"]}}}""".formatted(GuardedRealm.HEALTHY));
    }

    @Test
    void requestingPartyTokenIsGrantedAsLongAsTheDeviceIsHealthy() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("party"));
        var token = ledger.tokens("ben", GuardedRealm.PASSWORD).accessToken();

        assertThat(ask(ledger, token, "accounts").claims().at("/authorization/permissions/0/rsname"))
                .hasToString("\"accounts\"");
        guarded.fallIll("party");
        assertThat(ask(ledger, token, "accounts").error()).isEqualTo("access_denied");
        guarded.heal("party");
        assertThat(ask(ledger, token, "accounts").status()).isEqualTo(200);
    }

    @Test
    void permissionTicketIsHonouredAsLongAsTheDeviceIsHealthy() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("ticket"));
        var token = ledger.tokens("ben", GuardedRealm.PASSWORD).accessToken();
        var protection = protection();
        var ticket = Map.of("grant_type", UMA, "ticket", ticket(protection));

        assertThat(bearer(ledger, token).token(ticket).status()).isEqualTo(200);
        guarded.fallIll("ticket");
        assertThat(bearer(ledger, token)
                        .token(Map.of("grant_type", UMA, "ticket", ticket(protection)))
                        .error())
                .isEqualTo("access_denied");
    }

    @Test
    void unknownDeviceIsDeniedAlsoByNegativeLogic() {
        var ledger = guarded.ledger();
        var token = ledger.tokens("ben", GuardedRealm.PASSWORD).accessToken();
        var known = guarded.ledger().certificate(guarded.healthyDevice("negative"));
        var knownToken = known.tokens("ben", GuardedRealm.PASSWORD).accessToken();

        assertThat(decision(ledger, token, "accounts")).isFalse();
        assertThat(decision(ledger, token, "repairs")).isFalse();
        assertThat(decision(known, knownToken, "repairs")).isFalse();
        guarded.posture("negative", "\"diskEncrypted\":true");
        assertThat(decision(known, knownToken, "repairs")).isFalse();
        guarded.fallIll("negative");
        assertThat(decision(known, knownToken, "repairs")).isTrue();
    }

    @Test
    void accessPoliciesDecideAboutTheResourceServer() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("notices"));
        var token = ledger.tokens("ann", GuardedRealm.PASSWORD).accessToken();

        assertThat(decision(ledger, token, "notices")).isTrue();
        guarded.fallIll("notices");
        assertThat(decision(ledger, token, "notices")).isFalse();
    }

    @Test
    void subjectThatIsOnlyNamedHasNoDevice() {
        assertThat(named("ann", "accounts")).isFalse();
        assertThat(named("ann", "repairs")).isFalse();
        assertThat(named("ann", "notices")).isFalse();
        assertThat(named("ben", "notices")).isTrue();
    }

    @Test
    void evaluationInTheAdminConsoleKnowsNoDeviceAndLeavesNoRecord() {
        var before = guarded.audited("access.denied").size();

        var answer = administration
                .post(authorization + "/policy/evaluate", """
                        {"userId":"%s","resources":[{"name":"accounts"},{"name":"notices"}],"entitlements":false,"context":{"attributes":{}},"roleIds":[]}""".formatted(
                                guarded.realm().userId("ann")))
                .expect(200)
                .json();

        assertThat(answer.path("status").asText()).isEqualTo("DENY");
        assertThat(answer.path("results"))
                .hasSize(2)
                .allSatisfy(result -> assertThat(result.path("status").asText()).isEqualTo("DENY"));
        assertThat(guarded.audited("access.denied")).hasSize(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sallyport-device | {'name':'x'} | device: is required",
                "sallyport-device | {'name':'x','device':{}} | device: must ask for something",
                "sallyport-device | {'name':'x','device':{'compliant':'yes'}} | device.compliant: must be true or false",
                "sallyport-device | {'name':'x','device':{'compliant':true,'healthy':true}} | device.healthy: is not a known field",
                "sallyport-device | {'name':'x','device':{'compliant':true},'devise':1} | devise: is not a known field",
                "sallyport-access | {'name':'x','tags':'soon'} | tags: is not valid",
                "sallyport-access | {'name':'x','tags':[null]} | tags[0]: must not be null",
                "sallyport-access | {'name':'x','tag':['soon']} | tag: is not a known field",
                "sallyport-access | {'name':'x','logic':'NEGATIVE'} | logic: must be POSITIVE",
            })
    void faultyConfigurationIsRefusedWithItsPath(String type, String json, String fault) {
        var refused = administration
                .post(authorization + "/policy/" + type, json.replace('\'', '"'))
                .expect(400)
                .json();

        assertThat(refused.path("error_description").asText()).startsWith(fault);
        assertThat(administration.get(authorization + "/policy?name=x").json()).isEmpty();
    }

    @Test
    void configurationIsCheckedWhicheverEndpointItComesBy() {
        var refused = administration.post(authorization + "/policy", """
                {"name":"y","type":"sallyport-device","config":{"device":"{\\"compliant\\":1}"}}""");
        var created =
                administration.post(authorization + "/policy", """
                        {"name":"z","type":"sallyport-device","config":{"device":"{\\"compliant\\":true}"}}""").expect(201).json();
        var path =
                authorization + "/policy/sallyport-device/" + created.path("id").asText();

        refused.expect(400);
        assertThat(administration.get(path).expect(200).json().path("device")).hasToString("{\"compliant\":true}");
        administration
                .put(path, "{\"name\":\"z\",\"device\":{\"compliant\":2}}")
                .expect(400);
        administration
                .put(path, "{\"name\":\"z\",\"device\":{\"managed\":true}}")
                .expect(201);
        assertThat(administration.get(path).json().path("device")).hasToString("{\"managed\":true}");
    }

    /** Makes a resource with the scope {@code read}, and a permission for it that has one policy of this type. */
    private static void permit(String resource, String type, String configuration) {
        administration
                .post(authorization + "/resource", """
                        {"name":"%s","scopes":[{"name":"read"}]}""".formatted(resource))
                .expect(201);
        administration
                .post(
                        authorization + "/policy/" + type,
                        "{\"name\":\"%s policy\",%s}".formatted(resource, configuration))
                .expect(201);
        administration
                .post(authorization + "/permission/resource", """
                        {"name":"%s permission","resources":["%s"],"policies":["%s policy"]}""".formatted(resource, resource, resource))
                .expect(201);
    }

    private static OidcClient bearer(OidcClient client, String token) {
        return client.header("Authorization", "Bearer " + token);
    }

    private static TokenResponse ask(OidcClient client, String token, String resource) {
        return bearer(client, token)
                .token(Map.of("grant_type", UMA, "audience", "ledger-api", "permission", resource + "#read"));
    }

    private static boolean decision(OidcClient client, String token, String resource) {
        var answer = bearer(client, token)
                .token(Map.of(
                        "grant_type",
                        UMA,
                        "audience",
                        "ledger-api",
                        "permission",
                        resource + "#read",
                        "response_mode",
                        "decision"));
        if (answer.status() != 200) assertThat(answer.error()).isIn("access_denied", "invalid_grant");
        return answer.body().path("result").asBoolean();
    }

    /** Asks about somebody as a resource server does by AuthZEN. */
    private static boolean named(String username, String resource) {
        return protection()
                .post("/authzen/access/v1/evaluation", """
                        {"subject":{"type":"user","id":"%s"},"resource":{"type":"","id":"%s"},"action":{"name":"read"}}""".formatted(username, resource))
                .expect(200)
                .json()
                .path("decision")
                .asBoolean();
    }

    private static String ticket(RestApi protection) {
        var id = protection
                .get("/authz/protection/resource_set?name=accounts&exactName=true")
                .expect(200)
                .json()
                .path(0)
                .asText();
        return protection
                .post("/authz/protection/permission", """
                        [{"resource_id":"%s","resource_scopes":["read"]}]""".formatted(id))
                .expect(201)
                .json()
                .path("ticket")
                .asText();
    }

    private static RestApi protection() {
        var token = guarded.realm()
                .oidc("ledger-api")
                .secret(GuardedRealm.API_SECRET)
                .clientCredentials()
                .accessToken();
        return guarded.realm().server().api("/realms/" + guarded.realm().name(), token);
    }
}
