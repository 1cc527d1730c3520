package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import jakarta.ws.rs.BadRequestException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keycloak.representations.idm.ComponentRepresentation;

/** Whoever administers gets what the contract says, and nobody else gets anything. */
@SallyportTest
class AdministrationIT {

    private static GuardedRealm guarded;
    private static RestApi api;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server, r -> r.client("agent", c -> c.serviceAccount("agent-secret"))
                .client("auditor", c -> c.serviceAccount("auditor-secret"))
                .client("console", c -> c.serviceAccount("console-secret"))
                .client("stranger", c -> c.serviceAccount("stranger-secret")));
        api = guarded.realm().api();
        grant("agent", "ingest");
        grant("auditor", "audit");
        grant("console", "manage");
    }

    @Test
    void secondSetupChangesNothing() {
        var again = api.put("/setup", "{\"bindBrowserFlow\":true}").expect(200).json();

        assertThat(again.path("created")).isEmpty();
        assertThat(again.path("existing")).isNotEmpty();
    }

    @Test
    void setupKeepsWhatTheRealmHad() {
        var flows = guarded.realm().admin().flows().getFlows();

        assertThat(flows).extracting("alias").contains("browser", "direct grant", "sallyport browser");
        assertThat(guarded.realm().admin().toRepresentation().getEventsListeners())
                .contains("jboss-logging", "sallyport");
    }

    @Test
    void setupIsForAdministrators() {
        api.anonymously().put("/setup", "{}").expect(401);
        as("agent").put("/setup", "{}").expect(403);
        as("auditor").put("/setup", "{}").expect(403);
        as("stranger").put("/setup", "{}").expect(403);
    }

    @Test
    void ingestMayPushPostureAndNothingElse() {
        guarded.healthyDevice("ingested");
        var agent = as("agent");

        agent.put("/devices/ingested/posture", "{\"observedAt\":\"" + Instant.now() + "\",\"compliant\":true}")
                .expect(200);
        agent.post("/devices", "{\"id\":\"x\"}").expect(403);
        agent.delete("/devices/ingested").expect(403);
        agent.post("/access-policies", "{}").expect(403);
        agent.get("/audit/entries").expect(403);
        agent.get("/devices").expect(403);
    }

    @Test
    void auditMayReadTheRecordAndNothingElse() {
        as("auditor").get("/audit/entries").expect(200);
        as("auditor").get("/device-identification").expect(403);
        as("auditor").put("/devices/x/posture", "{}").expect(403);
    }

    @Test
    void manageMayAdminister() {
        as("console").get("/devices").expect(200);
        as("console").post("/devices", "{\"id\":\"by-console\"}").expect(201);
        as("console").delete("/devices/by-console").expect(204);
    }

    @Test
    void anotherRealmsRolesCountForNothing(KeycloakServer server) {
        var other = GuardedRealm.on(server, r -> r.client("console", c -> c.serviceAccount("console-secret")));
        grant(other, "console", "manage");
        var token = other.realm().oidc("console").secret("console-secret").clientCredentials();

        assertThat(api.as(token.accessToken()).get("/devices").status()).isIn(401, 403, 404);
    }

    @Test
    void deviceIsRegisteredFoundChangedAndRemoved() {
        var created = api.post(
                        "/devices",
                        "{\"id\":\"urn:x/ä 1\",\"displayName\":\"Éclair\",\"owner\":\"ann\",\"serial\":\"C02A\",\"platform\":\"linux\"}")
                .expect(201)
                .json();
        var path = "/devices/urn%3Ax%2F%C3%A4%201";

        assertThat(created.path("status").asText()).isEqualTo("active");
        assertThat(api.get(path).expect(200).json().path("owner").asText()).isEqualTo("ann");
        assertThat(ids("/devices?search=c02a")).contains("urn:x/ä 1");
        assertThat(ids("/devices?owner=ann")).contains("urn:x/ä 1");
        assertThat(ids("/devices?owner=ben")).doesNotContain("urn:x/ä 1");
        api.post("/devices", "{\"id\":\"urn:x/ä 1\"}").expect(409);
        api.put(path, "{\"status\":\"blocked\"}").expect(200);
        assertThat(api.get(path).json().path("owner").isTextual()).isFalse();
        api.delete(path).expect(204);
        api.get(path).expect(404);
        assertThat(guarded.audited("device.enrolled")).isNotEmpty();
        assertThat(guarded.audited("device.blocked")).isNotEmpty();
        assertThat(guarded.audited("device.removed")).isNotEmpty();
    }

    @Test
    void listsComeInPages() {
        for (int i = 0; i < 5; i++)
            api.post("/devices", "{\"id\":\"page-" + i + "\"}").expect(201);

        assertThat(ids("/devices?search=page-&first=1&max=2")).containsExactly("page-1", "page-2");
        api.get("/devices?max=1001").expect(400);
        api.get("/devices?max=-1").expect(400);
        api.get("/devices?first=x").expect(400);
    }

    @Test
    void searchTakesWildcardsLiterally() {
        api.post("/devices", "{\"id\":\"percent%sign\"}").expect(201);

        assertThat(ids("/devices?search=percent%25sign")).containsExactly("percent%sign");
        assertThat(ids("/devices?search=percent_sign")).isEmpty();
    }

    @Test
    void olderPostureIsIgnoredAndFuturePostureRefused() {
        guarded.healthyDevice("clock");
        var now = Instant.now();
        guarded.posture("clock", now, "\"compliant\":false");

        guarded.posture("clock", now.minus(Duration.ofMinutes(5)), "\"compliant\":true");
        var refused = api.put(
                        "/devices/clock/posture",
                        "{\"observedAt\":\"" + now.plus(Duration.ofMinutes(2)) + "\",\"compliant\":true}")
                .expect(400);

        assertThat(refused.json().path("error_description").asText()).contains("observedAt");
        assertThat(api.get("/devices/clock").json().at("/posture/compliant").asBoolean())
                .isFalse();
        assertThat(api.get("/devices/clock").json().at("/posture/source").asText())
                .isEqualTo("registry");
    }

    @Test
    void newestOfManyPosturesAtOnceStays() {
        guarded.healthyDevice("race");
        var base = Instant.now().plusSeconds(1);

        var pushes = IntStream.range(0, 16)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> api.put(
                        "/devices/race/posture",
                        "{\"observedAt\":\"%s\",\"criticalVulnerabilities\":%d}".formatted(base.plusSeconds(i), i))))
                .toList();
        pushes.forEach(push -> push.join().expect(200));

        assertThat(api.get("/devices/race")
                        .json()
                        .at("/posture/criticalVulnerabilities")
                        .asInt())
                .isEqualTo(15);
    }

    @Test
    void bulkPushIsAllOrNothing() {
        guarded.healthyDevice("bulk-1");
        guarded.healthyDevice("bulk-2");
        var now = Instant.now().plusSeconds(1);

        var faulty = api.post("/devices/posture", """
                        [{"device":"bulk-1","posture":{"observedAt":"%s","compliant":false}},
                         {"device":"bulk-2","posture":{"observedAt":"yesterday"}}]""".formatted(now)).expect(400);

        assertThat(faulty.json().path("error_description").asText()).contains("[1].posture.observedAt");
        assertThat(api.get("/devices/bulk-1").json().at("/posture/compliant").asBoolean())
                .isTrue();
        api.post("/devices/posture", """
                        [{"device":"bulk-1","posture":{"observedAt":"%1$s","compliant":false}},
                         {"device":"bulk-2","posture":{"observedAt":"%1$s","compliant":false}}]""".formatted(now)).expect(200);
        assertThat(api.get("/devices/bulk-2").json().at("/posture/compliant").asBoolean())
                .isFalse();
    }

    @Test
    void bulkPushLeavesTheNewestOfSeveralReportsOfOneDevice() {
        guarded.healthyDevice("twice");
        var newest = Instant.now().plusSeconds(2);

        var answer = api.post("/devices/posture", """
                        [{"device":"twice","posture":{"observedAt":"%s","criticalVulnerabilities":1}},
                         {"device":"twice","posture":{"observedAt":"%s","criticalVulnerabilities":2}},
                         {"device":"twice","posture":{"observedAt":"%s","criticalVulnerabilities":3}}]""".formatted(newest.minusSeconds(1), newest, newest.minusSeconds(1)))
                .expect(200);

        assertThat(answer.json().path("stored").asInt()).isEqualTo(2);
        assertThat(answer.json().path("ignored").asInt()).isEqualTo(1);
        assertThat(api.get("/devices/twice")
                        .json()
                        .at("/posture/criticalVulnerabilities")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void bulkPushesAtTheSameTimeLeaveTheNewestAndDoNotBlockEachOther() {
        for (int i = 0; i < 20; i++) guarded.healthyDevice("crowd-" + i);
        var base = Instant.now();

        var pushes = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> api.post(
                        "/devices/posture",
                        IntStream.range(0, 20)
                                // NB. Every other one in the opposite order.
                                .map(d -> i % 2 == 0 ? d : 19 - d)
                                .mapToObj(d -> """
                                        {"device":"crowd-%d","posture":{"observedAt":"%s","criticalVulnerabilities":%d}}""".formatted(d, base.plusSeconds(i), i))
                                .collect(Collectors.joining(",", "[", "]")))))
                .toList();
        pushes.forEach(push -> push.join().expect(200));

        for (int i = 0; i < 20; i++)
            assertThat(api.get("/devices/crowd-" + i)
                            .json()
                            .at("/posture/criticalVulnerabilities")
                            .asInt())
                    .isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\":\"p\",\"state\":\"enforced\",\"controls\":{\"device\":{\"compliant\":\"yes\"}}} | controls.device.compliant",
                "{\"name\":\"p\",\"state\":\"enforced\",\"controls\":{\"device\":{\"minOsVersion\":{\"macos\":\"x\"}}}} | controls.device.minOsVersion.macos",
                "{\"name\":\"p\",\"state\":\"on\",\"controls\":{\"block\":true}} | state",
                "{\"name\":\"p\",\"state\":\"enforced\",\"controls\":{\"block\":true},\"conditions\":{\"weather\":\"rain\"}} | conditions.weather",
                "{\"name\":\"p\",\"state\":\"enforced\",\"controls\":{\"freshAuthentication\":15}} | controls.freshAuthentication",
                "{\"name\":\"p\",\"state\":\"enforced\",\"controls\":{\"acr\":\"gold\"}} | controls.acr",
                "{\"name\":\"p\",\"state\":\"enforced\",\"assignments\":{\"users\":{\"include\":{\"groups\":[\"/none\"]}}},\"controls\":{\"block\":true}} | assignments.users.include.groups[0]",
                "{\"name\":\"p\",\"state\":\"enforced\",\"assignments\":{\"clients\":{\"include\":[\"ledger\",\"none\"]}},\"controls\":{\"block\":true}} | assignments.clients.include[1]",
                "{\"name\":\"p\",\"state\":\"enforced\",\"controls\":{}} | controls",
                "[] | object",
                "{\"name\":\"p\" | JSON"
            })
    void faultyPolicyIsRefusedWithThePathOfTheFault(String document, String path) {
        var refused = api.post("/access-policies", document).expect(400);

        assertThat(refused.json().path("error").asText()).isNotEmpty();
        assertThat(refused.json().path("error_description").asText()).contains(path);
        api.get("/access-policies/p").expect(404);
    }

    @Test
    void oldPolicyStaysInForceWhenItsReplacementIsFaulty() {
        guarded.policy("steady", "enforced", "\"clients\":{\"include\":[\"wiki\"]}", "\"block\":true");

        api.put("/access-policies/steady", "{\"name\":\"steady\",\"state\":\"disabled\",\"controls\":{\"blok\":true}}")
                .expect(400);
        guarded.realm().admin().components().query().stream()
                .filter(component -> "steady".equals(component.getName()))
                .forEach(AdministrationIT::spoil);

        // NB. What was refused would be a policy for everybody.
        assertThat(guarded.ledger().login("ann", GuardedRealm.PASSWORD).code()).isNotEmpty();
        assertThat(guarded.wiki().login("ann", GuardedRealm.PASSWORD).page().status())
                .isEqualTo(403);
        assertThat(api.get("/access-policies/steady").json().path("state").asText())
                .isEqualTo("enforced");
        api.delete("/access-policies/steady").expect(204);
    }

    private static void spoil(ComponentRepresentation component) {
        component.getConfig().putSingle("document", "{\"name\":\"steady\",\"state\":\"enforced\"}");
        try {
            guarded.realm().admin().components().component(component.getId()).update(component);
            throw new AssertionError("Keycloak's component API took a faulty policy");
        } catch (BadRequestException expected) {
            assertThat(expected.getResponse().getStatus()).isEqualTo(400);
        }
    }

    @Test
    void documentCannotBecomeAnotherKindOfComponent() {
        guarded.policy("lasting", "enforced", "\"clients\":{\"include\":[\"wiki\"]}", "\"block\":true");
        var components = guarded.realm().admin().components();
        var disguised = component("lasting");
        disguised.setProviderType("org.keycloak.keys.KeyProvider");
        disguised.setProviderId("hmac-generated");

        assertThatThrownBy(() -> components.component(disguised.getId()).update(disguised))
                .isInstanceOf(BadRequestException.class);

        assertThat(api.get("/access-policies/lasting").json().path("state").asText())
                .isEqualTo("enforced");
        assertThat(guarded.wiki().login("ann", GuardedRealm.PASSWORD).page().status())
                .isEqualTo(403);
        api.delete("/access-policies/lasting").expect(204);
    }

    @Test
    void documentIsSaidOnce() {
        guarded.policy("single", "enforced", "\"clients\":{\"include\":[\"wiki\"]}", "\"block\":true");
        var component = component("single");
        var documents = component.getConfig().get("document");
        component.getConfig().addFirst("document", documents.get(0).replace("enforced", "disabled"));

        var components = guarded.realm().admin().components();
        assertThatThrownBy(() -> components.component(component.getId()).update(component))
                .isInstanceOf(BadRequestException.class);

        assertThat(api.get("/access-policies/single").json().path("state").asText())
                .isEqualTo("enforced");
        api.delete("/access-policies/single").expect(204);
    }

    @Test
    void refusedDocumentIsInForceForNobodyMeanwhile() {
        guarded.policy("steady", "enforced", "\"clients\":{\"include\":[\"wiki\"]}", "\"acr\":\"0\"");
        var component = component("steady");
        component.getConfig().putSingle("document", "{}");
        var components = guarded.realm().admin().components();
        var refused = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 150; i++) {
                assertThatThrownBy(() -> components.component(component.getId()).update(component))
                        .isInstanceOf(BadRequestException.class);
            }
        });

        var results = new HashSet<String>();
        while (!refused.isDone()) {
            results.addAll(api.post("/access-policies/evaluate", "{\"user\":\"ann\",\"client\":\"wiki\"}")
                    .json()
                    .findValuesAsText("result"));
        }
        refused.join();

        assertThat(results).doesNotContain("invalid").isNotEmpty();
        api.delete("/access-policies/steady").expect(204);
    }

    private ComponentRepresentation component(String name) {
        return guarded.realm().admin().components().query().stream()
                .filter(component -> name.equals(component.getName()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void changeThroughTheComponentApiIsRecordedToo() {
        var component = new ComponentRepresentation();
        component.setName("by-component");
        component.setProviderId("sallyport-access-policy");
        component.setProviderType("dev.sallyport.access.realm.AccessPolicyProvider");
        component.setConfig(new org.keycloak.common.util.MultivaluedHashMap<>(Map.of(
                "document",
                List.of("{\"name\":\"by-component\",\"state\":\"disabled\",\"controls\":{\"block\":true}}"))));

        guarded.realm().admin().components().add(component).close();

        assertThat(guarded.audited("config.created"))
                .anySatisfy(
                        entry -> assertThat(entry.at("/subject/id").asText()).isEqualTo("by-component"));
        assertThat(api.get("/access-policies/by-component").json().path("state").asText())
                .isEqualTo("disabled");
    }

    @Test
    void everyChangeIsRecordedWithItsActor() {
        guarded.policy("recorded", "disabled", "", "\"block\":true");
        api.delete("/access-policies/recorded").expect(204);

        for (var type : List.of("config.created", "config.deleted")) {
            assertThat(guarded.audited(type)).anySatisfy(entry -> {
                assertThat(entry.at("/subject/id").asText()).isEqualTo("recorded");
                assertThat(entry.at("/actor/name").asText()).isEqualTo("admin");
            });
        }
    }

    @Test
    void removalOfTheGateIsRecordedAndShownAsDrift(KeycloakServer server) {
        var drifting = GuardedRealm.on(server);
        drifting.change(realm -> realm.setBrowserFlow("browser"));

        assertThat(drifting.audited("config.updated")).isNotEmpty();
        var drift = drifting.realm().api().get("/setup").expect(200).json();
        assertThat(drift.path("bypassed").toString()).contains("browser");
    }

    @Test
    void hugeBodyIsRefused() {
        api.post("/devices", "{\"id\":\"huge\",\"displayName\":\"" + "x".repeat(1_100_000) + "\"}")
                .expect(413);
        api.post("/devices", "{\"id\":\"long\",\"displayName\":\"" + "x".repeat(2_001) + "\"}")
                .expect(400);
        api.post("/devices", "{\"id\":\"" + "x".repeat(256) + "\"}").expect(400);
        api.post("/devices", "{\"id\":\"nul\\u0000\"}").expect(400);
        api.post("/devices", "{\"id\":\"half\\ud800\"}").expect(400);
    }

    private static List<String> ids(String path) {
        return api.get(path).expect(200).json().findValuesAsText("id");
    }

    private static RestApi as(String client) {
        return api.as(guarded.realm()
                .oidc(client)
                .secret(client + "-secret")
                .clientCredentials()
                .accessToken());
    }

    private static void grant(String client, String role) {
        grant(guarded, client, role);
    }

    private static void grant(GuardedRealm in, String client, String role) {
        var clients = in.realm().admin().clients();
        var sallyport = clients.findByClientId("sallyport").get(0).getId();
        var account = clients.get(clients.findByClientId(client).get(0).getId()).getServiceAccountUser();
        in.realm()
                .admin()
                .users()
                .get(account.getId())
                .roles()
                .clientLevel(sallyport)
                .add(List.of(clients.get(sallyport).roles().get(role).toRepresentation()));
    }
}
