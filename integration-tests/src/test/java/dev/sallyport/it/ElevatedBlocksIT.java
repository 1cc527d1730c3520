package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.ClientBuilder;
import dev.sallyport.it.harness.FlowBuilder;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.TokenResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The building blocks by which others decide whether a session is elevated. */
@SallyportTest
class ElevatedBlocksIT {

    private static final String CONDITION = "sallyport-condition-elevated";
    private static final String UMA = "urn:ietf:params:oauth:grant-type:uma-ticket";

    private static GuardedRealm guarded;
    private static RestApi administration;
    private static String authorization;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server, r -> r.group("/dba")
                .role("keeper")
                .user("bob", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user(
                        "dora",
                        u -> u.password(GuardedRealm.PASSWORD).groups("/dba").roles("offline_access"))
                .client("console", ClientBuilder::publicClient)
                .client("robot", c -> c.serviceAccount("robot-secret"))
                .client("strict", ClientBuilder::publicClient)
                .client("vault", ClientBuilder::publicClient)
                .client("unset", ClientBuilder::publicClient));
        Person.mayAskFrom(guarded, "console");
        privilege("db-admin", "session");
        privilege("other", "session");
        privilege("everywhere", "user");
        administration = server.keycloakApi(guarded.realm().name());
        denyIf("vault", Map.of("matches", "not-elevated", "privileges", "db-admin"));
        denyIf("unset", Map.of());
        permit();
    }

    @Test
    void subFlowForThoseWhoAreNotElevatedLetsInOnlyWhoIs() {
        var bob = Person.loggedIn(guarded, "bob", Optional.empty());
        assertThat(bob.app("vault").authorize().page().text()).contains("Access denied");
        var other = bob.elevated("other");
        assertThat(bob.app("vault").authorize().page().text()).contains("Access denied");

        var elevation = bob.elevated("db-admin");

        assertThat(bob.app("vault").authorize().code()).isNotEmpty();
        bob.end(elevation);
        assertThat(bob.app("vault").authorize().page().text()).contains("Access denied");
        bob.end(other);
    }

    @Test
    void conditionWithoutConfigurationStopsLogins() {
        var bob = Person.loggedIn(guarded, "bob", Optional.empty());

        assertThat(bob.app("unset").authorize().page().status()).isEqualTo(400);
    }

    @Test
    void authorizationPolicyGrantsWhileTheElevationLasts() {
        var bob = Person.loggedIn(guarded, "bob", Optional.empty());
        var token = bob.at("ledger").accessToken();
        assertThat(ask(bob, token, "accounts").error()).isEqualTo("access_denied");
        assertThat(ask(bob, token, "repairs").status()).isEqualTo(200);

        var elevation = bob.elevated("db-admin");

        assertThat(ask(bob, token, "accounts").status()).isEqualTo(200);
        assertThat(ask(bob, token, "repairs").error()).isEqualTo("access_denied");
        bob.end(elevation);
        assertThat(ask(bob, token, "accounts").error()).isEqualTo("access_denied");
    }

    @Test
    void sessionThatGoesOnOfflineIsNotElevated() {
        var dora = Person.loggedIn(guarded, "dora", Optional.empty());
        dora.elevated("everywhere");
        var offline = dora.at("ledger", Map.of("scope", "openid offline_access"));
        assertThat(ask(dora, dora.at("ledger").accessToken(), "archives").status())
                .isEqualTo(200);

        guarded.realm().admin().deleteSession(offline.claims().path("sid").asText(), false);

        var token = dora.app("ledger").refresh(offline.refreshToken()).accessToken();
        assertThat(ask(dora, token, "archives").error()).isEqualTo("access_denied");
    }

    @Test
    void whoHasNoSessionIsDeniedWhateverTheLogic() {
        var robot = guarded.realm().oidc("robot").secret("robot-secret");
        var token = robot.clientCredentials().accessToken();

        for (var resource : List.of("accounts", "repairs")) {
            var answer = robot.header("Authorization", "Bearer " + token)
                    .token(Map.of("grant_type", UMA, "audience", "ledger-api", "permission", resource + "#read"));
            assertThat(answer.error()).as(resource).isEqualTo("access_denied");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"\"privileges\":\"db-admin\"", "\"privileges\":[\"\"]", "\"privilege\":[\"db-admin\"]"})
    void authorizationPolicyThatCannotBeReadIsRefused(String configuration) {
        administration
                .post(authorization + "/policy/sallyport-elevated", "{\"name\":\"x\",%s}".formatted(configuration))
                .expect(400);
    }

    @Test
    void clientPolicyWithTheConditionIsForElevatedSessionsOnly() {
        clientPolicy();
        var bob = Person.loggedIn(guarded, "bob", Optional.empty());
        var token = bob.at("strict").accessToken();
        assertThat(bob.app("strict").userinfo(token).status()).isEqualTo(200);

        var elevation = bob.elevated("db-admin");

        // NB. The executor that the policy has wants a proof of possession there.
        assertThat(bob.app("strict").userinfo(token).status()).isNotEqualTo(200);
        bob.end(elevation);
        assertThat(bob.app("strict").userinfo(token).status()).isEqualTo(200);
    }

    private static void clientPolicy() {
        administration
                .put("/client-policies/profiles", """
                        {"profiles":[%s,{"name":"strict","executors":[{"executor":"dpop-bind-enforcer","configuration":{}}]}]}""".formatted(profile()))
                .expect(204);
        administration.put("/client-policies/policies", """
                        {"policies":[%s,{"name":"strict","enabled":true,"profiles":["strict"],"conditions":[
                         {"condition":"sallyport-elevated","configuration":{"privileges":["db-admin"]}}]}]}""".formatted(policy())).expect(204);
    }

    private static String profile() {
        return administration
                .get("/client-policies/profiles")
                .json()
                .at("/profiles/0")
                .toString();
    }

    private static String policy() {
        return administration
                .get("/client-policies/policies")
                .json()
                .at("/policies/0")
                .toString();
    }

    private static void privilege(String name, String boundTo) {
        guarded.realm()
                .api()
                .post("/privileges", """
                        {"name":"%s","displayName":"%s","mode":"token","grants":{"realmRoles":["keeper"]},
                         "eligible":{"groups":["/dba"]},
                         "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H","boundTo":"%s"}}""".formatted(name, name, boundTo))
                .expect(201);
    }

    private static void denyIf(String client, Map<String, String> config) {
        var flow = guarded.realm().flow(client, f -> f.required(ElevatedBlocksIT::waysIn)
                .conditional(b -> b.required(CONDITION, config).required("deny-access-authenticator")));
        guarded.realm().bind(client, "browser", flow);
    }

    private static void waysIn(FlowBuilder flow) {
        flow.alternative("auth-cookie").alternative(forms -> forms.required("auth-username-password-form"));
    }

    private static void permit() {
        var clients = guarded.realm().admin().clients();
        var api = clients.findByClientId("ledger-api").get(0);
        api.setServiceAccountsEnabled(true);
        api.setAuthorizationServicesEnabled(true);
        clients.get(api.getId()).update(api);
        authorization = "/clients/" + api.getId() + "/authz/resource-server";
        permit("accounts", "\"privileges\":[\"db-admin\"]");
        permit("repairs", "\"logic\":\"NEGATIVE\",\"privileges\":[\"db-admin\"]");
        permit("archives", "\"privileges\":[\"everywhere\"]");
    }

    private static void permit(String resource, String configuration) {
        administration
                .post(authorization + "/resource", """
                        {"name":"%s","scopes":[{"name":"read"}]}""".formatted(resource))
                .expect(201);
        administration
                .post(
                        authorization + "/policy/sallyport-elevated",
                        "{\"name\":\"%s policy\",%s}".formatted(resource, configuration))
                .expect(201);
        administration
                .post(authorization + "/permission/resource", """
                        {"name":"%1$s permission","resources":["%1$s"],"policies":["%1$s policy"]}""".formatted(resource))
                .expect(201);
    }

    private static TokenResponse ask(Person person, String token, String resource) {
        return person.app("ledger")
                .header("Authorization", "Bearer " + token)
                .token(Map.of("grant_type", UMA, "audience", "ledger-api", "permission", resource + "#read"));
    }
}
