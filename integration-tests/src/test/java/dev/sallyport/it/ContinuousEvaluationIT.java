package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.it.harness.ClientBuilder;
import dev.sallyport.it.harness.ClientCertificate;
import dev.sallyport.it.harness.KeycloakCluster;
import dev.sallyport.it.harness.LogoutReceiver;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.TokenResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.keycloak.admin.client.resource.UserResource;

/**
 * What is no longer allowed ends in the middle of its session, on whichever node the change was made, and the applications
 * are told. That a door refuses proves nothing here: each test undoes the cause, and the session must still be gone.
 */
@SallyportTest(nodes = 2)
@TestMethodOrder(OrderAnnotation.class)
class ContinuousEvaluationIT {

    // NB. Far more than it takes: what it takes is measured in benchmarks/, on a machine that does nothing else.
    private static final Duration SOON = Duration.ofSeconds(30);

    /** Long enough for a claim of a dead node to run out. */
    private static final Duration AFTER_A_CRASH = Duration.ofMinutes(2);

    private static final String HASHED_ONCE = "hashAlgorithm(pbkdf2-sha256) and hashIterations(1)";
    private static final Map<String, String> OFFLINE = Map.of("scope", "openid offline_access");
    private static final String EVENT = "http://schemas.openid.net/event/backchannel-logout";
    private static final List<String> APPLICATIONS =
            List.of("vault", "forum", "roster", "lab", "desk", "archive", "till");

    private static LogoutReceiver receiver;
    private static KeycloakCluster cluster;
    private static GuardedRealm here;
    private static GuardedRealm there;

    @BeforeAll
    static void makeRealm(KeycloakCluster two) {
        receiver = LogoutReceiver.start();
        cluster = two;
        here = GuardedRealm.on(cluster.node(1), r -> {
            r.with(realm -> realm.setPasswordPolicy(HASHED_ONCE))
                    .with(realm -> realm.getAttributes().remove("sallyport.continuousEvaluation"))
                    .group("/leavers")
                    .role("suspended");
            for (var name : List.of("cat", "dan", "eve", "fay", "gus", "hal", "ivy"))
                r.user(name, u -> u.password(GuardedRealm.PASSWORD).roles("offline_access"));
            for (var id : APPLICATIONS) r.client(id, told(receiver.url(id)));
            r.client("mute", told(receiver.silentUrl("mute")));
        });
        there = new GuardedRealm(here.realm().at(cluster.node(2)));
        here.policy("healthy", "enforced", "\"clients\":{\"include\":[\"vault\",\"mute\"]}", GuardedRealm.HEALTHY);
    }

    private static Consumer<ClientBuilder> told(String url) {
        return c -> c.publicClient().directGrants().audience("ledger-api").with(client -> client.getAttributes()
                .putAll(Map.of("backchannel.logout.url", url, "backchannel.logout.session.required", "true")));
    }

    @AfterAll
    static void stopReceiver() {
        receiver.close();
    }

    @Test
    void illDeviceLosesAllItsSessionsOnBothNodesAndNoOtherDevicesDo() {
        var ill = here.healthyDevice("ill");
        var ann = visit("vault", "ann", ill);
        var cat = visit("vault", "cat", ill);
        var well = visit("vault", "ann", here.healthyDevice("well"));

        here.fallIll("ill");
        for (var visit : List.of(ann, cat)) awaitEndFor(visit);
        settled();
        here.heal("ill");

        for (var visit : List.of(ann, cat)) assertGone(visit);
        assertThat(ann.app().authorize(Map.of("prompt", "none")).error()).isEqualTo("login_required");
        assertUntouched(well);
    }

    @Test
    void endOfASessionIsRecordedOnceWithItsDeviceAndUser() {
        var visit = visit("vault", "dan", here.healthyDevice("recorded"));

        there.fallIll("recorded");
        awaitEndFor(visit);
        settled();

        var ends = here.audited("session.ended").stream()
                .filter(entry -> entry.path("sessionId").asText().equals(visit.sid()))
                .toList();
        assertThat(ends).hasSize(1);
        assertThat(ends.get(0).at("/subject/name").asText()).isEqualTo("dan");
        assertThat(ends.get(0).path("deviceId").asText()).isEqualTo("recorded");
        assertThat(ends.get(0).toString()).contains("healthy");
    }

