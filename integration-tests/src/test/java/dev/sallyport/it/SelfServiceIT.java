package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way in to what users do for themselves: only a token that is for it, of somebody who is there. */
@SallyportTest
class SelfServiceIT {

    private static final String ORIGIN = "https://desk.example.com";
    private static final String FULL = "openid sallyport";

    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = realm(server);
    }

    private static GuardedRealm realm(KeycloakServer server) {
        var made = GuardedRealm.on(server, r -> r.client(
                        "desk",
                        c -> c.publicClient().directGrants().with(client -> client.setWebOrigins(List.of(ORIGIN))))
                .client("nosy", c -> c.publicClient().directGrants().audience("sallyport"))
                .client("robot", c -> c.serviceAccount("robot-secret")));
        offerScope(made, "desk");
        offerScope(made, "robot");
        return made;
    }

    static void offerScope(GuardedRealm in, String clientId) {
        var admin = in.realm().admin();
        var scope = admin.clientScopes().findAll().stream()
                .filter(found -> found.getName().equals("sallyport"))
                .findFirst()
                .orElseThrow();
        admin.clients()
                .get(admin.clients().findByClientId(clientId).get(0).getId())
                .addOptionalClientScope(scope.getId());
    }

    private static String token(String client, String scope) {
        return token(guarded, client, scope);
    }

    private static String token(GuardedRealm in, String client, String scope) {
        return in.realm()
                .oidc(client)
                .token(Map.of(
                        "grant_type", "password", "username", "ann", "password", GuardedRealm.PASSWORD, "scope", scope))
                .accessToken();
    }

    private static RestApi with(String token) {
        return guarded.realm().server().selfService(guarded.realm().name(), token);
    }

    @Test
    void tokenThatIsForItIsEnough() {
        var me = with(token("desk", FULL)).get("/me").expect(200).json();

        assertThat(me.path("username").asText()).isEqualTo("ann");
        assertThat(me.path("features").path("elevation").asBoolean(true)).isFalse();
        assertThat(me.path("features").path("console").asBoolean(true)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/me", "/privileges", "/elevations", "/elevations/1", "/delegations", "/devices"})
    void nothingIsReadWithoutOne(String path) {
        guarded.realm().publicApi().get(path).expect(401);
        with("nonsense").get(path).expect(401);
        with(token("desk", "openid")).get(path).expect(401);
        with(token("nosy", "openid")).get(path).expect(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/elevations",
                "/elevations/1/approve",
                "/elevations/1/end",
                "/emergency-reviews/1",
                "/delegations"
            })
    void nothingIsDoneWithoutOne(String path) {
        guarded.realm().publicApi().post(path, "{}").expect(401);
        with(token("desk", "openid")).post(path, "{}").expect(401);
        with(token("nosy", "openid")).post(path, "{}").expect(403);
    }

    @Test
    void tokenOfAnotherRealmIsNone(KeycloakServer server) {
        with(token(realm(server), "desk", FULL)).get("/me").expect(401);
    }

    @Test
    void sessionThatIsOverIsNone() {
        var tokens = guarded.realm()
                .oidc("desk")
                .token(Map.of(
                        "grant_type", "password", "username", "ann", "password", GuardedRealm.PASSWORD, "scope", FULL));
        with(tokens.accessToken()).get("/me").expect(200);

        guarded.realm().oidc("desk").logout(tokens.refreshToken());

        with(tokens.accessToken()).get("/me").expect(401);
    }

    @Test
    void offlineSessionIsNobodyWhoIsThere() {
        var desk = guarded.realm().oidc("desk");
        var offline = desk.token(Map.of(
                "grant_type",
                "password",
                "username",
                "ann",
                "password",
                GuardedRealm.PASSWORD,
                "scope",
                FULL + " offline_access"));

        var refreshed = desk.refresh(offline.refreshToken());

        with(refreshed.accessToken()).get("/me").expect(403);
    }

    @Test
    void accountOfAnApplicationIsNobodyWhoIsThere() {
        var token = guarded.realm()
                .oidc("robot")
                .secret("robot-secret")
                .token(Map.of("grant_type", "client_credentials", "scope", FULL))
                .accessToken();

        with(token).get("/me").expect(403);
    }

    @Test
    void administratorInAUsersPlaceIsNotTheUser() {
        var browser = guarded.realm().oidc("desk");
        var administrator = guarded.realm().server().admin().tokenManager().getAccessTokenString();
        assertThat(browser.impersonate(guarded.realm().userId("ann"), administrator))
                .isEqualTo(200);
        var token = browser.exchange(browser.authorize(Map.of("scope", FULL))).accessToken();

        assertThat(with(token).get("/me").expect(403).text()).contains("somebody else");
    }

    @Test
    void ownDevicesAreRemovedUnlessTheyAreBlocked() {
        var realm = guarded.realm();
        realm.device("{\"id\":\"anns\",\"owner\":\"ann\"}");
        realm.device("{\"id\":\"anns-lost\",\"owner\":\"ann\",\"status\":\"blocked\"}");
        realm.device("{\"id\":\"bens\",\"owner\":\"ben\"}");
        realm.device("{\"id\":\"everybodys\"}");
        var ann = with(token("desk", FULL));

        assertThat(ann.get("/devices").expect(200).json().findValuesAsText("id"))
                .containsExactly("anns", "anns-lost");
        ann.delete("/devices/anns").expect(204);
        ann.delete("/devices/anns").expect(404);
        ann.delete("/devices/anns-lost").expect(409);
        ann.delete("/devices/bens").expect(404);
        ann.delete("/devices/everybodys").expect(404);

        assertThat(realm.api().get("/devices").json().findValuesAsText("id"))
                .contains("anns-lost", "bens", "everybodys")
                .doesNotContain("anns");
    }

    @Test
    void accessPolicyHoldsHereToo() {
        var token = token("desk", FULL);
        with(token).get("/privileges").expect(200);

        guarded.blocks("sallyport", "\"risk\":\"low\"");

        try {
            with(token).get("/privileges").expect(403);
            with(token).post("/elevations", "{\"privilege\":\"x\"}").expect(403);
        } finally {
            guarded.realm().api().delete("/access-policies/sallyport").expect(204);
        }
    }

    @Test
    void onlyTheApplicationsOwnPagesMayAskFromABrowser() throws Exception {
        var token = token("desk", FULL);

        assertThat(call("GET", "/me", token, ORIGIN).headers().firstValue("Access-Control-Allow-Origin"))
                .contains(ORIGIN);
        assertThat(call("GET", "/me", token, "https://evil.example.com")
                        .headers()
                        .firstValue("Access-Control-Allow-Origin"))
                .isEmpty();
        var preflight = call("OPTIONS", "/elevations/1/approve", "", ORIGIN);
        assertThat(preflight.statusCode()).isEqualTo(200);
        assertThat(preflight
                        .headers()
                        .firstValue("Access-Control-Allow-Headers")
                        .orElse(""))
                .contains("Authorization");
    }

    private static HttpResponse<String> call(String method, String path, String token, String origin)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(guarded.realm().server().address() + "/realms/"
                        + guarded.realm().name() + "/sallyport" + path))
                .method(method, BodyPublishers.noBody())
                .header("Origin", origin);
        if (!token.isEmpty()) request.header("Authorization", "Bearer " + token);
        return HttpClient.newBuilder()
                .sslContext(guarded.realm().server().pki().sslContext(Optional.empty()))
                .build()
                .send(request.build(), BodyHandlers.ofString());
    }
}
