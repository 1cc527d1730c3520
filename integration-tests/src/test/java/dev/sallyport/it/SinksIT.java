package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.AuditExport;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.WebhookReceiver;
import dev.sallyport.it.harness.WebhookReceiver.Received;
import jakarta.ws.rs.BadRequestException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.ComponentExportRepresentation;

/** The audit log reaches those who are to have it: all of it, in order, proven, and at nobody's expense. */
@SallyportTest(options = "--spi-sallyport-outbound--default--allow=127.0.0.1/32")
class SinksIT {

    private static final String SINKS = "/sinks";
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String NEW_SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
    private static final String MASK = "**********";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration IN_A_WHILE = Duration.ofSeconds(90);

    private static KeycloakServer server;

    private GuardedRealm guarded;
    private WebhookReceiver receiver;

    @BeforeAll
    static void keep(KeycloakServer one) {
        server = one;
    }

    @BeforeEach
    void makeRealm() {
        guarded = GuardedRealm.on(server);
        receiver = WebhookReceiver.start();
    }

    @AfterEach
    void stopReceiver() {
        receiver.close();
    }

    private RestApi api() {
        return guarded.realm().api();
    }

    private static String webhook(String name, String url, String secret, String events) {
        return """
                {"name":"%s","type":"webhook","url":"%s","format":"ocsf","events":["%s"],"secret":"%s"}""".formatted(name, url, events, secret);
    }

    private void sink(String name, WebhookReceiver to, String events) {
        api().post(SINKS, webhook(name, to.url(), SECRET, events)).expect(201);
    }

    /** Enrols devices, and waits until the log has a place for them. */
    private void devices(String prefix, int count) {
        for (int i = 0; i < count; i++) guarded.realm().device("{\"id\":\"" + prefix + "-" + i + "\"}");
        var last = prefix + "-" + (count - 1);
        await().atMost(SOON).until(() -> AuditExport.of(api()).entries().stream()
                .anyMatch(entry -> last.equals(entry.at("/details/device/id").asText())));
    }

    private JsonNode status(String name) {
        return api().get(SINKS + "/" + name + "/status").expect(200).json();
    }

    private void awaitNoLag(String name, Duration patience) {
        await().atMost(patience)
                .untilAsserted(
                        () -> assertThat(status(name).path("lag").asLong()).isZero());
    }

    private static List<String> devices(List<Received> received) {
        return received.stream()
                .filter(each -> each.type().equals("device.enrolled"))
                .map(each -> each.body().at("/unmapped/entry/details/device/id").asText())
                .toList();
    }