    @Test
    void logoutTokenIsOneThatTheApplicationCanAccept() {
        var visit = visit("vault", "dan", here.healthyDevice("token"));

        there.fallIll("token");
        awaitEndFor(visit);

        var claims = receiver.notice("vault", visit.sid()).orElseThrow().claims();
        // NB. The node that ends the session has no request that would tell it by which address the application knows
        // it.
        assertThat(claims.path("iss").asText()).isEqualTo(here.realm().issuer());
        assertThat(claims.path("aud").toString()).contains("vault");
        assertThat(claims.path("sub").asText()).isEqualTo(here.realm().userId("dan"));
        assertThat(claims.path("events").has(EVENT)).isTrue();
        assertThat(claims.has("nonce")).isFalse();
    }

    @Test
    void sessionThatIsDeniedForOneApplicationKeepsTheOthers() {
        var device = here.healthyDevice("partly");
        var vault = visit("vault", "cat", device);
        var forum = vault.alsoAt("forum");

        here.fallIll("partly");
        awaitEndFor(vault);
        settled();
        here.heal("partly");

        assertGone(vault);
        assertUntouched(forum);
        // NB. The session gets in again, but not with what it was given before. The server forgives a second or two.
        await().until(() -> Instant.now().getEpochSecond()
                > vault.tokens().claims().path("iat").asLong() + 2);
        assertThat(vault.alsoAt("vault").refreshed()).isEqualTo(200);
        assertThat(vault.refreshed()).isEqualTo(400);
    }

    @Test
    void offlineTokenOfAnApplicationThatIsNotDeniedLivesOn() {
        var device = here.healthyDevice("partly-offline");
        var online = visit("vault", "hal", device);
        var vault = online.alsoAt("vault", OFFLINE);
        var forum = online.alsoAt("forum", OFFLINE);
        here.realm().admin().deleteSession(online.sid(), false);

        there.fallIll("partly-offline");
        await().atMost(SOON).untilAsserted(() -> assertThat(offlineSessionsOf("hal", "vault"))
                .isZero());
        settled();
        here.heal("partly-offline");

        assertGone(vault);
        assertThat(forum.refreshed()).isEqualTo(200);
    }

