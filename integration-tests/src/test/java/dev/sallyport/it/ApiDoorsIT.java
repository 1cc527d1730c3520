package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.UserBuilder;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keycloak's account and admin APIs ask at every call, however long the token is still good. */
@SallyportTest
class ApiDoorsIT {

    private static final List<String> WAYS_TO_WRITE_A_PATH = List.of(
            "/realms/%s/account/?x",
            "/realms/%s/account",
            "/realms/%s//account/",
            "//realms/%s/account/",
            "/realms/%s/account//",
            "/realms/%s/account;x=y/",
            "/realms/%s;x/account/",
            "/realms/%s/account/;/v1",
            "/realms/%s/%%61ccount/",
            "/realms/%s%%2faccount/",
            "/realms/%s/account%%2f",
            "/realms/%s/ACCOUNT/",
            "/realms/%s/account/v1",
            "/realms/%s/account/v1/",
            "/realms/%s/account/credentials",
            "/realms/%s/account/./sessions",
            "/realms/%s/x/../account/",
            "/admin/realms/%s/",
            "/admin//realms/%s",
            "//admin/realms/%s/users",
            "/admin/realms;x/%s/users",
            "/admin/realms/%s/users/",
            "/admin/realms/%s/users;x=y",
            "/admin/realms%%2f%s/users",
            "/admin/%%72ealms/%s/users",
            "/ADMIN/realms/%s/users",
            "/admin/./realms/%s/users",
            "/admin/realms/%s/../%s/users",
            "/admin/realms");

    private static KeycloakServer server;
    private static GuardedRealm guarded;
    private static GuardedRealm open;

    @BeforeAll
    static void makeRealms(KeycloakServer shared) {
        server = shared;
        guarded = GuardedRealm.on(server, r -> r.user("ada", ApiDoorsIT::administrator));
        guarded.policy(
                "apis",
                "enforced",
                "\"clients\":{\"include\":[\"account\",\"realm-management\"]}",
                GuardedRealm.HEALTHY);
        guarded.returnsToTests("account-console");
        guarded.returnsToTests("security-admin-console");
        open = GuardedRealm.on(server, r -> r.user("ada", ApiDoorsIT::administrator));
        open.ledgerNeeds(GuardedRealm.HEALTHY);
    }

    private static void administrator(UserBuilder ada) {
        ada.password(GuardedRealm.PASSWORD)
                .clientRoles("realm-management", "realm-admin")
                .clientRoles("account", "manage-account", "view-profile");
    }

    @ParameterizedTest
    @ValueSource(strings = {"account-console", "ledger"})
    void accountApiIsShutOnceTheDeviceOfTheSessionIsIll(String client) {
        var device = "account-" + client;
        var token = guarded.realm()
                .oidc(client)
                .certificate(guarded.healthyDevice(device))
                .tokens("ada", GuardedRealm.PASSWORD)
                .accessToken();
        var account = api(guarded, "/realms/%s/account", token);
        var profile = account.get("/").expect(200).text();

        guarded.fallIll(device);

        assertRefused(account.get("/"));
        assertRefused(account.get("/v1/sessions/devices"));
        assertRefused(account.post("/", profile.replace("\"firstName\":\"ada\"", "\"firstName\":\"Mallory\"")));
        guarded.heal(device);
        assertThat(account.get("/").expect(200).json().path("firstName").asText())
                .isEqualTo("ada");
    }

    @ParameterizedTest
    @ValueSource(strings = {"security-admin-console", "ledger"})
    void adminApiIsShutOnceTheDeviceOfTheSessionIsIll(String client) {
        var device = "admin-" + client;
        var token = guarded.realm()
                .oidc(client)
                .certificate(guarded.healthyDevice(device))
                .tokens("ada", GuardedRealm.PASSWORD)
                .accessToken();
        var admin = api(guarded, "/admin/realms/%s", token);
        admin.get("").expect(200);
        admin.get("/sallyport/devices").expect(200);

        guarded.fallIll(device);

        assertRefused(admin.get(""));
        assertRefused(admin.get("/users"));
        assertRefused(admin.get("/ui-ext/sessions"));
        assertRefused(admin.get("/sallyport/devices"));
        assertRefused(admin.put("/sallyport/devices/" + device + "/posture", "{}"));
        assertRefused(admin.put("", "{\"displayName\":\"taken\"}"));
        assertThat(guarded.realm().admin().toRepresentation().getDisplayName()).isNull();
    }

    @Test
    void adminConsoleDoesNotSayWhoIsThere() {
        var token = guarded.realm()
                .oidc("security-admin-console")
                .certificate(guarded.healthyDevice("whoami"))
                .tokens("ada", GuardedRealm.PASSWORD)
                .accessToken();
        var console = api(guarded, "/admin/%s/console", token);
        console.get("/whoami").expect(200);

        guarded.fallIll("whoami");

        assertRefused(console.get("/whoami"));
    }

    @Test
    void noWayToWriteAPathLeadsPast() {
        var token = guarded.ledger()
                .certificate(guarded.healthyDevice("path"))
                .tokens("ada", GuardedRealm.PASSWORD)
                .accessToken();
        assertThat(WAYS_TO_WRITE_A_PATH)
                .anySatisfy(path ->
                        assertThat(api(guarded, path, token).get("").text()).contains("ada@example.com"));

        guarded.fallIll("path");

        assertThat(WAYS_TO_WRITE_A_PATH).allSatisfy(path -> {
            var answer = api(guarded, path, token).get("");
            assertThat(answer.status()).isIn(400, 401, 403, 404, 405, 406);
            assertThat(answer.text()).doesNotContain("ada@example.com");
        });
    }

    @Test
    void policyAboutAnotherApplicationLeavesTheApisAlone() {
        var token = open.wiki().tokens("ada", GuardedRealm.PASSWORD).accessToken();

        api(open, "/realms/%s/account", token).get("/").expect(200);
        api(open, "/admin/realms/%s", token).get("/users").expect(200);
    }

    @Test
    void tokenOfOneRealmOpensNothingInAnother() {
        var token = open.wiki().tokens("ada", GuardedRealm.PASSWORD).accessToken();

        assertThat(api(guarded, "/realms/%s/account", token).get("/").status()).isEqualTo(401);
        assertThat(api(guarded, "/admin/realms/%s", token).get("/users").status())
                .isEqualTo(403);
        assertThat(api(guarded, "/admin/realms/%s/sallyport", token)
                        .get("/devices")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void administratorOfTheServerIsNotSubjectToTheRealmsPolicies() {
        var token = server.admin().tokenManager().getAccessTokenString();

        api(guarded, "/admin/realms/%s", token).get("/users").expect(200);
    }

    private static RestApi api(GuardedRealm realm, String path, String token) {
        return server.api(path.formatted(realm.realm().name(), realm.realm().name()), token);
    }

    private static void assertRefused(RestApi.Response response) {
        assertThat(response.status()).as(response.request()).isEqualTo(403);
        assertThat(response.json().path("error").asText()).isEqualTo("access_denied");
        assertThat(response.json().path("error_description").asText()).isNotEmpty();
    }
}
