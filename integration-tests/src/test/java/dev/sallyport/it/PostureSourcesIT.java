package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import jakarta.ws.rs.BadRequestException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.ComponentRepresentation;

/** Device managements as sources of posture: how they are configured, asked and heard, and what they cannot be made to do. */
@SallyportTest(options = "--spi-sallyport-outbound--default--allow=127.0.0.1/32")
class PostureSourcesIT {

    private static final String SOURCES = "/posture-sources";
    private static final String TOKEN = "a-token-of-fleet";
    private static final String WEBHOOK_SECRET = "a-secret-that-is-long-enough";
    private static final String MASK = "**********";
    private static final String BY_KEY = "/api/v1/fleet/hosts/identifier/";
    private static final String UUID = "309a4b7d-0000-4000-8000-000000000001";

    private static GuardedRealm guarded;
    private static DeviceManagement management;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server);
        management = DeviceManagement.start();
        management.answers(BY_KEY + "C02A", 200, DeviceManagement.fleetHost(UUID, "C02A", true));
        management.answers("/api/v1/fleet/hosts/7", 200, DeviceManagement.fleetHost(UUID, "C02A", true));
    }

    @AfterAll
    static void stopManagement() {
        management.close();
    }

    private static RestApi api() {
        return guarded.realm().api();
    }

    private static String fleet(String name, String url, String token) {
        return """
                {"name":"%s","type":"fleet","url":"%s","credentials":{"token":"%s","webhookSecret":"%s"},
                 "timeout":"PT5S","cache":"PT1M"}""".formatted(name, url, token, token.equals(MASK) ? MASK : WEBHOOK_SECRET);
    }

    private static void source(String name) {
        api().post(SOURCES, fleet(name, management.url(), TOKEN)).expect(201);
    }

    private static RestApi.Response test(String name, String device) {
        return api().post(SOURCES + "/" + name + "/test", "{\"device\":\"" + device + "\"}");
    }

    @Test
    void sourceIsADocumentWhoseSecretsAreMasked() {
        source("masked");

        var read = api().get(SOURCES + "/masked").expect(200).json();
        var listed = api().get(SOURCES).expect(200).text();
        var exported = guarded.realm().admin().components().query().stream()
                .filter(component -> "masked".equals(component.getName()))
                .findFirst()
                .orElseThrow();

        assertThat(read.at("/credentials/token").asText()).isEqualTo(MASK);
        assertThat(read.path("enabled").asBoolean()).isTrue();
        assertThat(listed).doesNotContain(TOKEN, WEBHOOK_SECRET);
        assertThat(exported.getConfig().toString()).contains(MASK).doesNotContain(TOKEN, WEBHOOK_SECRET);
        assertThat(guarded.realm().auditEntries().toString()).contains("masked").doesNotContain(TOKEN, WEBHOOK_SECRET);
        api().post(SOURCES, fleet("masked", management.url(), TOKEN)).expect(409);
        api().delete(SOURCES + "/masked").expect(204);
        api().get(SOURCES + "/masked").expect(404);
    }

    @Test
    void maskedSecretIsKeptAndSent() {
        source("kept");

        api().put(SOURCES + "/kept", fleet("kept", management.url(), MASK)).expect(200);

        var posture = test("kept", "C02A").expect(200).json();
        assertThat(posture.path("source").asText()).isEqualTo("kept");
        assertThat(posture.path("compliant").asBoolean()).isTrue();
        assertThat(posture.path("osVersion").asText()).isEqualTo("14.5");
        assertThat(management.asked()).contains(BY_KEY + "C02A Bearer " + TOKEN);
    }

    @Test
    void secretIsNotSentElsewhereByWhoDoesNotKnowIt() {
        source("lured");
        try (var thief = DeviceManagement.start()) {
            var refused = api().put(SOURCES + "/lured", fleet("lured", thief.url(), MASK))
                    .expect(400);
            assertThat(refused.json().path("path").asText()).startsWith("credentials.");

            var components = guarded.realm().admin().components();
            var component = components.query().stream()
                    .filter(found -> "lured".equals(found.getName()))
                    .findFirst()
                    .orElseThrow();
            var lured = components.component(component.getId()).toRepresentation();
            var document = lured.getConfig().getFirst("document").replace(management.url(), thief.url());
            lured.getConfig().putSingle("document", document);
            assertThat(document).contains(thief.url());
            assertThatThrownBy(() -> components.component(component.getId()).update(lured))
                    .isInstanceOf(BadRequestException.class);

            test("lured", "C02A").expect(200);
            assertThat(thief.asked()).isEmpty();

            api().put(SOURCES + "/lured", fleet("lured", thief.url(), "another-token"))
                    .expect(200);
            test("lured", "C02A").expect(404);
            assertThat(thief.asked()).containsExactly(BY_KEY + "C02A Bearer another-token");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://10.0.0.1",
                "https://169.254.169.254",
                "https://127.0.0.2",
                "https://[::1]",
                "https://[::ffff:127.0.0.2]",
                "https://[fd00:ec2::254]",
                "https://2130706434",
                "https://0x7f000002",
                "http://fleet.invalid",
                "http://192.0.2.1",
                "ftp://127.0.0.1",
                "https://user:password@fleet.invalid",
                "https://fleet.invalid?x=1",
                "not a url"
            })
    void addressInsideTheNetworkIsRefusedAsItIsSaved(String url) {
        var refused =
                api().post(SOURCES, fleet("inside", url, TOKEN)).expect(400).json();

        assertThat(refused.path("path").asText()).isEqualTo("url");
        api().get(SOURCES + "/inside").expect(404);
    }

    @Test
    void testSaysWhatWentWrong() {
        source("tested");

        test("tested", "C02B").expect(404);
        management.answers(BY_KEY + "laptop", 200, DeviceManagement.fleetHost(UUID, "C02A", true));
        assertThat(test("tested", "laptop").expect(404).text()).contains("no such device");
        management.answers(BY_KEY + "C02E", 403, "{}");
        assertThat(test("tested", "C02E").expect(503).text()).contains("403");
        test("untested", "C02A").expect(404);
        api().post(SOURCES + "/tested/test", "{}").expect(400);
        api().anonymously()
                .post(SOURCES + "/tested/test", "{\"device\":\"C02A\"}")
                .expect(401);
    }

    @Test
    void documentOfAnotherShapeIsRefused() {
        api().post(SOURCES, fleet("registry", management.url(), TOKEN)).expect(400);
        api().post(SOURCES, fleet("x", management.url(), TOKEN).replace("\"fleet\"", "\"unknown\""))
                .expect(400);
        api().post(SOURCES, fleet("x", management.url(), TOKEN).replace("\"token\"", "\"password\""))
                .expect(400);
        api().post(SOURCES, fleet("x", management.url(), TOKEN).replace("PT5S", "PT1H"))
                .expect(400);
        assertThat(api().post(SOURCES, fleet("x", management.url(), "${vault.smtp}"))
                        .expect(400)
                        .text())
                .contains("sallyport-");
        var stranger = new ComponentRepresentation();
        stranger.setName("x");
        stranger.setProviderType("dev.sallyport.posture.realm.PostureSourceProvider");
        stranger.setProviderId("fleet");
        try (var answer = guarded.realm().admin().components().add(stranger)) {
            assertThat(answer.getStatus()).isEqualTo(400);
        }
    }

    @Test
    void secretThatTheVaultDoesNotHaveIsAnOutage() {
        api().post(SOURCES, fleet("vaulted", management.url(), "${vault.sallyport-fleet}"))
                .expect(201);

        assertThat(test("vaulted", "C02A").expect(503).text()).contains("vault");
        assertThat(management.asked()).noneSatisfy(asked -> assertThat(asked).contains("vault"));
    }

    @Test
    void notificationLeadsToAFreshLookAndOnlyThat() {
        source("notified");
        guarded.realm().device("{\"id\":\"" + UUID + "\",\"serial\":\"C02A\",\"platform\":\"macos\"}");
        var body = "{\"text\":\"hosts\",\"data\":{\"unseen_hosts\":1,\"host_ids\":[7]},\"compliant\":true}";

        assertThat(webhook("notified?secret=wrong-but-long-enough", body).status())
                .isEqualTo(401);
        assertThat(webhook("notified", body).status()).isEqualTo(401);
        assertThat(webhook("unknown?secret=" + WEBHOOK_SECRET, body).status()).isEqualTo(401);
        assertThat(management.asked()).noneSatisfy(asked -> assertThat(asked).startsWith("/api/v1/fleet/hosts/7"));

        assertThat(webhook("notified?secret=" + WEBHOOK_SECRET, body).status()).isEqualTo(202);

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(management.asked()).contains("/api/v1/fleet/hosts/7 Bearer " + TOKEN));
        assertThat(webhook("notified?secret=" + WEBHOOK_SECRET, body).status()).isEqualTo(202);
        assertThat(webhook("notified?secret=" + WEBHOOK_SECRET, "x".repeat(1024 * 1024 + 1))
                        .status())
                .isEqualTo(413);
        assertThat(webhook("notified?secret=" + WEBHOOK_SECRET, "not json").status())
                .isEqualTo(202);
    }

    @Test
    void graphIsAnsweredWhatItAsksAndBelievedByClientStateOnly() {
        api().post(SOURCES, """
                {"name":"intune","type":"intune","url":"%s","credentials":{"tenantId":"contoso","clientId":"sallyport",
                 "clientSecret":"s3cret","webhookSecret":"%s"}}""".formatted(management.url(), WEBHOOK_SECRET)).expect(201);
        source("not-graph");

        var echo = webhook("intune?validationToken=a%20%3Cb%3E%2B", "");
        assertThat(echo.status()).isEqualTo(200);
        assertThat(echo.text()).isEqualTo("a <b>+");
        assertThat(echo.header("Content-Type")).startsWith("text/plain");
        assertThat(webhook("not-graph?validationToken=x", "").status()).isEqualTo(401);
        assertThat(webhook("intune", DeviceManagement.graphNotice(UUID, "wrong-client-state"))
                        .status())
                .isEqualTo(401);
        assertThat(webhook("intune?secret=" + WEBHOOK_SECRET, DeviceManagement.graphNotice(UUID, "wrong-client-state"))
                        .status())
                .isEqualTo(401);
        assertThat(webhook("intune", DeviceManagement.graphNotice(UUID, WEBHOOK_SECRET))
                        .status())
                .isEqualTo(202);

        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(management.asked())
                .anyMatch(asked -> asked.startsWith("/contoso/oauth2/v2.0/token")));
    }

    private static RestApi.Response webhook(String path, String body) {
        return guarded.realm().publicApi().post("/webhooks/" + path, body);
    }
}
