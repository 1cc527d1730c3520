package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.ClientBuilder;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.LogoutReceiver;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.TokenResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is kept of sessions with privilege, who may see it and add to it, and how such a session is ended. */
@SallyportTest
class PrivilegedSessionsIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String TILL = "till-secret";
    private static final String OTHER = "other-secret";
    private static final String CHATTY = "chatty-secret";
    private static final String READER = "reader-secret";

    private static KeycloakServer node;
    private static LogoutReceiver receiver;
    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        node = server;
        receiver = LogoutReceiver.start();
        guarded = GuardedRealm.on(server, r -> r.group("/dba")
                .role("keeper")
                .user(
                        "bob",
                        u -> u.password(GuardedRealm.PASSWORD).groups("/dba").roles("offline_access"))
                .user("carol", u -> u.password(GuardedRealm.PASSWORD)
                        .clientRoles("realm-management", "manage-users", "view-users", "query-users"))
                .user("dan", u -> u.password(GuardedRealm.PASSWORD))
                .client("console", c -> c.publicClient().directGrants())
                .client("till", c -> told(c.confidential(TILL).serviceAccount(TILL), "till"))
                .client("vault", c -> told(c.publicClient(), "vault"))
                .client("other", c -> c.serviceAccount(OTHER))
                .client("chatty", c -> c.confidential(CHATTY).serviceAccount(CHATTY))
                .client("reader", c -> c.serviceAccount(READER)));
        Person.mayAskFrom(guarded, "console");
        guarded.realm().api().post("/privileges", """
                        {"name":"keeping","displayName":"Keeping","mode":"token","grants":{"realmRoles":["keeper"]},
                         "eligible":{"groups":["/dba"]},
                         "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H"}}""").expect(201);
    }

    private static void told(ClientBuilder client, String id) {
        client.with(representation -> representation
                .getAttributes()
                .putAll(Map.of(
                        "backchannel.logout.url", receiver.url(id), "backchannel.logout.session.required", "true")));
    }

    @AfterAll
    static void stopReceiver() {
        receiver.close();
    }

    @Test
    void timelineJoinsLoginElevationTokensAndRefreshOldestFirstAndHoldsNoSecret() {
        var bob = Person.loggedIn(guarded, "bob", Optional.empty());
        var sid = sid(bob.tokens());
        assertThat(listed(sid)).isEmpty();

        bob.elevated("keeping");
        await().atMost(SOON).untilAsserted(() -> assertThat(listed(sid)).hasSize(1));
        var wiki = bob.at("wiki");
        var refreshed = bob.app("wiki").refresh(wiki.refreshToken());

        var document = listed(sid).get(0);
        assertThat(document.path("user").asText()).isEqualTo("bob");
        assertThat(document.at("/elevations/0/privilege").asText()).isEqualTo("keeping");
        assertThat(document.path("holdings")).isEmpty();
        assertThat(document.path("clients").toString()).contains("console", "wiki");
        assertThat(document.path("since").asText()).endsWith("Z");
        assertThat(document.path("ip").asText()).isNotEmpty();
        var timeline = timeline(sid);
        assertThat(kinds(timeline))
                .startsWith("session.started")
                .containsSubsequence(
                        "session.started",
                        "elevation.requested",
                        "elevation.activated",
                        "LOGIN",
                        "CODE_TO_TOKEN",
                        "REFRESH_TOKEN")
                // NB. Before there was any privilege, nothing of what the session was used for is anybody's business.
                .containsOnlyOnce("CODE_TO_TOKEN");
        assertThat(timeline.stream().map(entry -> entry.path("time").asText())).isSorted();
        assertThat(timeline.toString())
                .doesNotContain(wiki.refreshToken())
                .doesNotContain(refreshed.accessToken())
                .doesNotContain(GuardedRealm.PASSWORD);
        assertThat(page(sid, 1, 1)).isEqualTo(List.of(timeline.get(1)));
    }

    @Test
    void sessionWithoutPrivilegeLeavesNoRecord() {
        var wiki = guarded.wiki();
        var tokens = wiki.tokens("ann", GuardedRealm.PASSWORD);
        assertThat(wiki.refresh(tokens.refreshToken()).status()).isEqualTo(200);

        assertThat(listed(sid(tokens))).isEmpty();
        assertThat(timeline(sid(tokens))).isEmpty();
    }

    @Test
    void administratorsActsAreKeptWithNamesAndWithWhatChangedThoughNoAdminEventsAreEnabled() {
        var tokens = console("carol");
        var api = keycloak(tokens);
        var dan = guarded.realm().userId("dan");
        var clerk =
                guarded.realm().admin().roles().get("clerk").toRepresentation().getId();
        assertThat(guarded.realm().admin().getRealmEventsConfig().isAdminEventsEnabled())
                .isFalse();

        api.post("/users/" + dan + "/role-mappings/realm", "[{\"id\":\"" + clerk + "\",\"name\":\"clerk\"}]")
                .expect(204);
        // NB. Without a body: what it removes, Keycloak's event does not say.
        api.delete("/users/" + dan + "/role-mappings/realm").expect(204);
        api.put("/users/" + dan + "/reset-password", "{\"type\":\"password\",\"value\":\"another, longer password\"}")
                .expect(204);
        api.post("/users", """
                {"username":"eve","enabled":true,"credentials":[{"type":"password","value":"a password of eve"}]}""").expect(201);
        var eve = guarded.realm().userId("eve");
        api.delete("/users/" + eve).expect(204);

        var acts = timeline(sid(tokens)).stream()
                .filter(entry -> entry.at("/details/kind").asText().equals("admin"))
                .toList();
        assertThat(acts).hasSize(5);
        assertThat(acts).allSatisfy(act -> {
            assertThat(act.at("/actor/name").asText()).isEqualTo("carol");
            assertThat(act.path("clientId").asText()).isEqualTo("console");
        });
        var granted = acts.get(0);
        assertThat(granted.at("/details/what").asText()).isEqualTo("users/dan/role-mappings/realm");
        assertThat(granted.at("/subject/name").asText()).isEqualTo("dan");
        assertThat(granted.at("/details/changes").toString()).contains("role-granted", "dan", "clerk");
        assertThat(granted.at("/details/changes/0/userId").asText()).isEqualTo(dan);
        assertThat(acts.get(1).at("/details/changes").toString()).contains("role-revoked", "dan", "clerk");
        assertThat(acts.get(2).at("/details/path").asText()).endsWith("/reset-password");
        assertThat(acts.get(4).at("/details/what").asText()).isEqualTo("users/eve");
        assertThat(acts.get(4).at("/subject/name").asText()).isEqualTo("eve");
        assertThat(acts.toString()).doesNotContain("another, longer password").doesNotContain("a password of eve");
        assertThat(listed(sid(tokens)).get(0).path("holdings").toString()).contains("realm-management.manage-users");
    }

    @Test
    void secretThatKeycloakTellsOfIsNotKept() {
        var tokens = console("carol");

        keycloak(tokens)
                .post(
                        "/groups",
                        "{\"name\":\"vaults\",\"attributes\":{\"apiKey\":[\"of the vault\"],\"colour\":[\"blue\"]}}")
                .expect(201);

        assertThat(timeline(sid(tokens)))
                .filteredOn(entry -> entry.at("/details/path").asText().startsWith("groups"))
                .singleElement()
                .satisfies(
                        entry -> assertThat(entry.at("/details/representation").toString())
                                .contains("blue")
                                .doesNotContain("of the vault"));
    }

    @Test
    void actOfAnAdministratorOfAnotherRealmIsKeptWhereItWasDone() {
        var token = node.admin().tokenManager().getAccessTokenString();
        guarded.realm().admin().users().get(guarded.realm().userId("ben")).logout();

        var sid = TokenResponse.claims(token).path("sid").asText();
        var act = timeline(sid).stream()
                .filter(entry -> entry.at("/details/what").asText().equals("users/ben/logout"))
                .findFirst()
                .orElseThrow();
        assertThat(act.at("/actor/name").asText()).isEqualTo("admin");
        assertThat(act.at("/details/actorRealm").asText()).isEqualTo("master");
        assertThat(act.at("/details/sessionRealm").asText()).isEqualTo("master");
        guarded.realm().api().delete("/sessions/" + sid).expect(404);
    }

    @Test
    void whoTakesSomebodysPlaceIsToBeFoundByTheirId() {
        var token = node.admin().tokenManager().getAccessTokenString();
        var administrator = node.admin()
                .realm("master")
                .users()
                .searchByUsername("admin", true)
                .get(0)
                .getId();

        guarded.realm().oidc("console").impersonate(guarded.realm().userId("carol"), token);

        assertThat(guarded.audited("session.event"))
                .filteredOn(entry -> entry.at("/details/event").asText().equals("IMPERSONATE"))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.at("/details/details/impersonator").asText())
                            .isEqualTo("admin");
                    assertThat(entry.at("/details/impersonatorId").asText()).isEqualTo(administrator);
                });
    }

    @Test
    void whatFailedIsKeptThoughItsRequestWasRolledBack() {
        var client = guarded.realm().oidc("console");
        client.login("carol", "wrong " + GuardedRealm.PASSWORD);
        var tokens = console("carol");
        keycloak(tokens).delete("/users/" + UUID.randomUUID()).expect(404);
        keycloak(tokens).put("", "{\"enabled\":true}").expect(403);
        keycloak(tokens)
                .post("/users", "{\"username\":\"ann\",\"enabled\":true}")
                .expect(409);

        var failed = timeline(sid(tokens)).stream()
                .filter(entry -> entry.at("/details/outcome").asText().equals("failed"))
                .toList();
        assertThat(failed.stream().map(entry -> entry.at("/details/status").asInt()))
                .containsExactly(404, 403, 409);
        var code = client.login("carol", GuardedRealm.PASSWORD).code();
        var stolen = client.token(Map.of(
                "grant_type",
                "authorization_code",
                "code",
                code,
                "redirect_uri",
                OidcClient.CALLBACK,
                "code_verifier",
                "w".repeat(43)));
        assertThat(stolen.status()).isEqualTo(400);
        var sid = sid(client.exchange(client.authorize()));
        assertThat(kinds(timeline(sid))).contains("CODE_TO_TOKEN_ERROR");
        assertThat(guarded.audited("session.event").stream()
                        .filter(entry -> entry.at("/details/event").asText().equals("LOGIN_ERROR")))
                .anySatisfy(entry -> {
                    assertThat(entry.at("/actor/name").asText()).isEqualTo("carol");
                    assertThat(entry.at("/details/error").asText()).isEqualTo("invalid_user_credentials");
                });
    }

    @Test
    void applicationAddsToTheTimelineOfItsOwnSessionsOnly() {
        var bob = Person.loggedIn(guarded, "bob", Optional.empty());
        var sid = sid(bob.tokens());
        var app = bob.app("till").secret(TILL);
        app.exchange(app.authorize());
        var till = as(guarded.realm().oidc("till").secret(TILL).clientCredentials());
        var other = as(guarded.realm().oidc("other").secret(OTHER).clientCredentials());
        var body = """
                {"action":"void","resource":"receipt 7","outcome":"done",
                 "details":{"amount":12,"password":"of the drawer","note":"=1+1"}}""";
        var path = "/sessions/" + sid + "/activity";

        till.post(path, body).expect(201);
        guarded.realm().api().post(path, "{\"action\":\"noted\"}").expect(201);

        other.post(path, body).expect(404);
        as(bob.tokens()).post(path, body).expect(404);
        till.post("/sessions/" + UUID.randomUUID() + "/activity", body).expect(404);
        assertThat(till.post("/sessions/%00/activity", body).status()).isBetween(400, 499);
        till.post(path, "{\"action\":\"x\",\"more\":1}").expect(400);
        till.post(path, "{\"resource\":\"x\"}").expect(400);
        till.post(path, "{\"action\":\"" + "x".repeat(2_001) + "\"}").expect(400);
        till.post(path, "{\"action\":\"x\",\"details\":{\"n\":1.5}}").expect(400);
        var twentyTexts = "\"" + "x".repeat(1_000) + "\"" + (",\"" + "x".repeat(1_000) + "\"").repeat(19);
        till.post(path, "{\"action\":\"x\",\"details\":{\"list\":[" + twentyTexts + "]}}")
                .expect(400);
        till.post(path, "{\"action\":\"" + "x".repeat(1_100_000) + "\"}").expect(413);
        var elsewhere = GuardedRealm.on(node);
        elsewhere.realm().api().post(path, body).expect(404);
        elsewhere.realm().api().get("/sessions/" + sid + "/events").expect(404);
        elsewhere.realm().api().delete("/sessions/" + sid).expect(404);

        var added = timeline(sid).stream()
                .filter(entry -> entry.path("type").asText().equals("session.activity"))
                .toList();
        assertThat(added).hasSize(2);
        assertThat(added.get(0).path("clientId").asText()).isEqualTo("till");
        assertThat(added.get(0).at("/subject/name").asText()).isEqualTo("bob");
        assertThat(added.get(0).at("/details/action").asText()).isEqualTo("void");
        assertThat(added.get(0).at("/details/details/amount").asInt()).isEqualTo(12);
        assertThat(added.toString()).doesNotContain("of the drawer");
    }

    @Test
    void whatAnApplicationReportsHoldsNoSecretWhereverItIsPut() {
        var bob = Person.loggedIn(guarded, "bob", Optional.empty());
        var sid = sid(bob.tokens());
        var app = bob.app("till").secret(TILL);
        app.exchange(app.authorize());
        var till = as(guarded.realm().oidc("till").secret(TILL).clientCredentials());
        var token = "eyJ" + "h".repeat(20) + "." + "p".repeat(20) + "." + "s".repeat(20);

        till.post("/sessions/" + sid + "/activity", """
                        {"action":"sent %1$s","resource":"at %1$s","outcome":"got %1$s","details":{"note":"with %1$s"}}""".formatted(token)).expect(201);

        var added = timeline(sid).stream()
                .filter(entry -> entry.path("type").asText().equals("session.activity"))
                .findFirst()
                .orElseThrow();
        assertThat(added.toString()).doesNotContain("s".repeat(20));
        for (var place : List.of("action", "resource", "outcome", "details"))
            assertThat(added.at("/details/" + place).toString()).as(place).contains("**********");
    }

    @Test
    void applicationThatReportsTooMuchIsStopped() {
        var bob = Person.loggedIn(guarded, "bob", Optional.empty());
        var app = bob.app("chatty").secret(CHATTY);
        app.exchange(app.authorize());
        var chatty = as(guarded.realm().oidc("chatty").secret(CHATTY).clientCredentials());
        var path = "/sessions/" + sid(bob.tokens()) + "/activity";

        // NB. Twice what is taken within a minute, since a new one may begin.
        int refused = 0;
        for (int i = 0; i < 1_201 && refused == 0; i++) {
            if (chatty.post(path, "{\"action\":\"tick\"}").status() == 429) refused++;
        }

        assertThat(refused).isOne();
        // NB. What the others have to say is taken all the same.
        guarded.realm().api().post(path, "{\"action\":\"noted\"}").expect(201);
    }

    @Test
    void killEndsSessionElevationAndOfflineTokenTellsApplicationsAndKeepsTheRecord() {
        var bob = Person.loggedIn(guarded, "bob", Optional.empty());
        var sid = sid(bob.tokens());
        var elevation = bob.elevated("keeping");
        var vault = bob.at("vault");
        var offline = bob.at("vault", Map.of("scope", "openid offline_access"));
        assertThat(bob.app("vault").refresh(offline.refreshToken()).status()).isEqualTo(200);

        guarded.realm().api().delete("/sessions/" + sid).expect(204);

        assertThat(bob.app("vault").refresh(vault.refreshToken()).status()).isEqualTo(400);
        assertThat(bob.app("vault").refresh(offline.refreshToken()).status()).isEqualTo(400);
        assertThat(guarded.active(vault.accessToken())).isFalse();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(receiver.notice("vault", sid)).isPresent());
        assertThat(bob.app("wiki").authorize(Map.of("prompt", "none")).error()).isEqualTo("login_required");
        var ended =
                guarded.realm().api().get("/elevations?user=bob&status=ended").json();
        assertThat(StreamSupport.stream(ended.spliterator(), false)
                        .filter(found -> found.path("id").equals(elevation.path("id")))
                        .map(found -> found.path("endedBy").asText()))
                .containsExactly("admin");
        assertThat(listed(sid)).isEmpty();
        var kinds = kinds(timeline(sid));
        assertThat(kinds)
                .containsSubsequence("session.started", "session.killed", "REFRESH_TOKEN_ERROR")
                .contains("elevation.ended")
                .doesNotContain("session.ended");
        guarded.realm().api().delete("/sessions/" + sid).expect(404);
    }

    @Test
    void whoTakesTheListenerOffTheListIsRecordedAllTheSame() {
        var before = guarded.realm().admin().toRepresentation().getEventsListeners();
        guarded.change(realm -> realm.setEventsListeners(List.of("jboss-logging")));
        try {
            var tokens = console("carol");

            keycloak(tokens)
                    .put("/users/" + guarded.realm().userId("dan"), "{\"lastName\":\"Renamed\"}")
                    .expect(204);

            assertThat(listed(sid(tokens))).hasSize(1);
            assertThat(timeline(sid(tokens)))
                    .anySatisfy(entry ->
                            assertThat(entry.at("/details/what").asText()).isEqualTo("users/dan"));
        } finally {
            guarded.change(realm -> realm.setEventsListeners(before));
        }
    }

    @Test
    void recordOfASessionSurvivesItsLogout() {
        var tokens = console("carol");

        guarded.realm().oidc("console").logout(tokens.refreshToken());

        assertThat(kinds(timeline(sid(tokens)))).endsWith("session.ended");
        assertThat(timeline(sid(tokens)).toString()).contains("logout");
        assertThat(listed(sid(tokens))).isEmpty();
    }

    @Test
    void onlyWhoMaySeesAndKills() {
        var tokens = console("carol");
        var sid = sid(tokens);
        var reader = guarded.realm().oidc("reader").secret(READER);
        as(reader.clientCredentials()).get("/sessions").expect(403);
        as(reader.clientCredentials()).get("/sessions/" + sid + "/events").expect(403);
        as(tokens).get("/sessions").expect(403);
        guarded.realm().api().anonymously().get("/sessions").expect(401);

        var auditor = guarded.realm().api().as(guarded.tokenOf("reader", READER, "audit"));

        auditor.get("/sessions").expect(200);
        auditor.get("/sessions/" + sid + "/events").expect(200);
        auditor.delete("/sessions/" + sid).expect(403);
        auditor.get("/sessions?max=1001").expect(400);
        auditor.get("/sessions/" + UUID.randomUUID() + "/events").expect(404);
    }

    private static TokenResponse console(String user) {
        return guarded.realm().oidc("console").tokens(user, GuardedRealm.PASSWORD);
    }

    private static RestApi as(TokenResponse tokens) {
        return guarded.realm().api().as(tokens.accessToken());
    }

    private static RestApi keycloak(TokenResponse tokens) {
        return node.api("/admin/realms/" + guarded.realm().name(), tokens.accessToken());
    }

    private static String sid(TokenResponse tokens) {
        return tokens.claims().path("sid").asText();
    }

    private static List<JsonNode> timeline(String sid) {
        return page(sid, 0, 1_000);
    }

    private static List<JsonNode> page(String sid, int first, int max) {
        return nodes(guarded.realm()
                .api()
                .get("/sessions/%s/events?first=%d&max=%d".formatted(sid, first, max))
                .expect(200)
                .json());
    }

    private static List<JsonNode> listed(String sid) {
        return nodes(guarded.realm().api().get("/sessions?max=1000").expect(200).json()).stream()
                .filter(document -> document.path("id").asText().equals(sid))
                .toList();
    }

    /** The types of entries, and of Keycloak's events theirs. */
    private static List<String> kinds(List<JsonNode> timeline) {
        return timeline.stream()
                .map(entry -> entry.at("/details/event").isTextual()
                        ? entry.at("/details/event").asText()
                        : entry.path("type").asText())
                .toList();
    }

    private static List<JsonNode> nodes(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }
}
