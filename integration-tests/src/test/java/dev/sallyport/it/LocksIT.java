package dev.sallyport.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.TokenResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.ComponentRepresentation;

/** What an administrator locks is refused at every door and ended at once, whatever the policies say. */
@SallyportTest
class LocksIT {

    private static final String LOCK_TYPE = "dev.sallyport.lock.realm.LockProvider";
    private static final String ACCOUNT_LOCKED = "An administrator has locked your account.";
    private static final String DEVICE_LOCKED = "An administrator has locked this device.";

    private static final CompletableFuture<String> loggedOut = new CompletableFuture<>();

    private static HttpServer application;
    private static GuardedRealm guarded;
    private static RestApi api;

    @BeforeAll
    static void makeRealm(KeycloakServer server) throws IOException {
        application = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        application.createContext("/logout", exchange -> {
            loggedOut.complete(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        application.start();
        var logout = "http://localhost:" + application.getAddress().getPort() + "/logout";

        guarded = GuardedRealm.on(server, r -> r.user(
                        "cat", u -> u.password(GuardedRealm.PASSWORD).roles("offline_access"))
                .user("dan", u -> u.password(GuardedRealm.PASSWORD))
                .user("eve", u -> u.password(GuardedRealm.PASSWORD))
                .user("boss", u -> u.password(GuardedRealm.PASSWORD).clientRoles("realm-management", "realm-admin"))
                .client("desk", c -> c.publicClient())
                .client("notified", c -> c.publicClient()
                        .with(client -> client.getAttributes().put("backchannel.logout.url", logout)))
                .client("robot", c -> c.serviceAccount("robot-secret").audience("ledger-api"))
                .client("viewer", c -> c.serviceAccount("viewer-secret"))
                .client("auditor", c -> c.serviceAccount("auditor-secret"))
                .client("deputy", c -> c.serviceAccount("deputy-secret")
                        .serviceAccountRoles("realm-management", "realm-admin")));
        api = guarded.realm().api();
    }

    @AfterAll
    static void stopApplication() {
        application.stop(0);
    }

    @Test
    void lockedUserLosesEverySessionAndIsRefusedAtEveryDoor() throws Exception {
        var ledger = guarded.ledger();
        var tokens = ledger.tokens("cat", GuardedRealm.PASSWORD);
        var offline = ledger.exchange(ledger.authorize(Map.of("scope", "openid offline_access")));
        ledger.client("notified").authorize().code();
        var id = guarded.realm().userId("cat");

        var lock = guarded.lock("{\"user\":\"cat\",\"reason\":\"suspected of theft\"}");

        var user = guarded.realm().admin().users().get(id);
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(user.getUserSessions()).isEmpty();
            assertThat(user.getOfflineSessions(clientUuid("ledger"))).isEmpty();
        });
        assertThat(loggedOut.get(60, TimeUnit.SECONDS)).contains("logout_token=");
        assertThat(ledger.refresh(tokens.refreshToken()).error()).isEqualTo("invalid_grant");
        assertThat(ledger.refresh(offline.refreshToken()).error()).isEqualTo("invalid_grant");
        assertThat(guarded.active(tokens.accessToken())).isFalse();
        assertThat(guarded.active(offline.refreshToken())).isFalse();
        assertThat(ledger.userinfo(tokens.accessToken()).status()).isEqualTo(401);
        assertThat(ledger.passwordGrant("cat", GuardedRealm.PASSWORD).error()).isEqualTo("invalid_grant");
        for (var application : new String[] {"ledger", "wiki"}) {
            var page = guarded.realm()
                    .oidc(application)
                    .login("cat", GuardedRealm.PASSWORD)
                    .page();
            assertThat(page.status()).isEqualTo(403);
            assertThat(page.text()).contains(ACCOUNT_LOCKED).doesNotContain("theft");
        }
        assertThat(guarded.wiki().tokens("dan", GuardedRealm.PASSWORD).status()).isEqualTo(200);

        guarded.lift(lock);

        assertThat(guarded.wiki().tokens("cat", GuardedRealm.PASSWORD).status()).isEqualTo(200);
        assertThat(ledger.refresh(offline.refreshToken()).error()).isEqualTo("invalid_grant");
    }

    @Test
    void settingAndLiftingAndRefusingAreRecorded() {
        var lock = guarded.lock("{\"user\":\"dan\",\"reason\":\"left the company\"}");
        guarded.wiki().login("dan", GuardedRealm.PASSWORD).page();
        guarded.lift(lock);

        assertThat(guarded.audited("lock.set")).anySatisfy(entry -> {
            assertThat(entry.at("/details/lock").asText()).isEqualTo(lock);
            assertThat(entry.at("/details/document").asText()).contains("left the company");
            assertThat(entry.at("/subject/name").asText()).isEqualTo("dan");
            assertThat(entry.at("/actor/name").asText()).isEqualTo("admin");
        });
        assertThat(guarded.audited("access.denied"))
                .anySatisfy(entry ->
                        assertThat(entry.at("/details/locks/0/lock").asText()).isEqualTo(lock));
        assertThat(guarded.audited("lock.lifted"))
                .anySatisfy(
                        entry -> assertThat(entry.at("/details/lock").asText()).isEqualTo(lock));
    }

    @Test
    void lockedDeviceIsRefusedAtEveryDoorAndLosesItsSessionsAlsoWhereItDoesNotProveItself() {
        var here = guarded.wiki().certificate(guarded.healthyDevice("stolen"));
        var tokens = here.tokens("ann", GuardedRealm.PASSWORD);
        var elsewhere = guarded.wiki().certificate(guarded.healthyDevice("kept"));

        var lock = guarded.lock("{\"device\":\"stolen\",\"reason\":\"reported stolen\"}");

        assertThat(here.refresh(tokens.refreshToken()).error()).isEqualTo("invalid_grant");
        assertThat(guarded.active(tokens.accessToken())).isFalse();
        assertThat(here.userinfo(tokens.accessToken()).status()).isEqualTo(401);
        var silently = Map.of("prompt", "none");
        assertThat(here.authorize(silently).error()).isIn("interaction_required", "login_required");
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        here.withoutCertificate().authorize(silently).error().equals("login_required"));
        var refused = here.withoutCookies().login("ann", GuardedRealm.PASSWORD).page();
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text()).contains(DEVICE_LOCKED);
        assertThat(elsewhere.tokens("ann", GuardedRealm.PASSWORD).status()).isEqualTo(200);

