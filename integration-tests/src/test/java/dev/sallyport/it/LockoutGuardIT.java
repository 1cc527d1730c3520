package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.TokenResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Administrators do not shut themselves out by mistake. */
@SallyportTest
class LockoutGuardIT {

    private static final String EVERYBODY = "";
    private static final String BLOCK = "\"block\":true";

    private static GuardedRealm guarded;
    private static RestApi master;

    private TokenResponse tokens;
    private RestApi boss;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server, r -> r.user(
                        "boss", u -> u.password(GuardedRealm.PASSWORD).clientRoles("realm-management", "realm-admin"))
                .client("desk", c -> c.publicClient())
                .client("deputy", c -> c.serviceAccount("deputy-secret")
                        .serviceAccountRoles("realm-management", "realm-admin")));
        guarded.healthyDevice("desk");
        master = guarded.realm().api();
    }

    @BeforeEach
    void signIn() {
        tokens = guarded.realm()
                .oidc("desk")
                .certificate(guarded.realm().server().pki().device("desk"))
                .tokens("boss", GuardedRealm.PASSWORD);
        boss = master.as(tokens.accessToken());
    }

    @AfterEach
    void removePolicies() {
        for (var policy : master.get("/access-policies").json()) {
            master.delete("/access-policies/" + policy.path("name").asText()).expect(204);
        }
        guarded.trust(guarded.realm().server().pki().devices());
    }

    @Test
    void policyThatWouldShutOutItsAuthorIsNotSaved() {
        var refused = boss.post("/access-policies", policy("enforced", EVERYBODY, BLOCK))
                .expect(409)
                .json();

        assertThat(refused.path("error_description").asText()).contains("shut you out", "\"p\"", "force=true");
        master.get("/access-policies/p").expect(404);
        assertThat(refreshed().status()).isEqualTo(200);
    }

    @Test
    void policyOnTrialIsSavedAndGuardedOnceItIsToBeEnforced() {
        boss.post("/access-policies", policy("report-only", EVERYBODY, BLOCK)).expect(201);

        boss.put("/access-policies/p", policy("enforced", EVERYBODY, BLOCK)).expect(409);

        assertThat(master.get("/access-policies/p").json().path("state").asText())
                .isEqualTo("report-only");
    }

    @Test
    void whoeverInsistsGetsIt() {
        boss.post("/access-policies?force=true", policy("enforced", EVERYBODY, BLOCK))
                .expect(201);

        assertThat(refreshed().error()).isEqualTo("invalid_grant");
    }

    @Test
    void insistingIsSaidClearly() {
        var refused = boss.post("/access-policies?force=yes", policy("enforced", EVERYBODY, BLOCK))
                .expect(400)
                .json();

        assertThat(refused.path("path").asText()).isEqualTo("force");
    }

    @Test
    void policyThatDoesNotConcernItsAuthorIsSaved() {
        boss.post("/access-policies", policy("enforced", "\"clients\":{\"include\":[\"ledger\"]}", BLOCK))
                .expect(201);
        boss.post(
                        "/access-policies",
                        policy("enforced", "\"users\":{\"exclude\":{\"users\":[\"boss\"]}}", BLOCK)
                                .replace("\"p\"", "\"others\""))
                .expect(201);
        boss.post(
                        "/access-policies",
                        policy("enforced", EVERYBODY, GuardedRealm.HEALTHY).replace("\"p\"", "\"device\""))
                .expect(201);
    }

    @Test
    void policyAboutTheAdminConsoleOrItsApiConcernsWhoeverAdministers() {
        for (var client : new String[] {"security-admin-console", "realm-management", "desk"}) {
            boss.post("/access-policies", policy("enforced", "\"clients\":{\"include\":[\"" + client + "\"]}", BLOCK))
                    .expect(409);
        }
    }

    @Test
    void strongerAuthenticationIsShownBeforeItIsAskedForEverybody() {
        var refused = boss.post("/access-policies", policy("enforced", EVERYBODY, "\"acr\":\"2\""))
                .expect(409)
                .json();

        assertThat(refused.path("error_description").asText()).contains("acr 2");
    }

    @Test
    void obstacleThatWasThereBeforeDoesNotStopAnotherChange() {
        boss.post(
                        "/access-policies?force=true",
                        policy("enforced", "\"clients\":{\"include\":[\"security-admin-console\"]}", "\"acr\":\"2\""))
                .expect(201);

        boss.post(
                        "/access-policies",
                        policy("enforced", "\"clients\":{\"include\":[\"ledger\"]}", BLOCK)
                                .replace("\"p\"", "\"ledger\""))
                .expect(201);
        boss.post("/access-policies", policy("enforced", EVERYBODY, BLOCK).replace("\"p\"", "\"block\""))
                .expect(409);
    }

    @Test
    void serviceAccountIsGuardedAsWell() {
        var token = guarded.realm().oidc("deputy").secret("deputy-secret").clientCredentials();
        var deputy = master.as(token.accessToken());

        deputy.post("/access-policies", policy("enforced", EVERYBODY, BLOCK)).expect(409);
        deputy.post("/access-policies", policy("enforced", "\"clients\":{\"exclude\":[\"deputy\"]}", BLOCK))
                .expect(201);
    }

    @Test
    void administratorOfAnotherRealmIsNotConcerned() {
        master.post("/access-policies", policy("enforced", EVERYBODY, BLOCK)).expect(201);
    }

    @Test
    void identificationThatWouldNoLongerKnowTheDeviceThatAPolicyAsksForIsNotSaved() {
        boss.put("/device-identification", "{}").expect(200);
        guarded.trust(guarded.realm().server().pki().devices());
        boss.post("/access-policies", policy("enforced", EVERYBODY, GuardedRealm.HEALTHY))
                .expect(201);

        boss.put("/device-identification", "{}").expect(409);

        assertThat(master.get("/device-identification").json().has("certificate"))
                .isTrue();
    }

    @Test
    void networkThatWouldTurnAPolicyAgainstItsAuthorIsNotSaved() {
        boss.post("/networks", "{\"name\":\"office\",\"cidrs\":[\"0.0.0.0/0\",\"::/0\"]}")
                .expect(201);
        boss.post(
                        "/access-policies",
                        policy("enforced", EVERYBODY, BLOCK)
                                .replace(
                                        "\"controls\"",
                                        "\"conditions\":{\"networks\":{\"exclude\":[\"office\"]}},\"controls\""))
                .expect(201);

        boss.put("/networks/office", "{\"name\":\"office\",\"cidrs\":[\"192.0.2.0/24\"]}")
                .expect(409);
    }

    private TokenResponse refreshed() {
        return guarded.realm().oidc("desk").refresh(tokens.refreshToken());
    }

    private static String policy(String state, String assignments, String controls) {
        return "{\"name\":\"p\",\"state\":\"" + state + "\",\"assignments\":{" + assignments + "},\"controls\":{"
                + controls + "}}";
    }
}