    @Test
    void offlineTokenEndsWithItsDeviceAlsoWhenTheOnlineSessionIsLongGone() {
        var device = here.healthyDevice("offline");
        var online = visit("vault", "eve", device);
        var both = online.alsoAt("vault", OFFLINE);
        var alone = offlineVisit("vault", "fay", device);
        assertThat(alone.refreshed()).isEqualTo(200);

        there.fallIll("offline");
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(offlineSessionsOf("eve", "vault")).isZero();
            assertThat(offlineSessionsOf("fay", "vault")).isZero();
        });
        settled();
        here.heal("offline");

        for (var visit : List.of(online, both, alone)) assertGone(visit);
    }

    @Test
    void repairedDeviceGetsInAtTheNextTry() {
        var device = here.healthyDevice("repaired");
        var before = visit("vault", "gus", device);
        there.fallIll("repaired");
        awaitEndFor(before);

        there.heal("repaired");
        var after = visit("vault", "gus", device);

        assertThat(after.refreshed()).isEqualTo(200);
        settled();
        assertUntouched(after);
    }

    @Test
    void blockedDeviceLosesItsSessions() {
        var visit = visit("vault", "ann", here.healthyDevice("blocked"));

        there.realm()
                .api()
                .put("/devices/blocked", "{\"platform\":\"macos\",\"status\":\"blocked\"}")
                .expect(200);
        awaitEndFor(visit);
        settled();
        here.realm()
                .api()
                .put("/devices/blocked", "{\"platform\":\"macos\",\"status\":\"active\"}")
                .expect(200);
        here.heal("blocked");

        assertGone(visit);
    }

    @Test
    void removedDeviceLosesItsSessions() {
        var visit = visit("vault", "ann", here.healthyDevice("removed"));

        there.realm().api().delete("/devices/removed").expect(204);
        awaitEndFor(visit);
        settled();
        here.healthyDevice("removed");

        assertGone(visit);
    }

    @Test
    void deviceThatIsGivenToSomebodyElseLosesTheSessionsOfOthers() {
        var device = here.healthyDevice("handed-over");
        var cat = visit("vault", "cat", device);
        var dan = visit("vault", "dan", device);

        there.realm()
                .api()
                .put("/devices/handed-over", "{\"platform\":\"macos\",\"owner\":\"dan\"}")
                .expect(200);
        awaitEndFor(cat);
        settled();

        assertUntouched(dan);
    }

    @Test
    void policyEndsTheSessionsThatItDeniesAndNoOthers() {
        var cat = visit("desk", "cat");
        var dan = visit("desk", "dan");
        var elsewhere = visit("forum", "cat");

        there.policy(
                "desk",
                "enforced",
                "\"users\":{\"include\":{\"users\":[\"cat\"]}},\"clients\":{\"include\":[\"desk\"]}",
                "\"block\":true");
        awaitEndFor(cat);
        settled();
        here.realm().api().delete("/access-policies/desk").expect(204);

        assertGone(cat);
        assertUntouched(dan);
        assertUntouched(elsewhere);
    }

    @Test
    void policyThatOnlyReportsEndsNothing() {
        var visit = visit("desk", "dan");

        there.policy("watch", "report-only", "\"clients\":{\"include\":[\"desk\"]}", "\"block\":true");
        settled();
        there.realm().api().delete("/access-policies/watch").expect(204);

        assertUntouched(visit);
    }

    @Test
    void policyThatAsksForMoreDoesNotEndTheSession() {
        var visit = visit("desk", "dan");

        there.policy("step-up", "enforced", "\"clients\":{\"include\":[\"desk\"]}", "\"acr\":\"2\"");
        settled();
        there.realm().api().delete("/access-policies/step-up").expect(204);

        assertUntouched(visit);
    }

    @Test
    void networkThatNoLongerHoldsTheAddressEndsTheSession() {
        here.network("office", "\"cidrs\":[\"127.0.0.0/8\",\"::1/128\"]");
        here.realm().policy("""
                {"name":"lab","state":"enforced","assignments":{"clients":{"include":["lab"]}},
                 "conditions":{"networks":{"exclude":["office"]}},"controls":{"block":true}}""");
        var lab = visit("lab", "ann");
        var forum = visit("forum", "ann");

        there.realm()
                .api()
                .put("/networks/office", "{\"name\":\"office\",\"cidrs\":[\"10.0.0.0/8\"]}")
                .expect(200);
        awaitEndFor(lab);
        settled();
        here.realm().api().delete("/access-policies/lab").expect(204);

        assertGone(lab);
        assertUntouched(forum);
    }

    @Test
    void userWhoJoinsAGroupOrGetsARoleLosesWhatThatForbids() {
        here.policy(
                "leavers",
                "enforced",
                "\"users\":{\"include\":{\"groups\":[\"/leavers\"],\"roles\":[\"suspended\"]}},"
                        + "\"clients\":{\"include\":[\"roster\"]}",
                "\"block\":true");
        var byGroup = visit("roster", "eve");
        var byRole = visit("roster", "fay");
        var stays = visit("roster", "gus");

        var realm = there.realm().admin();
        var leavers = realm.groups().groups("leavers", true, 0, 1, true).get(0).getId();
        realm.users().get(there.realm().userId("eve")).joinGroup(leavers);
        var suspended = realm.roles().get("suspended").toRepresentation();
        realm.users().get(there.realm().userId("fay")).roles().realmLevel().add(List.of(suspended));
        for (var visit : List.of(byGroup, byRole)) awaitEndFor(visit);
        settled();
        here.realm().api().delete("/access-policies/leavers").expect(204);

        for (var visit : List.of(byGroup, byRole)) assertGone(visit);
        assertUntouched(stays);
    }

    @Test
    void lockEndsTheSessionsOfItsUserOrDeviceForGood() {
        var user = visit("forum", "hal");
        var device = visit("forum", "ann", here.healthyDevice("locked"));
        var other = visit("forum", "ann");

        var locks = List.of(
                there.lock("{\"user\":\"hal\",\"reason\":\"r\"}"),
                there.lock("{\"device\":\"locked\",\"reason\":\"r\"}"));
        for (var visit : List.of(user, device)) awaitEndFor(visit);
        settled();
        locks.forEach(here::lift);

        for (var visit : List.of(user, device)) assertGone(visit);
        assertUntouched(other);
    }

    @Test
    void sessionThatNoBrowserStartedIsFoundToo() {
        var certificate = here.healthyDevice("script");
        var visit = grant("vault", "ann", Optional.of(certificate));
        assertThat(visit.refreshed()).isEqualTo(200);

        there.fallIll("script");
        awaitEndFor(visit);
        settled();
        here.heal("script");

        assertGone(visit);
    }

    @Test
    void sessionThatBeganWithoutADeviceAndProvedOneLaterIsThatDevices() {
        var forum = visit("forum", "gus");
        var vault = forum.with(here.healthyDevice("later")).alsoAt("vault");

        there.fallIll("later");
        awaitEndFor(vault);
        settled();
        here.heal("later");

        assertGone(vault);
        assertUntouched(forum);
    }

    @Test
    void disabledUserLosesTheirSessionsForGood() {
        var visit = visit("forum", "ivy");
        var ivy = there.realm().admin().users().get(there.realm().userId("ivy"));

        enable(ivy, false);
        awaitEndFor(visit);
        settled();
        enable(ivy, true);

        assertGone(visit);
    }

    @Test
    void applicationThatNeverAnswersKeepsNobodyIn() {
        var device = here.healthyDevice("mute");
        var vault = visit("vault", "ivy", device);
        var mute = vault.alsoAt("mute");

        there.fallIll("mute");
        awaitEndFor(vault);
        var ivy = here.realm().admin().users().get(here.realm().userId("ivy"));
        await().atMost(SOON).until(() -> ivy.getUserSessions().isEmpty());
        settled();
        here.heal("mute");

        assertThat(receiver.notice("mute", mute.sid())).isPresent();
        for (var visit : List.of(vault, mute)) assertGone(visit);
    }

    @Test
    void sessionThatIsAskedForWhileItEndsStaysEnded() {
        var visits = grants(40, "vault", "ivy", Optional.of(here.healthyDevice("asked")));
        var over = new AtomicBoolean();
        var askers = Executors.newCachedThreadPool();
        try {
            for (var realm : List.of(here, there)) askers.execute(() -> askUntil(over, realm, visits));

            here.fallIll("asked");
            await().atMost(SOON).until(() -> toldOf(visits) == visits.size());
            settled();
        } finally {
            over.set(true);
            askers.shutdown();
        }
        await().atMost(SOON).until(askers::isTerminated);
        here.heal("asked");

        for (var visit : visits) await().atMost(SOON).untilAsserted(() -> assertGone(visit));
    }

    @Test
    void loginThatIsCommittedOnlyAfterItsDeviceFellIllEndsToo() throws SQLException {
        var visit = visit("vault", "ivy", here.healthyDevice("late"));
        withdraw(visit.sid());

        here.fallIll("late");
        settled();
        assertThat(receiver.notice("vault", visit.sid())).isEmpty();
        commit(visit.sid());

        awaitEndFor(visit);
    }

    @Test
    void sessionThatEndedByItselfLeavesNothingBehind() throws SQLException {
        var visit = visit("forum", "gus");
        assertThat(indexed(visit.sid())).isPositive();

        visit.app().logout(visit.tokens().refreshToken());

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(indexed(visit.sid())).isZero());
    }

    @Test
    void policyThatWouldEndTooManySessionsShowsTheNumberFirst() {
        var visits = grants(60, "till", "gus", Optional.empty());
        var policy = """
                {"name":"till","state":"enforced","assignments":{"clients":{"include":["till"]}},
                 "controls":{"block":true}}""";

        var refused = there.realm().api().post("/access-policies", policy).expect(409);

        assertThat(refused.json().path("error_description").asText()).contains("60");
        assertThat(visits).allMatch(visit -> visit.refreshed() == 200);

        there.realm().api().post("/access-policies?force=true", policy).expect(201);
        await().atMost(SOON).until(() -> toldOf(visits) == visits.size());
        settled();
        here.realm().api().delete("/access-policies/till").expect(204);

        assertThat(visits).allMatch(visit -> visit.refreshed() == 400);
    }

    @Test
    // NB. Last, since only one node is left afterwards.
    @Order(Integer.MAX_VALUE)
    void otherNodeFinishesWhatAKilledNodeBegan() {
        var device = here.healthyDevice("crash");
        var visits = grants(150, "vault", "cat", Optional.of(device));
        var untouched = visit("vault", "cat", here.healthyDevice("survivor"));
        receiver.answerOnly(60);

        there.fallIll("crash");
        await().atMost(SOON).until(() -> toldOf(visits) > 60);
        assertThat(toldOf(visits)).as("the work is not yet done").isLessThan(visits.size());
        cluster.node(2).kill();
        receiver.answerAll();

        await().atMost(AFTER_A_CRASH).until(() -> toldOf(visits) == visits.size());
        settled();
        here.heal("crash");
        assertThat(visits).allMatch(visit -> visit.refreshed() == 400);
        assertThat(untouched.refreshed()).isEqualTo(200);
    }

    /** A user at an application, with what that application was given. */
    private record Visit(OidcClient app, String application, TokenResponse tokens) {

        String sid() {
            return tokens.claims().path("sid").asText();
        }

        /** The same browser goes on to another application. */
        Visit alsoAt(String other) {
            return alsoAt(other, Map.of());
        }

        Visit alsoAt(String other, Map<String, String> parameters) {
            var there = app.client(other);
            return new Visit(there, other, there.exchange(there.authorize(parameters)));
        }

        /** The same browser, from now on on this device. */
        Visit with(ClientCertificate device) {
            return new Visit(app.certificate(device), application, tokens);
        }

        /** The status of a refresh on the node where the session was started. */
        int refreshed() {
            return app.refresh(tokens.refreshToken()).status();
        }
    }

    private static void enable(UserResource user, boolean enabled) {
        var representation = user.toRepresentation();
        representation.setEnabled(enabled);
        user.update(representation);
    }

    private static OidcClient app(String application, Optional<ClientCertificate> device) {
        var app = here.realm().oidc(application);
        return device.map(app::certificate).orElse(app);
    }

    private static Visit visit(String application, String user, ClientCertificate device) {
        return visit(app(application, Optional.of(device)), application, user, Map.of());
    }

    private static Visit visit(String application, String user) {
        return visit(app(application, Optional.empty()), application, user, Map.of());
    }

    private static Visit offlineVisit(String application, String user, ClientCertificate device) {
        return visit(app(application, Optional.of(device)), application, user, OFFLINE);
    }

    private static Visit visit(OidcClient app, String application, String user, Map<String, String> parameters) {
        return new Visit(app, application, app.exchange(app.login(user, GuardedRealm.PASSWORD, parameters)));
    }

    private static Visit grant(String application, String user, Optional<ClientCertificate> device) {
        return grants(1, application, user, device).get(0);
    }

    private static List<Visit> grants(int count, String application, String user, Optional<ClientCertificate> device) {
        var app = app(application, device);
        return Stream.generate(() -> new Visit(app, application, app.passwordGrant(user, GuardedRealm.PASSWORD)))
                .limit(count)
                .toList();
    }

    private static void awaitEndFor(Visit visit) {
        await().atMost(SOON)
                .until(() -> receiver.notice(visit.application(), visit.sid()).isPresent());
        await().atMost(SOON).untilAsserted(() -> assertGone(visit));
    }

    private static void askUntil(AtomicBoolean over, GuardedRealm realm, List<Visit> visits) {
        while (!over.get()) {
            for (var visit : visits) realm.active(visit.tokens().accessToken());
        }
    }

    /** Neither node honours what the application holds. Only once the cause is undone this says that the session is gone. */
    private static void assertGone(Visit visit) {
        for (var realm : List.of(here, there)) {
            var refused = visit.app()
                    .via(realm.realm().server().address())
                    .refresh(visit.tokens().refreshToken());
            assertThat(refused.error())
                    .as(
                            "refresh of %s at %s",
                            visit.application(), realm.realm().server().address())
                    .isEqualTo("invalid_grant");
            assertThat(realm.active(visit.tokens().accessToken())).isFalse();
        }
    }

    private static void assertUntouched(Visit visit) {
        assertThat(receiver.notice(visit.application(), visit.sid())).isEmpty();
        for (var realm : List.of(here, there)) {
            var app = visit.app().via(realm.realm().server().address());
            assertThat(app.refresh(visit.tokens().refreshToken()).status()).isEqualTo(200);
        }
    }

    /** All that was to be looked at has been. */
    private static void settled() {
        await().atMost(AFTER_A_CRASH)
                .untilAsserted(() -> assertThat(count("SELECT COUNT(*) FROM sp_reevaluation WHERE NOT late"))
                        .isZero());
    }

    private static long indexed(String sessionId) throws SQLException {
        return count("SELECT COUNT(*) FROM sp_session WHERE session_id = '" + sessionId + "'");
    }

    private static long count(String query) throws SQLException {
        try (var connection = cluster.node(1).jdbc();
                var statement = connection.createStatement();
                var result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        }
    }

    /** As before the login is committed: nobody finds the session. */
    private static void withdraw(String sessionId) throws SQLException {
        update("UPDATE sp_session SET realm_id = 'withdrawn' WHERE session_id = '" + sessionId + "'");
    }

    private static void commit(String sessionId) throws SQLException {
        update("UPDATE sp_session SET realm_id = (SELECT id FROM realm WHERE name = '"
                + here.realm().name() + "') WHERE session_id = '" + sessionId + "'");
    }

    private static void update(String statement) throws SQLException {
        try (var connection = cluster.node(1).jdbc();
                var updating = connection.createStatement()) {
            assertThat(updating.executeUpdate(statement)).isEqualTo(1);
        }
    }

    private static int offlineSessionsOf(String user, String clientId) {
        var realm = here.realm().admin();
        var client = realm.clients().findByClientId(clientId).get(0).getId();
        return realm.users()
                .get(here.realm().userId(user))
                .getOfflineSessions(client)
                .size();
    }

    private static long toldOf(List<Visit> visits) {
        return visits.stream()
                .filter(visit ->
                        receiver.notice(visit.application(), visit.sid()).isPresent())
                .count();
    }
}