    @Test
    void entriesArriveSignedAndInOrderWithTheirPlaceAndHash() {
        sink("signed", receiver, "*");

        devices("signed", 5);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(devices(receiver.taken())).hasSize(5));
        var taken = receiver.taken();
        assertThat(taken).allMatch(each -> each.signedBy(SECRET)).noneMatch(each -> each.signedBy(NEW_SECRET));
        assertThat(taken).extracting(Received::index).isSorted().doesNotHaveDuplicates();
        assertThat(taken.get(0).type()).isEqualTo("config.created");
        var exported = AuditExport.of(api()).lines();
        for (var each : taken) {
            var line = RestApi.parse(exported.get((int) each.index()));
            assertThat(each.id()).isEqualTo(line.at("/entry/id").asText());
            assertThat(each.body().at("/unmapped/entry")).isEqualTo(line.path("entry"));
            assertThat(each.body().at("/unmapped/leafHash")).isEqualTo(line.path("leafHash"));
            assertThat(each.body().at("/metadata/uid").asText()).isEqualTo(each.id());
            assertThat(each.body().at("/metadata/version").asText()).isEqualTo("1.8.0");
            assertThat(Instant.ofEpochSecond(Long.parseLong(each.timestamp())))
                    .isBetween(Instant.now().minusSeconds(60), Instant.now());
        }
    }

    @Test
    void checkpointsArriveWhateverEventsAreWanted() {
        sink("few", receiver, "elevation.*");

        devices("few", 2);
        awaitNoLag("few", SOON);

        var size = status("few").path("treeSize").asLong();
        await().atMost(SOON).untilAsserted(() -> assertThat(receiver.received())
                .filteredOn(Received::checkpoint)
                .last()
                .satisfies(each -> {
                    assertThat(each.body().path("treeSize").asLong()).isGreaterThanOrEqualTo(size);
                    assertThat(each.body().path("checkpoint").asText())
                            .startsWith(guarded.realm().issuer().replaceFirst("https?://", "") + "/sallyport\n");
                    assertThat(each.signedBy(SECRET)).isTrue();
                }));
        assertThat(receiver.taken()).isEmpty();
    }

    @Test
    void receiverThatWasDownGetsAllThatItMissedInOrder() {
        sink("down", receiver, "device.*");
        receiver.shut();
        devices("down", 12);
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(status("down").path("lastError").asText()).contains("cannot be connected to"));

        receiver.open();

        awaitNoLag("down", IN_A_WHILE);
        assertThat(devices(receiver.taken()))
                .containsExactlyElementsOf(
                        LongStream.range(0, 12).mapToObj(i -> "down-" + i).toList());
        assertThat(status("down").path("deadLetters").asLong()).isZero();
        assertThat(status("down").path("lastError").isNull()).isTrue();
        assertThat(status("down").path("lastDelivered").asText()).isNotEmpty();
    }

    @Test
    void refusedEntryBecomesADeadLetterAndTheOthersGoOn() {
        receiver.answers(body -> body.toString().contains("refused-1\"") ? 410 : 204);
        sink("refusing", receiver, "device.*");

        devices("refused", 3);

        awaitNoLag("refusing", SOON);
        assertThat(devices(receiver.taken())).containsExactly("refused-0", "refused-2");
        assertThat(status("refusing").path("deadLetters").asLong()).isEqualTo(1);

        receiver.answers(body -> 204);
        api().post(SINKS + "/refusing/redeliver", "").expect(200);

        await().atMost(SOON).untilAsserted(() -> assertThat(
                        status("refusing").path("deadLetters").asLong())
                .isZero());
        assertThat(devices(receiver.taken())).containsExactly("refused-0", "refused-2", "refused-1");
        assertThat(guarded.realm().auditEntries().toString()).contains("dead-letters");
    }

    @Test
    void entryThatIsRefusedAgainAndAgainIsGivenUp() {
        receiver.answers(body -> body.toString().contains("again-0\"") ? 400 : 204);
        sink("again", receiver, "device.*");

        devices("again", 2);

        awaitNoLag("again", IN_A_WHILE);
        assertThat(devices(receiver.taken())).containsExactly("again-1");
        var tries = receiver.received().stream()
                .filter(each -> each.answered() == 400)
                .toList();
        assertThat(tries).hasSize(5);
        assertThat(tries).extracting(Received::id).containsOnly(tries.get(0).id());
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 401, 429, 500, 503})
    void whoDoesNotAnswerForTheEntryLosesNothing(int status) {
        receiver.answers(body -> status);
        sink("waiting", receiver, "device.*");
        devices("waiting", 2);
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(status("waiting").path("lastError").asText()).contains(Integer.toString(status)));

        receiver.answers(body -> 204);

        awaitNoLag("waiting", IN_A_WHILE);
        assertThat(devices(receiver.taken())).containsExactly("waiting-0", "waiting-1");
        assertThat(status("waiting").path("deadLetters").asLong()).isZero();
    }

    @Test
    void slowReceiverKeepsNobodyElse() {
        try (var quick = WebhookReceiver.start()) {
            receiver.takes(Duration.ofSeconds(8));
            sink("slow", receiver, "*");
            sink("quick", quick, "device.*");
            devices("before", 1);

            var began = Instant.now();
            devices("meanwhile", 10);

            assertThat(Duration.between(began, Instant.now())).isLessThan(Duration.ofSeconds(5));
            await().atMost(Duration.ofSeconds(6))
                    .untilAsserted(() -> assertThat(devices(quick.taken())).hasSize(11));
            assertThat(receiver.taken()).hasSizeLessThan(3);
        }
    }

    @Test
    void cursorCanBeSetBackAndNotForward() {
        sink("replayed", receiver, "device.*");
        devices("replayed", 3);
        awaitNoLag("replayed", SOON);
        await().atMost(SOON).until(() -> receiver.taken().size() == 3);
        long size = status("replayed").path("treeSize").asLong();

        api().post(SINKS + "/replayed/redeliver", "{\"fromIndex\":" + (size + 1_000) + "}")
                .expect(400);
        api().post(SINKS + "/replayed/redeliver", "{\"fromIndex\":-1}").expect(400);
        api().post(SINKS + "/replayed/redeliver", "{\"from\":0}").expect(400);
        api().post(SINKS + "/replayed/redeliver", "{\"fromIndex\":0}").expect(200);

        await().atMost(SOON).until(() -> receiver.taken().size() >= 6);
        assertThat(receiver.taken().subList(3, 6))
                .extracting(Received::id)
                .containsExactlyElementsOf(receiver.taken().subList(0, 3).stream()
                        .map(Received::id)
                        .toList());
    }

    @Test
    void disabledSinkIsSentNothingAndMissesNothing() {
        sink("paused", receiver, "device.*");
        awaitNoLag("paused", SOON);
        var document = webhook("paused", receiver.url(), MASK, "device.*");
        api().put(SINKS + "/paused", document.replace("}", ",\"enabled\":false}"))
                .expect(200);
        long size = status("paused").path("treeSize").asLong();
        devices("paused", 2);
        await().atMost(SOON).until(() -> status("paused").path("lag").asLong() >= 2);
        // NB. A checkpoint that was on its way already may still arrive.
        assertThat(receiver.received())
                .allSatisfy(each -> assertThat(each.body().path("treeSize").asLong(Long.MAX_VALUE))
                        .isLessThanOrEqualTo(size));

        api().put(SINKS + "/paused", document).expect(200);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(devices(receiver.taken())).containsExactly("paused-0", "paused-1"));
    }

    @Test
    void secretsAreMaskedAndWhileTheyChangeBothSign() {
        api().post(
                        SINKS,
                        webhook("rotated", receiver.url(), SECRET, "device.*")
                                .replace("}", ",\"authorization\":\"Splunk a-token\"}"))
                .expect(201);

        api().put(
                        SINKS + "/rotated",
                        webhook("rotated", receiver.url(), NEW_SECRET, "device.*")
                                .replace(
                                        "}",
                                        ",\"previousSecret\":\"" + MASK + "\",\"authorization\":\"" + MASK + "\"}"))
                .expect(200);
        devices("rotated", 1);

        await().atMost(SOON).until(() -> !receiver.taken().isEmpty());
        var taken = receiver.taken().get(0);
        assertThat(taken.signedBy(SECRET)).isTrue();
        assertThat(taken.signedBy(NEW_SECRET)).isTrue();
        assertThat(taken.authorization()).isEqualTo("Splunk a-token");
        var read = api().get(SINKS + "/rotated").expect(200);
        assertThat(read.json().path("secret").asText()).isEqualTo(MASK);
        var component = guarded.realm().admin().components().query().stream()
                .filter(found -> "rotated".equals(found.getName()))
                .findFirst()
                .orElseThrow();
        for (var shown : List.of(
                read.text(),
                api().get(SINKS).text(),
                component.getConfig().toString(),
                guarded.realm().auditEntries().toString(),
                guarded.realm()
                        .admin()
                        .partialExport(true, true)
                        .getComponents()
                        .toString())) {
            assertThat(shown).doesNotContain(SECRET, NEW_SECRET, "a-token");
        }
    }

    @Test
    void secretIsNotUsedElsewhereByWhoDoesNotKnowIt() {
        sink("lured", receiver, "device.*");
        try (var thief = WebhookReceiver.start()) {
            assertThat(api().put(SINKS + "/lured", webhook("lured", thief.url(), MASK, "device.*"))
                            .expect(400)
                            .json()
                            .path("path")
                            .asText())
                    .isEqualTo("secret");
            var components = guarded.realm().admin().components();
            var component = components.query().stream()
                    .filter(found -> "lured".equals(found.getName()))
                    .findFirst()
                    .orElseThrow();
            var lured = components.component(component.getId()).toRepresentation();
            lured.getConfig()
                    .putSingle(
                            "document", lured.getConfig().getFirst("document").replace(receiver.url(), thief.url()));
            assertThatThrownBy(() -> components.component(component.getId()).update(lured))
                    .isInstanceOf(BadRequestException.class);

            devices("lured", 1);
            await().atMost(SOON).until(() -> !receiver.taken().isEmpty());
            assertThat(thief.received()).isEmpty();
            api().put(SINKS + "/lured", webhook("lured", thief.url(), NEW_SECRET, "device.*"))
                    .expect(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://10.0.0.1",
                "https://169.254.169.254/latest",
                "https://[::1]",
                "https://[::ffff:127.0.0.2]",
                "https://2130706434",
                "http://logs.invalid",
                "ftp://127.0.0.1",
                "https://user:password@logs.invalid",
                "not a url"
            })
    void addressInsideTheNetworkIsRefusedAsItIsSaved(String url) {
        var refused = api().post(SINKS, webhook("inside", url, SECRET, "*"))
                .expect(400)
                .json();

        assertThat(refused.path("path").asText()).isEqualTo("url");
        api().get(SINKS + "/inside").expect(404);
    }

    @Test
    void documentOfAnotherShapeIsRefused() {
        var good = webhook("x", receiver.url(), SECRET, "*");
        for (var bad : List.of(
                good.replace("\"webhook\"", "\"carrier-pigeon\""),
                good.replace("\"ocsf\"", "\"cef\""),
                good.replace("[\"*\"]", "[\"Elevation.*\"]"),
                good.replace("[\"*\"]", "[]"),
                good.replace("[\"*\"]", "\"*\""),
                good.replace(SECRET, "too-short"),
                good.replace(SECRET, "${vault.smtp}"),
                good.replace(SECRET, "${vault.sallyport-fleet}"),
                good.replace(SECRET, MASK),
                good.replace("\"secret\"", "\"key\""),
                good.replace("\"secret\"", "\"password\""),
                good.replace("}", ",\"authorization\":\"a\\r\\nb\"}"),
                good.replace("\"x\"", "\"../x\""))) {
            api().post(SINKS, bad).expect(400);
        }
        api().post(SINKS, good.replace("webhook", "file").replace(receiver.url(), "audit.jsonl"))
                .expect(400);
        api().get(SINKS + "/x").expect(404);
    }

    @Test
    void whoMayNotAdministerSeesAndDoesNothing() {
        sink("guarded", receiver, "*");
        var ann = guarded.wiki().tokens("ann", GuardedRealm.PASSWORD).accessToken();
        for (var caller : List.of(api().as(ann), api().anonymously())) {
            for (var path : List.of("", "/guarded", "/guarded/status")) {
                assertThat(caller.get(SINKS + path).status()).isIn(401, 403);
            }
            assertThat(caller.post(SINKS, webhook("mine", receiver.url(), SECRET, "*"))
                            .status())
                    .isIn(401, 403);
            assertThat(caller.post(SINKS + "/guarded/redeliver", "{\"fromIndex\":0}")
                            .status())
                    .isIn(401, 403);
            assertThat(caller.delete(SINKS + "/guarded").status()).isIn(401, 403);
        }
        api().get(SINKS + "/unknown/status").expect(404);
        api().post(SINKS + "/unknown/redeliver", "").expect(404);
        api().delete(SINKS + "/guarded").expect(204);
        api().get(SINKS + "/guarded/status").expect(404);
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 500})
    void entryThatSomethingTakesOffenceAtStopsNoOthers(int status) {
        receiver.answers(body -> body.toString().contains("offensive-0\"") ? status : 204);
        sink("filtered", receiver, "device.*");
        // NB. What shows that it is the entry is one that was taken before, if there is any.
        int before = status == 500 ? 2 : 0;
        if (before > 0) devices("before", before);
        await().atMost(SOON).until(() -> receiver.taken().size() == before);

        devices("offensive", 4);

        awaitNoLag("filtered", IN_A_WHILE);
        assertThat(devices(receiver.taken()).stream().distinct().skip(before))
                .containsExactly("offensive-1", "offensive-2", "offensive-3");
        assertThat(status("filtered").path("deadLetters").asLong()).isEqualTo(1);

        api().post(SINKS + "/filtered/redeliver", "").expect(200);
        devices("later", 1);
        await().atMost(SOON).until(() -> devices(receiver.taken()).contains("later-0"));
        assertThat(status("filtered").path("deadLetters").asLong()).isEqualTo(1);
    }

    @Test
    void whoHasNoUseForCheckpointsGetsTheEventsAllTheSame() {
        receiver.answers(body -> body.path("type").asText().equals("checkpoint") ? 500 : 204);
        sink("plain", receiver, "device.*");

        devices("plain", 2);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(devices(receiver.taken())).containsExactly("plain-0", "plain-1"));
        awaitNoLag("plain", SOON);
        assertThat(status("plain").path("deadLetters").asLong()).isZero();
    }

    @Test
    void receiverThatIsGoneMakesNoDeadLettersOfEverything() {
        receiver.answers(body -> 410);
        sink("gone", receiver, "device.*");
        devices("gone", 14);
        await().atMost(SOON).until(() -> status("gone").path("deadLetters").asLong() == 10);

        receiver.answers(body -> 204);

        awaitNoLag("gone", IN_A_WHILE);
        assertThat(status("gone").path("deadLetters").asLong()).isEqualTo(10);
        assertThat(devices(receiver.taken())).containsExactly("gone-10", "gone-11", "gone-12", "gone-13");
        api().post(SINKS + "/gone/redeliver", "{}").expect(200);
        await().atMost(SOON).until(() -> devices(receiver.taken()).size() == 14);
    }

    @Test
    void sinkThatComesWithAnImportIsDeliveredTo() {
        var component = new ComponentExportRepresentation();
        component.setName("imported");
        component.setProviderId("webhook");
        var config = new MultivaluedHashMap<String, String>();
        config.putSingle(
                "document",
                webhook("imported", receiver.url(), SECRET, "device.*").replace(",\"secret\":\"" + SECRET + "\"", ""));
        config.putSingle("secret", SECRET);
        component.setConfig(config);
        var masked = new ComponentExportRepresentation();
        masked.setName("masked");
        masked.setProviderId("webhook");
        var mask = new MultivaluedHashMap<String, String>(config);
        mask.putSingle("document", config.getFirst("document").replace("imported", "masked"));
        mask.putSingle("secret", MASK);
        masked.setConfig(mask);

        guarded = new GuardedRealm(server.realm(r -> r.with(representation -> representation
                .getComponents()
                .put("dev.sallyport.delivery.realm.SinkProvider", List.of(component, masked)))));
        guarded.realm().setup();
        devices("imported", 1);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(devices(receiver.taken())).containsExactly("imported-0"));
        assertThat(receiver.received()).allMatch(each -> each.signedBy(SECRET));
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(status("masked").path("lastError").asText()).contains("secret"));
    }

    @Test
    void sinkOfThatNameAgainBeginsAnew() {
        sink("reborn", receiver, "device.*");
        devices("first", 2);
        await().atMost(SOON).until(() -> receiver.taken().size() == 2);
        api().delete(SINKS + "/reborn").expect(204);
        devices("unseen", 2);

        sink("reborn", receiver, "device.*");
        devices("second", 1);

        await().atMost(SOON).until(() -> devices(receiver.taken()).contains("second-0"));
        assertThat(devices(receiver.taken())).containsExactly("first-0", "first-1", "second-0");
    }
}
