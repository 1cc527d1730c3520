package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.LogoutReceiver;
import dev.sallyport.it.harness.Mailbox;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.TokenResponse;
import dev.sallyport.network.GeoDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.ComponentRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** What rules find, and what is done then without anybody having to come. */
@SallyportTest(
        options = {
            "--proxy-headers=xforwarded",
            "--proxy-trusted-addresses=127.0.0.0/8",
            "--spi-sallyport-geoip--default--country=" + DetectionsIT.COUNTRIES
        })
class DetectionsIT {

    // NB. Relative to where the build runs the tests, and so the server.
    static final String COUNTRIES = "target/geoip/countries-of-sessions.mmdb";

    private static final String BATCH = "batch-secret";
    private static final String READER = "reader-secret";

    private static final Duration SOON = Duration.ofSeconds(30);

    private static KeycloakServer node;
    private static LogoutReceiver receiver;
    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) throws IOException {
        node = server;
        var countries = Files.createDirectories(Path.of(COUNTRIES).getParent()).resolve("countries-of-sessions.mmdb");
        Files.write(countries, GeoDatabase.countries(Map.of("198.51.100.0/24", "DE", "192.0.2.0/24", "FR")));
        receiver = LogoutReceiver.start();
        guarded = GuardedRealm.on(server, r -> {
            r.group("/dba").role("keeper");
            for (var name : List.of("bob", "hal"))
                r.user(name, u -> u.password(GuardedRealm.PASSWORD).groups("/dba"));
            for (var name : List.of("carol", "eve", "fay", "gus", "ida", "joe", "pia", "ron"))
                r.user(name, u -> u.password(GuardedRealm.PASSWORD)
                        .clientRoles("realm-management", "manage-users", "view-users", "query-users"));
            r.user("dan", u -> u.password(GuardedRealm.PASSWORD))
                    .client("console", c -> c.publicClient().directGrants().with(client -> client.getAttributes()
                            .putAll(Map.of(
                                    "backchannel.logout.url",
                                    receiver.url("console"),
                                    "backchannel.logout.session.required",
                                    "true"))))
                    .client("batch", c -> c.confidential(BATCH))
                    .client("reader", c -> c.serviceAccount(READER));
        });
        Person.mayAskFrom(guarded, "console");
        guarded.realm().api().post("/privileges", """
                        {"name":"keeping","displayName":"Keeping","mode":"token","grants":{"realmRoles":["keeper"]},
                         "eligible":{"groups":["/dba"]},
                         "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H"}}""").expect(201);
        guarded.network("office", "\"cidrs\":[\"203.0.113.0/24\"]");
    }

    @AfterAll
    static void stopReceiver() {
        receiver.close();
    }

    @AfterEach
    void forgetRules() {
        nodes(guarded.realm().api().get("/detections").json()).forEach(rule -> guarded.realm()
                .api()
                .delete("/detections/" + rule.path("name").asText())
                .expect(204));
    }

    @Test
    void sessionThatMovesToAnotherNetworkEndsAndItsApplicationsAreTold() {
        rule("moved", "network-change", "high", "\"end-session\"", "");
        var client = console().header("X-Forwarded-For", "203.0.113.7");
        var tokens = client.tokens("carol", GuardedRealm.PASSWORD);
        var neighbour = client.header("X-Forwarded-For", "203.0.113.8").refresh(tokens.refreshToken());
        assertThat(neighbour.status()).isEqualTo(200);

        var elsewhere = client.header("X-Forwarded-For", "198.51.100.9").refresh(neighbour.refreshToken());

        assertThat(elsewhere.status()).isEqualTo(200);
        awaitGone(tokens);
        assertThat(client.refresh(elsewhere.refreshToken()).status()).isEqualTo(400);
        await().atMost(SOON).untilAsserted(() -> assertThat(receiver.notice("console", sid(tokens)))
                .isPresent());
        var finding = finding("moved", tokens);
        assertThat(finding.path("kind").asText()).isEqualTo("network-change");
        assertThat(finding.path("severity").asText()).isEqualTo("high");
        assertThat(finding.at("/details/from").asText()).isEqualTo("203.0.113.8");
        assertThat(finding.at("/details/to").asText()).isEqualTo("198.51.100.9");
        var timeline = kinds(tokens);
        assertThat(timeline).contains("finding.raised", "session.killed", "response.taken");
        assertThat(response("moved", "end-session", "carol")
                        .at("/details/outcome")
                        .asText())
                .isEqualTo("taken");
    }

    @Test
    void sessionThatGoesAbroadEndsAndNotOneThatMovesWithinItsCountry() {
        rule("abroad", "country-change", "high", "\"end-session\"", "");
        var client = console().header("X-Forwarded-For", "198.51.100.7");
        var tokens = client.tokens("ida", GuardedRealm.PASSWORD);
        var near = client.header("X-Forwarded-For", "198.51.100.70").refresh(tokens.refreshToken());
        // NB. A place that no atlas knows is no other country.
        var nowhere = client.header("X-Forwarded-For", "203.0.113.7").refresh(near.refreshToken());
        awaitAllLookedAt();
        assertThat(kinds(tokens)).doesNotContain("session.killed");

        client.header("X-Forwarded-For", "192.0.2.7").refresh(nowhere.refreshToken());

        awaitGone(tokens);
        assertThat(finding("abroad", tokens).at("/details/from").asText()).isEqualTo("DE");
        assertThat(finding("abroad", tokens).at("/details/to").asText()).isEqualTo("FR");
    }

    @Test
    void burstOfChangesDisablesWhoMakesThem() {
        rule("burst", "admin-burst", "critical", "\"disable-user\"", ",\"count\":4,\"within\":\"PT1M\"");
        var tokens = console().tokens("eve", GuardedRealm.PASSWORD);
        var api = node.api("/admin/realms/" + guarded.realm().name(), tokens.accessToken());

        for (int i = 0; i < 3; i++)
            api.post("/users", "{\"username\":\"made-" + i + "\"}").expect(201);
        assertThat(console().refresh(tokens.refreshToken()).status()).isEqualTo(200);
        assertThat(account("eve").isEnabled()).isTrue();
        api.post("/users", "{\"username\":\"made-3\"}").expect(201);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(account("eve").isEnabled()).isFalse());
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        console().refresh(tokens.refreshToken()).status())
                .isEqualTo(400));
        assertThat(finding("burst", tokens).at("/details/count").asInt()).isEqualTo(4);
    }

    @Test
    void elevationEndsThatIsUsedOutsideItsHoursAndOnlyOneFindingIsRaised() {
        var bob = Person.loggedIn(guarded, "bob", Optional.empty());
        rule("hours", "outside-schedule", "medium", "\"end-elevation\"", never());

        var elevation = bob.elevated("keeping");

        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(elevation(elevation).path("status").asText()).isEqualTo("ended"));
        assertThat(elevation(elevation).path("endedBy").asText()).isEqualTo("admin");
        bob.elevated("keeping");
        bob.at("wiki");
        awaitAllLookedAt();
        assertThat(findings("hours")).hasSize(1);
    }

    @Test
    void sessionThatIsShownAnotherDeviceHasThatOneBlocked() {
        guarded.policy(
                "device",
                "enforced",
                "\"clients\":{\"include\":[\"console\"]},\"users\":{\"include\":{\"users\":[\"fay\"]}}",
                "\"device\":{\"proven\":true}");
        rule("device", "device-change", "high", "\"block-device\"", "");
        var own = guarded.healthyDevice("own");
        var other = guarded.healthyDevice("other");
        guarded.realm().api().put("/devices/other", """
                        {"id":"other","displayName":"Other","platform":"macos","owner":"fay","status":"active"}""").expect(200);
        var client = console().certificate(own);
        var tokens = client.tokens("fay", GuardedRealm.PASSWORD);

        client.certificate(other).authorize(Map.of("prompt", "none"));

        await().atMost(SOON).untilAsserted(() -> assertThat(device("other")).isEqualTo("blocked"));
        assertThat(device("own")).isEqualTo("active");
        assertThat(finding("device", tokens).at("/details/shown").asText()).isEqualTo("other");
    }

    @Test
    void addressThatMayBeOfTheSameNetworkIsToldAndEndsNothing() {
        rule("unsure", "network-change", "low", "\"end-session\"", "");
        var client = console().header("X-Forwarded-For", "198.51.100.7");
        var tokens = client.tokens("carol", GuardedRealm.PASSWORD);

        // NB. Neither is in a network that has a name, and no database knows whose they are.
        var moved = client.header("X-Forwarded-For", "192.0.2.9").refresh(tokens.refreshToken());

        awaitWithheld("unsure", "end-session", "carol");
        assertThat(finding("unsure", tokens).at("/details/certain").booleanValue())
                .isFalse();
        assertThat(client.refresh(moved.refreshToken()).status()).isEqualTo(200);
    }

    @Test
    void whereAnApplicationAsksFromIsNotWhereItsUserIs() {
        rule("servers", "network-change", "low", "\"end-session\"", "");
        var browser = console().header("X-Forwarded-For", "203.0.113.7");
        browser.tokens("carol", GuardedRealm.PASSWORD);
        var batch = browser.client("batch").secret(BATCH);
        var tokens = batch.exchange(batch.authorize());

        var renewed = batch.header("X-Forwarded-For", "198.51.100.9").refresh(tokens.refreshToken());

        assertThat(renewed.status()).isEqualTo(200);
        awaitAllLookedAt();
        assertThat(findings("servers")).isEmpty();
    }

    @Test
    void whatSomebodyElseReportsOfASessionShutsNobodyOut() {
        rule("report", "outside-schedule", "low", "\"end-session\",\"disable-user\"", never());
        var bob = Person.loggedIn(guarded, "bob", Optional.empty());
        var sid = sid(bob.tokens());

        guarded.realm()
                .api()
                .post("/sessions/" + sid + "/activity", "{\"action\":\"exported everything\"}")
                .expect(201);

        for (var response : List.of("end-session", "disable-user")) awaitWithheld("report", response, "bob");
        assertThat(account("bob").isEnabled()).isTrue();
        assertThat(bob.console().refresh(bob.tokens().refreshToken()).status()).isEqualTo(200);
    }

    @Test
    void whoeverIsInSomebodysPlaceLosesTheSessionAndNotTheirAccount() {
        rule("stand-in", "admin-burst", "low", "\"disable-user\",\"end-session\"", ",\"count\":3,\"within\":\"PT2M\"");
        var browser = console();
        browser.impersonate(
                guarded.realm().userId("pia"), node.admin().tokenManager().getAccessTokenString());
        var tokens = browser.exchange(browser.authorize());
        var own = console().tokens("pia", GuardedRealm.PASSWORD);
        changes(tokens, 2);
        changes(own, 2);
        awaitAllLookedAt();
        assertThat(findings("stand-in")).isEmpty();

        changes(tokens, 1);

        awaitWithheld("stand-in", "disable-user", "pia");
        awaitGone(tokens);
        assertThat(account("pia").isEnabled()).isTrue();
        assertThat(kinds(own)).doesNotContain("session.killed");

        // NB. What the other one did must not hide what she does herself.
        changes(own, 1);

        awaitGone(own);
        var finding = finding("stand-in", own).path("id");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(nodes(guarded.realm()
                                        .api()
                                        .get("/audit/entries?type=response.taken&max=1000")
                                        .expect(200)
                                        .json())
                                .stream()
                                .map(entry -> entry.path("details"))
                                .filter(details -> details.path("finding").equals(finding))
                                .filter(details ->
                                        details.path("response").asText().equals("disable-user")))
                        .singleElement()
                        .satisfies(details ->
                                assertThat(details.path("reason").asText()).isNotEqualTo("somebody-else")));
    }

    private static void changes(TokenResponse tokens, int number) {
        var api = node.api("/admin/realms/" + guarded.realm().name(), tokens.accessToken());
        for (int i = 0; i < number; i++)
            api.put("/users/" + guarded.realm().userId("dan"), "{\"lastName\":\"" + UUID.randomUUID() + "\"}")
                    .expect(204);
    }

    @Test
    void sessionThatIsShownSomebodyElsesDeviceHasItsOwnBlocked() {
        guarded.policy(
                "device-of-joe",
                "enforced",
                "\"clients\":{\"include\":[\"console\"]},\"users\":{\"include\":{\"users\":[\"joe\"]}}",
                "\"device\":{\"proven\":true}");
        rule("borrowed", "device-change", "high", "\"block-device\"", "");
        var own = guarded.healthyDevice("joes");
        var other = guarded.healthyDevice("gus-laptop");
        guarded.realm()
                .api()
                .put("/devices/gus-laptop", "{\"platform\":\"macos\",\"owner\":\"gus\"}")
                .expect(200);
        var client = console().certificate(own);
        client.tokens("joe", GuardedRealm.PASSWORD);

        client.certificate(other).authorize(Map.of("prompt", "none"));

        await().atMost(SOON).untilAsserted(() -> assertThat(device("joes")).isEqualTo("blocked"));
        assertThat(device("gus-laptop")).isEqualTo("active");
    }

    @Test
    void ruleThatIsOffFindsNothing() {
        rule("off", "outside-schedule", "low", "\"end-session\"", never() + ",\"enabled\":false");
        var tokens = console().tokens("carol", GuardedRealm.PASSWORD);

        awaitAllLookedAt();

        assertThat(findings("off")).isEmpty();
        assertThat(console().refresh(tokens.refreshToken()).status()).isEqualTo(200);
    }

    @Test
    void whatIsFoundAboutSomebodyIsLookedAtByAnother() {
        made("lea");
        manager("lea");
        rule("busy", "outside-schedule", "low", "", never());
        var tokens = console().tokens("lea", GuardedRealm.PASSWORD);
        await().atMost(SOON).untilAsserted(() -> assertThat(findings("busy")).isNotEmpty());
        var resolve = "/findings/" + finding("busy", tokens).path("id").asText() + "/resolve";

        guarded.realm().api().as(tokens.accessToken()).post(resolve, "{}").expect(403);

        assertThat(finding("busy", tokens).has("resolvedAt")).isFalse();
        guarded.realm().api().post(resolve, "{}").expect(200);
        assertThat(finding("busy", tokens).has("resolvedAt")).isTrue();
    }

    @Test
    void auditorReadsWhatWasFoundAndResolvesNothing() {
        awaitAllLookedAt();
        var finding =
                nodes(guarded.realm().api().get("/findings?open=true").json()).get(0);
        var auditor = guarded.realm().api().as(guarded.tokenOf("reader", READER, "audit"));

        var found = auditor.get("/findings?open=true").expect(200).json();

        assertThat(found.findValuesAsText("id")).contains(finding.path("id").asText());
        auditor.post("/findings/" + finding.path("id").asText() + "/resolve", "{}")
                .expect(403);
        var stranger = console().tokens("dan", GuardedRealm.PASSWORD);
        guarded.realm().api().as(stranger.accessToken()).get("/findings").expect(403);
    }

    /** A schedule that is never now: its only day is the one after tomorrow. */
    private static String never() {
        var day = ZonedDateTime.now(ZoneOffset.UTC)
                .plusDays(2)
                .getDayOfWeek()
                .name()
                .substring(0, 3);
        return ",\"schedule\":{\"days\":[\"" + day + "\"],\"zone\":\"UTC\"}";
    }

    /** Since somebody else may have had a hand in it, and not since there was too much of it. */
    private static void awaitWithheld(String rule, String response, String user) {
        await().atMost(SOON).untilAsserted(() -> {
            var details = response(rule, response, user).path("details");
            assertThat(details.path("outcome").asText()).isEqualTo("withheld");
            assertThat(details.path("reason").asText()).isEqualTo("somebody-else");
        });
    }

    @Test
    void whatIsGivenOutsideGetsTheSeverityOfItsRule() {
        rule("given", "given-outside", "critical", "\"notify\"", "");
        var keeper = guarded.realm().admin().roles().get("keeper").toRepresentation();

        guarded.realm()
                .admin()
                .users()
                .get(guarded.realm().userId("dan"))
                .roles()
                .realmLevel()
                .add(List.of(keeper));

        await().atMost(SOON).untilAsserted(() -> assertThat(findings("given")).hasSize(1));
        assertThat(findings("given").get(0).path("kind").asText()).isEqualTo("role-given");
        assertThat(findings("given").get(0).path("severity").asText()).isEqualTo("critical");
        // NB. Nobody could be told: the realm has no mail server.
        await().atMost(SOON).untilAsserted(() -> assertThat(response("given", "notify", "dan")
                        .at("/details/outcome")
                        .asText())
                .isEqualTo("nothing"));
    }

    @Test
    void thoseWhoManageAreToldByMailInWhichNamesAreNoMoreThanNames() {
        var hostile = "<img src=x onerror=alert(1)>{0}\\\"&amp;";
        var profile = guarded.realm().admin().users().userProfile();
        var configuration = profile.getConfiguration();
        configuration.getAttribute("username").getValidations().remove("username-prohibited-characters");
        profile.update(configuration);
        made("boss");
        manager("boss");
        rule("named", "given-outside", "high", "\"notify\"", "");
        try (var mail = Mailbox.open()) {
            guarded.change(realm -> realm.setSmtpServer(mail.smtp()));
            var user = new UserRepresentation();
            user.setUsername(hostile);
            user.setEnabled(true);
            guarded.realm().admin().users().create(user).close();
            var keeper = guarded.realm().admin().roles().get("keeper").toRepresentation();
            guarded.realm()
                    .admin()
                    .users()
                    .get(guarded.realm().userId(hostile))
                    .roles()
                    .realmLevel()
                    .add(List.of(keeper));

            var page = Jsoup.parse(mail.html("boss@example.com", "named"));

            assertThat(page.select("img")).isEmpty();
            assertThat(page.text()).contains(hostile).contains("named").contains("given-outside, high");
            await().atMost(SOON).untilAsserted(() -> assertThat(response("named", "notify", hostile)
                            .at("/details/outcome")
                            .asText())
                    .isEqualTo("taken"));
        } finally {
            guarded.change(realm -> realm.setSmtpServer(Map.of()));
        }
    }

    private static void manager(String name) {
        var admin = guarded.realm().admin();
        var sallyport = admin.clients().findByClientId("sallyport").get(0).getId();
        var manage = admin.clients().get(sallyport).roles().get("manage").toRepresentation();
        admin.users()
                .get(guarded.realm().userId(name))
                .roles()
                .clientLevel(sallyport)
                .add(List.of(manage));
    }

    @Test
    void elevationThatNothingWasDoneWithIsFound() {
        rule("unused", "elevation-unused", "low", "", "");
        var hal = Person.loggedIn(guarded, "hal", Optional.empty());

        hal.end(hal.elevated("keeping"));
        await().atMost(SOON).untilAsserted(() -> assertThat(findings("unused")).hasSize(1));
        var used = hal.elevated("keeping");
        hal.at("wiki");
        hal.end(used);

        awaitAllLookedAt();
        assertThat(findings("unused")).hasSize(1);
        assertThat(findings("unused").get(0).path("elevationId").asText())
                .isNotEqualTo(used.path("id").asText());
    }

    @Test
    void whatIsNotUsedIsToldOnceUntilItIsUsedAgain() {
        var hal = Person.loggedIn(guarded, "hal", Optional.empty());
        rule("idle", "dormant-privilege", "low", "\"notify\"", ",\"unused\":\"PT3S\"");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(idle("idle", "hal", "keeping")).hasSize(1));
        var finding = idle("idle", "hal", "keeping").get(0);
        assertThat(finding.path("kind").asText()).isEqualTo("dormant-privilege");
        assertThat(finding.path("severity").asText()).isEqualTo("low");
        assertThat(finding.at("/details/held").asText()).isEqualTo("eligible");

        // NB. Who comes later is found by a later round, and only when they had it long enough.
        made("kim");
        var joined = Instant.now();
        guarded.realm()
                .admin()
                .users()
                .get(guarded.realm().userId("kim"))
                .joinGroup(guarded.realm().admin().getGroupByPath("/dba").getId());
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(idle("idle", "kim", "keeping")).hasSize(1));
        assertThat(Instant.parse(
                        idle("idle", "kim", "keeping").get(0).path("raisedAt").asText()))
                .isAfter(joined.plusSeconds(3));
        assertThat(idle("idle", "hal", "keeping")).hasSize(1);

        hal.end(hal.elevated("keeping"));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(idle("idle", "hal", "keeping")).hasSize(2));
        assertThat(idle("idle", "hal", "keeping").get(0).at("/details/known").asText())
                .isEqualTo("not-in-this-time");
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        response("idle", "notify", "hal").at("/details/finding").isTextual())
                .isTrue());
    }

    @Test
    void roleIsDormantWhoseHolderWasNotSeenForLong() {
        console().tokens("carol", GuardedRealm.PASSWORD);
        rule("absent", "dormant-privilege", "high", "", ",\"unused\":\"PT3S\"");

        await().atMost(SOON).untilAsserted(() -> assertThat(idle("absent", "carol", "realm-management.manage-users"))
                .isNotEmpty());
        var finding = idle("absent", "carol", "realm-management.manage-users").get(0);
        assertThat(finding.at("/details/held").asText()).isEqualTo("standing");
        assertThat(finding.at("/details/known").asText()).isEqualTo("no-sign-in");
    }

    private static List<JsonNode> idle(String rule, String user, String name) {
        var id = guarded.realm().userId(user);
        return findings(rule).stream()
                .filter(finding -> finding.path("user").asText().equals(id)
                        && finding.at("/details/name").asText().equals(name))
                .toList();
    }

    @Test
    void strangersRefusalsAreFoundAndEndNothing() {
        rule("tries", "refusals", "medium", "", ",\"count\":4,\"within\":\"PT10M\"");
        var tokens = console().tokens("gus", GuardedRealm.PASSWORD);

        for (int i = 0; i < 5; i++) console().login("gus", "wrong " + i);

        await().atMost(SOON).untilAsserted(() -> assertThat(findings("tries")).isNotEmpty());
        awaitAllLookedAt();
        assertThat(findings("tries")).hasSize(1);
        assertThat(account("gus").isEnabled()).isTrue();
        assertThat(console().refresh(tokens.refreshToken()).status()).isEqualTo(200);
        guarded.realm().api().post("/detections", """
                        {"name":"harm","kind":"refusals","severity":"low","count":3,"within":"PT1M","responses":["disable-user"]}""").expect(400);
    }

    @Test
    void refusalsAreFoundAtTheirNumberAndNotBefore() {
        rule("third", "refusals", "medium", "", ",\"count\":3,\"within\":\"PT10M\"");

        for (int i = 0; i < 2; i++) console().login("ron", "wrong " + i);
        awaitAllLookedAt();
        assertThat(findings("third")).isEmpty();
        console().login("ron", "wrong again");

        await().atMost(SOON).untilAsserted(() -> assertThat(findings("third")).hasSize(1));
        assertThat(findings("third").get(0).at("/details/count").asInt()).isEqualTo(3);
    }

    @Test
    void emergencyIsInTheRecordOfItsSessionWithTheSeverityOfItsKind() {
        emergencyPrivilege("alarm");
        var bob = Person.loggedIn(guarded, "bob", Optional.empty());

        var emergency = bob.elevated("alarm", "\"emergency\":true,\"justification\":\"fire\"");

        var finding = ofEmergency(emergency);
        assertThat(finding.path("severity").asText()).isEqualTo("high");
        assertThat(finding.has("rule")).isFalse();
        assertThat(finding.path("user").asText()).isEqualTo(guarded.realm().userId("bob"));
        assertThat(finding.path("sessionId").asText()).isEqualTo(sid(bob.tokens()));
        assertThat(timeline(bob.tokens())).anySatisfy(entry -> {
            assertThat(entry.path("type").asText()).isEqualTo("finding.raised");
            assertThat(entry.at("/details/kind").asText()).isEqualTo("emergency-used");
            assertThat(entry.at("/details/severity").asText()).isEqualTo("high");
            assertThat(entry.path("elevationId")).isEqualTo(emergency.path("id"));
        });
        guarded.realm()
                .api()
                .post("/findings/" + finding.path("id").asText() + "/resolve", "{\"comment\":\"there was fire\"}")
                .expect(200);
        assertThat(kinds(bob.tokens())).contains("finding.resolved");
    }

    @Test
    void emergencyThatARuleIsAboutHasTheSeverityOfTheRule() {
        emergencyPrivilege("siren");
        rule("fire", "emergency-used", "critical", "\"end-elevation\"", "");
        var hal = Person.loggedIn(guarded, "hal", Optional.empty());

        var emergency = hal.elevated("siren", "\"emergency\":true,\"justification\":\"fire\"");

        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(elevation(emergency).path("status").asText()).isEqualTo("ended"));
        var finding = ofEmergency(emergency);
        assertThat(finding.path("severity").asText()).isEqualTo("critical");
        assertThat(finding.path("rule").asText()).isEqualTo("fire");
        assertThat(finding.path("sessionId").asText()).isEqualTo(sid(hal.tokens()));
        assertThat(kinds(hal.tokens())).contains("finding.raised", "response.taken");
    }

    private static void emergencyPrivilege(String name) {
        guarded.realm().api().post("/privileges", """
                        {"name":"%s","displayName":"Keeping","mode":"token","grants":{"realmRoles":["keeper"]},
                         "eligible":{"groups":["/dba"]},
                         "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H","acr":"1"},
                         "approval":{"count":1,"approvers":{"users":["dan"]}},
                         "emergency":{"eligible":{"groups":["/dba"]},"maxDuration":"PT30M","perDay":2,
                                      "officers":{"users":["dan"]}}}""".formatted(name)).expect(201);
    }

    private static JsonNode ofEmergency(JsonNode elevation) {
        return nodes(guarded.realm().api().get("/findings?max=1000").expect(200).json()).stream()
                .filter(finding -> finding.path("kind").asText().equals("emergency-used")
                        && finding.path("elevationId").equals(elevation.path("id")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void ruleThatWouldShutOutEverybodyIsHeldBack() {
        rule("mass", "admin-burst", "critical", "\"disable-user\"", ",\"count\":2,\"within\":\"PT1M\"");
        var names = List.of("zoe-1", "zoe-2", "zoe-3", "zoe-4", "zoe-5", "zoe-6", "zoe-7");
        names.forEach(DetectionsIT::made);

        int disabled = 0;
        for (var name : names) {
            var tokens = console().tokens(name, GuardedRealm.PASSWORD);
            var api = node.api("/admin/realms/" + guarded.realm().name(), tokens.accessToken());
            var target = guarded.realm().userId("dan");
            for (int i = 0; i < 2; i++)
                api.put("/users/" + target, "{\"lastName\":\"" + name + i + "\"}")
                        .expect(204);
            await().atMost(SOON).untilAsserted(() -> assertThat(
                            response("mass", "disable-user", name).isMissingNode())
                    .isFalse());
            if (!account(name).isEnabled()) disabled++;
        }

        // NB. Other tests may have had somebody disabled within the hour.
        assertThat(disabled).isBetween(3, 5);
        var last = response("mass", "disable-user", "zoe-7").path("details");
        assertThat(last.path("outcome").asText()).isEqualTo("withheld");
        assertThat(last.path("reason").asText()).isEqualTo("too-many");
    }

    @Test
    void onlyWhoManagesMakesRulesAndBothInterfacesRefuseWhatIsNotBuilt() {
        var carol = console().tokens("carol", GuardedRealm.PASSWORD);
        var api = guarded.realm().api();
        var body = "{\"name\":\"mine\",\"kind\":\"network-change\",\"severity\":\"low\"}";
        api.as(carol.accessToken()).post("/detections", body).expect(403);
        api.as(carol.accessToken()).get("/detections").expect(403);
        assertThat(api.post("/detections", body.replace("network-change", "else"))
                        .expect(400)
                        .json()
                        .path("path")
                        .asText())
                .isEqualTo("kind");
        assertThat(api.post("/detections", body.replace("network-change", "dormant-privilege"))
                        .expect(400)
                        .json()
                        .path("path")
                        .asText())
                .isEqualTo("unused");
        var component = new ComponentRepresentation();
        component.setName("mine");
        component.setProviderType("dev.sallyport.detection.realm.DetectionProvider");
        component.setProviderId("sallyport-detection");
        component.setConfig(new MultivaluedHashMap<>());
        component.getConfig().add("document", body.replace("network-change", "else"));
        try (var response = guarded.realm().admin().components().add(component)) {
            assertThat(response.getStatus()).isEqualTo(400);
        }

        api.post("/detections", body).expect(201);
        api.post("/detections", body).expect(409);
        api.put("/detections/mine", body.replace("low", "high")).expect(200);
        assertThat(api.get("/detections/mine").json().path("severity").asText()).isEqualTo("high");
        api.put("/detections/other", body).expect(404);
        api.delete("/detections/other").expect(404);
    }

    private static void made(String name) {
        var api = node.keycloakApi(guarded.realm().name());
        api.post("/users", """
                {"username":"%1$s","enabled":true,"email":"%1$s@example.com","firstName":"Z","lastName":"Z","emailVerified":true,
                 "credentials":[{"type":"password","value":"%2$s"}]}""".formatted(name, GuardedRealm.PASSWORD)).expect(201);
        var management = guarded.realm()
                .admin()
                .clients()
                .findByClientId("realm-management")
                .get(0)
                .getId();
        var role = guarded.realm()
                .admin()
                .clients()
                .get(management)
                .roles()
                .get("manage-users")
                .toRepresentation();
        guarded.realm()
                .admin()
                .users()
                .get(guarded.realm().userId(name))
                .roles()
                .clientLevel(management)
                .add(List.of(role));
    }

    private static UserRepresentation account(String name) {
        return guarded.realm().admin().users().get(guarded.realm().userId(name)).toRepresentation();
    }

    private static void rule(String name, String kind, String severity, String responses, String more) {
        guarded.realm()
                .api()
                .post(
                        "/detections",
                        "{\"name\":\"%s\",\"kind\":\"%s\",\"severity\":\"%s\",\"responses\":[%s]%s}"
                                .formatted(name, kind, severity, responses, more))
                .expect(201);
    }

    private static OidcClient console() {
        return guarded.realm().oidc("console");
    }

    private static String sid(TokenResponse tokens) {
        return tokens.claims().path("sid").asText();
    }

    private static void awaitGone(TokenResponse tokens) {
        await().atMost(SOON).untilAsserted(() -> assertThat(kinds(tokens)).contains("session.killed"));
    }

    private static List<String> kinds(TokenResponse tokens) {
        return timeline(tokens).stream()
                .map(entry -> entry.path("type").asText())
                .toList();
    }

    private static List<JsonNode> timeline(TokenResponse tokens) {
        return nodes(guarded.realm()
                .api()
                .get("/sessions/" + sid(tokens) + "/events?max=1000")
                .expect(200)
                .json());
    }

    private static List<JsonNode> findings(String rule) {
        return nodes(guarded.realm().api().get("/findings?max=1000").expect(200).json()).stream()
                .filter(finding -> finding.path("rule").asText().equals(rule))
                .toList();
    }

    private static JsonNode finding(String rule, TokenResponse tokens) {
        return findings(rule).stream()
                .filter(finding -> finding.path("sessionId").asText().equals(sid(tokens)))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode response(String rule, String response, String user) {
        return nodes(guarded.realm()
                        .api()
                        .get("/audit/entries?type=response.taken&max=1000")
                        .expect(200)
                        .json())
                .stream()
                .filter(entry -> entry.at("/details/rule").asText().equals(rule)
                        && entry.at("/details/response").asText().equals(response)
                        && entry.at("/subject/name").asText().equals(user))
                .findFirst()
                .orElseGet(MissingNode::getInstance);
    }

    /** Until all that was recorded has been looked at: in order, so that what is recorded now is looked at last. */
    private static void awaitAllLookedAt() {
        var before = findings("last").size();
        var api = guarded.realm().api();
        api.post("/detections", "{\"name\":\"last\",\"kind\":\"given-outside\",\"severity\":\"low\"}");
        var user = guarded.realm().admin().users().get(guarded.realm().userId("ben"));
        var keeper = guarded.realm().admin().roles().get("keeper").toRepresentation();
        user.roles().realmLevel().remove(List.of(keeper));
        user.roles().realmLevel().add(List.of(keeper));
        await().atMost(SOON).until(() -> findings("last").size() > before);
    }

    private static JsonNode elevation(JsonNode elevation) {
        return nodes(guarded.realm().api().get("/elevations?max=1000").json()).stream()
                .filter(found -> found.path("id").equals(elevation.path("id")))
                .findFirst()
                .orElseThrow();
    }

    private static String device(String id) {
        return guarded.realm().api().get("/devices/" + id).json().path("status").asText();
    }

    private static List<JsonNode> nodes(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }
}