        guarded.lift(lock);

        assertThat(here.refresh(tokens.refreshToken()).error()).isEqualTo("invalid_grant");
        assertThat(here.tokens("ann", GuardedRealm.PASSWORD).status()).isEqualTo(200);
    }

    @Test
    void lockOfADeviceOutlivesItsRegistration() {
        var gone = guarded.wiki().certificate(guarded.healthyDevice("removed"));
        var lock = guarded.lock("{\"device\":\"removed\",\"reason\":\"lost\"}");

        api.delete("/devices/removed").expect(204);

        assertThat(gone.login("ann", GuardedRealm.PASSWORD).page().text()).contains(DEVICE_LOCKED);
        guarded.lift(lock);
    }

    @Test
    void serviceAccountCanBeLockedAndItsTokensEnd() {
        var robot = guarded.realm().oidc("robot").secret("robot-secret");
        var token = robot.clientCredentials().accessToken();
        assertThat(guarded.active(token)).isTrue();

        var lock = guarded.lock("{\"user\":\"service-account-robot\",\"reason\":\"leaked secret\"}");

        assertThat(robot.clientCredentials().error()).isEqualTo("unauthorized_client");
        assertThat(guarded.active(token)).isFalse();
        guarded.lift(lock);
        assertThat(robot.clientCredentials().status()).isEqualTo(200);
        assertThat(guarded.active(token)).isFalse();
    }

    @Test
    void lockEndsAtItsTime() {
        var until = Instant.now().plusSeconds(10);
        var lock = guarded.lock("{\"user\":\"eve\",\"reason\":\"for a while\",\"until\":\"" + until + "\"}");

        assertThat(guarded.ledger().passwordGrant("eve", GuardedRealm.PASSWORD).error())
                .isEqualTo("invalid_grant");
        await().atMost(Duration.ofSeconds(90))
                .until(() -> guarded.ledger()
                                .passwordGrant("eve", GuardedRealm.PASSWORD)
                                .status()
                        == 200);

        assertThat(Instant.now()).isAfter(until);
        assertThat(api.get("/locks").json()).anySatisfy(listed -> {
            assertThat(listed.path("id").asText()).isEqualTo(lock);
            assertThat(listed.path("inForce").asBoolean()).isFalse();
        });
        guarded.lift(lock);
    }

    @Test
    void whatIfShowsTheLock() {
        var lock = guarded.lock("{\"user\":\"ben\",\"reason\":\"r\"}");

        var preview = api.post("/access-policies/evaluate", "{\"user\":\"ben\",\"client\":\"wiki\"}")
                .expect(200)
                .json();

        assertThat(preview.path("decision").asText()).isEqualTo("deny");
        assertThat(preview.at("/locks/0/lock").asText()).isEqualTo(lock);
        guarded.lift(lock);
    }

    @Test
    void lockedServiceAccountCannotLiftItsLockByAnyApi() {
        var token = guarded.realm().oidc("deputy").secret("deputy-secret").clientCredentials();
        var deputy = api.as(token.accessToken());
        deputy.get("/locks").expect(200);

        var lock = guarded.lock("{\"user\":\"service-account-deputy\",\"reason\":\"r\"}");

        assertThat(deputy.delete("/locks/" + lock).status()).isIn(401, 403);
        assertThat(componentApi(token).delete("/" + component(lock).getId()).status())
                .isGreaterThanOrEqualTo(400);
        assertThat(component(lock).getName()).isEqualTo(lock);
        guarded.lift(lock);
    }

    @Test
    void administratorOnALockedDeviceCannotLiftTheLockThoughTheirTokenIsGood() {
        var desk = guarded.realm().oidc("desk").certificate(guarded.healthyDevice("bosses"));
        var token = desk.tokens("boss", GuardedRealm.PASSWORD);
        var boss = api.as(token.accessToken());
        boss.get("/locks").expect(200);

        var lock = guarded.lock("{\"device\":\"bosses\",\"reason\":\"r\"}");

        refused(boss.delete("/locks/" + lock));
        refused(boss.get("/devices"));
        assertThat(componentApi(token).delete("/" + component(lock).getId()).status())
                .isGreaterThanOrEqualTo(400);
        assertThat(componentApi(token)
                        .put(
                                "/" + component(lock).getId(),
                                "{\"config\":{\"document\":[\"{\\\"device\\\":\\\"x\\\",\\\"reason\\\":\\\"r\\\"}\"]}}")
                        .status())
                .isGreaterThanOrEqualTo(400);
        // NB. Neither in the database nor in the cache, from which the doors know the lock.
        assertThat(component(lock).getConfig().getFirst("document")).contains("bosses");
        refused(boss.get("/devices"));
        guarded.lift(lock);
    }

    // NB. By the lock, or since the session has ended by now.
    private static void refused(RestApi.Response answer) {
        assertThat(answer.status()).isIn(401, 403);
    }

    @Test
    void nobodyLocksThemselvesByMistake() {
        var desk = guarded.realm().oidc("desk").certificate(guarded.healthyDevice("own"));
        var boss = api.as(desk.tokens("boss", GuardedRealm.PASSWORD).accessToken());

        var user = boss.post("/locks", "{\"user\":\"boss\",\"reason\":\"r\"}").expect(409);
        boss.post("/locks", "{\"device\":\"own\",\"reason\":\"r\"}").expect(409);

        assertThat(user.json().path("error_description").asText()).contains("shut you out");
        boss.post("/locks?force=true", "{\"device\":\"own\",\"reason\":\"r\"}").expect(201);
        refused(boss.get("/locks"));
        for (var lock : api.get("/locks").json()) {
            if (lock.path("device").asText().equals("own"))
                guarded.lift(lock.path("id").asText());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'user':'nobody','reason':'r'} | user",
                "{'device':'nothing','reason':'r'} | device",
                "{'privilege':'nothing','reason':'r'} | privilege",
                "{'user':'ann'} | reason",
                "{'user':'ann','reason':'r','until':'2020-01-01T00:00:00Z'} | until",
                "{'user':'ann','reason':'r','forever':true} | forever",
                "{'user':'ann','device':'d','reason':'r'} | ''",
                "[] | ''"
            })
    void malformedLockIsRefusedWithItsPath(String json, String path) {
        var refused = api.post("/locks", json.replace('\'', '"')).expect(400).json();

        assertThat(refused.path("path").asText()).isEqualTo(path);
    }

    @Test
    void onlyWhoHasTheRightSeesOrSetsLocks() {
        var viewer = api.as(guarded.tokenOf("viewer", "viewer-secret", "view"));
        var auditor = api.as(guarded.tokenOf("auditor", "auditor-secret", "audit"));
        var lock = "{\"user\":\"ann\",\"reason\":\"r\"}";

        viewer.get("/locks").expect(200);
        viewer.post("/locks", lock).expect(403);
        viewer.delete("/locks/x").expect(403);
        auditor.get("/locks").expect(403);
        api.anonymously().get("/locks").expect(401);
        api.delete("/locks/nothing").expect(404);
    }

    @Test
    void anotherRealmsAdministratorsAndLocksCountForNothingHere(KeycloakServer server) {
        var other = GuardedRealm.on(
                server,
                r -> r.client("deputy", c -> c.serviceAccount("deputy-secret")
                        .serviceAccountRoles("realm-management", "realm-admin")));
        var token = other.realm().oidc("deputy").secret("deputy-secret").clientCredentials();

        other.lock("{\"user\":\"ann\",\"reason\":\"r\"}");

        assertThat(api.as(token.accessToken())
                        .post("/locks", "{\"user\":\"ann\",\"reason\":\"r\"}")
                        .status())
                .isIn(401, 403, 404);
        assertThat(guarded.wiki().tokens("ann", GuardedRealm.PASSWORD).status()).isEqualTo(200);
    }

    @Test
    void lockHoldsInARealmThatWasNeverSetUp(KeycloakServer server) {
        var bare = new GuardedRealm(server.realm(r -> r.user("ann", u -> u.password(GuardedRealm.PASSWORD))
                .client("wiki", c -> c.publicClient().directGrants())
                .client("robot", c -> c.serviceAccount("robot-secret"))
                .client("ledger-api", c -> c.resourceServer(GuardedRealm.API_SECRET))));
        var wiki = bare.wiki();
        var tokens = wiki.tokens("ann", GuardedRealm.PASSWORD);

        bare.lock("{\"user\":\"ann\",\"reason\":\"r\"}");
        bare.lock("{\"user\":\"service-account-robot\",\"reason\":\"r\"}");

        var page = bare.wiki().login("ann", GuardedRealm.PASSWORD).page();
        assertThat(page.status()).isEqualTo(403);
        assertThat(page.text()).contains(ACCOUNT_LOCKED);
        assertThat(wiki.refresh(tokens.refreshToken()).error()).isEqualTo("invalid_grant");
        assertThat(wiki.passwordGrant("ann", GuardedRealm.PASSWORD).error()).isEqualTo("invalid_grant");
        assertThat(wiki.userinfo(tokens.accessToken()).status()).isEqualTo(401);
        assertThat(bare.active(tokens.accessToken())).isFalse();
        assertThat(bare.realm()
                        .oidc("robot")
                        .secret("robot-secret")
                        .clientCredentials()
                        .error())
                .isEqualTo("unauthorized_client");
    }

    @Test
    void lockThatIsSetThroughKeycloaksOwnApiHoldsAndIsRecorded() {
        var realm = guarded.realm();
        var component = new ComponentRepresentation();
        component.setName("by-hand");
        component.setProviderId("sallyport-lock");
        component.setProviderType(LOCK_TYPE);
        component.setConfig(new MultivaluedHashMap<>(
                Map.of("document", List.of("{\"user\":\"" + realm.userId("eve") + "\",\"reason\":\"by hand\"}"))));

        realm.admin().components().add(component).close();

        assertThat(guarded.wiki().login("eve", GuardedRealm.PASSWORD).page().status())
                .isEqualTo(403);
        assertThat(guarded.audited("lock.set"))
                .anySatisfy(
                        entry -> assertThat(entry.at("/details/lock").asText()).isEqualTo("by-hand"));
        guarded.lift("by-hand");
    }

    private static String clientUuid(String clientId) {
        return guarded.realm().admin().clients().findByClientId(clientId).get(0).getId();
    }

    private static ComponentRepresentation component(String lock) {
        return guarded.realm().admin().components().query(null, LOCK_TYPE, lock).get(0);
    }

    /** Keycloak's own API for the components of the realm. */
    private static RestApi componentApi(TokenResponse token) {
        return guarded.realm()
                .server()
                .api("/admin/realms/" + guarded.realm().name() + "/components", token.accessToken());
    }
}
