package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.it.harness.AuditExport;
import dev.sallyport.it.harness.KeycloakCluster;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.WebhookReceiver;
import dev.sallyport.it.harness.WebhookReceiver.Received;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two nodes deliver as one, also when one of them is killed, or their database, in the middle of it. */
@SallyportTest(nodes = 2, options = "--spi-sallyport-outbound--default--allow=127.0.0.1/32")
class SinksClusterIT {

    private static final String SINK = """
            {"name":"soc","type":"webhook","url":"%s","format":"ocsf","events":["device.*"],
             "secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}""";
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration IN_A_WHILE = Duration.ofSeconds(120);

    private static KeycloakCluster cluster;

    @BeforeAll
    static void keep(KeycloakCluster two) {
        cluster = two;
    }

    private static List<String> devices(List<Received> received) {
        return received.stream()
                .map(each -> each.body().at("/unmapped/entry/details/device/id").asText())
                .toList();
    }

    private static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "device-" + i).toList();
    }

    @Test
    void eachEntryIsDeliveredByOneNode() {
        var guarded = GuardedRealm.on(cluster.node(1));
        var there = guarded.realm().at(cluster.node(2)).api();
        try (var receiver = WebhookReceiver.start()) {
            guarded.realm().api().post("/sinks", SINK.formatted(receiver.url())).expect(201);

            for (int i = 0; i < 40; i++) {
                (i % 2 == 0 ? guarded.realm().api() : there)
                        .post("/devices", "{\"id\":\"device-" + i + "\"}")
                        .expect(201);
            }

            await().atMost(SOON).until(() -> receiver.taken().size() >= 40);
            assertThat(receiver.taken()).extracting(Received::index).isSorted().doesNotHaveDuplicates();
        }
    }

    @Test
    void nodeThatIsKilledInTheMiddleOfDeliveryLosesNothing() {
        var guarded = GuardedRealm.on(cluster.node(1));
        var there = guarded.realm().at(cluster.node(2)).api();
        try (var receiver = WebhookReceiver.start()) {
            guarded.realm().api().post("/sinks", SINK.formatted(receiver.url())).expect(201);
            cluster.node(1).stop();
            receiver.takes(Duration.ofMillis(100));
            for (var name : names(60))
                there.post("/devices", "{\"id\":\"" + name + "\"}").expect(201);
            await().atMost(SOON).until(() -> receiver.taken().size() >= 5);

            cluster.node(2).kill();
            int before = receiver.taken().size();
            assertThat(before).isLessThan(60);
            receiver.takes(Duration.ZERO);
            cluster.node(1).start();

            await().atMost(IN_A_WHILE)
                    .untilAsserted(() -> assertThat(devices(receiver.taken())).containsAll(names(60)));
            assertEachOnceInOrder(receiver, names(60));
            assertThat(AuditExport.of(guarded.realm().api()).verify().status()).isZero();
            cluster.node(2).start();
        }
    }

    @Test
    void databaseThatCrashesInTheMiddleOfDeliveryLosesNothing() {
        var guarded = GuardedRealm.on(cluster.node(1));
        var api = guarded.realm().api();
        try (var receiver = WebhookReceiver.start()) {
            api.post("/sinks", SINK.formatted(receiver.url())).expect(201);
            receiver.takes(Duration.ofMillis(100));
            for (var name : names(60))
                api.post("/devices", "{\"id\":\"" + name + "\"}").expect(201);
            await().atMost(SOON).until(() -> receiver.taken().size() >= 5);

            int before = receiver.taken().size();
            long failed = failures();
            // NB. Down until it could not be written down how far it has come.
            cluster.node(1).restartDatabase(() -> await().atMost(SOON).until(() -> failures() > failed));
            assertThat(before).isLessThan(60);
            receiver.takes(Duration.ZERO);
            await().atMost(IN_A_WHILE)
                    .ignoreExceptions()
                    .until(() -> api.post("/devices", "{\"id\":\"device-60\"}").status() == 201);

            await().atMost(IN_A_WHILE)
                    .untilAsserted(() -> assertThat(devices(receiver.taken())).containsAll(names(61)));
            assertEachOnceInOrder(receiver, names(61));
            assertThat(AuditExport.of(api).verify().status()).isZero();
        }
    }

    @Test
    void receiverThatIsDownForAWhileGetsEverythingInOrder() {
        var guarded = GuardedRealm.on(cluster.node(1));
        var api = guarded.realm().api();
        try (var receiver = WebhookReceiver.start()) {
            api.post("/sinks", SINK.formatted(receiver.url())).expect(201);
            api.post("/devices", "{\"id\":\"device-0\"}").expect(201);
            await().atMost(SOON).until(() -> receiver.taken().size() == 1);

            receiver.answers(body -> 503);
            for (var name : names(20).subList(1, 10))
                api.post("/devices", "{\"id\":\"" + name + "\"}").expect(201);
            // NB. More often than an entry is refused until something else is tried in its place.
            await().atMost(IN_A_WHILE)
                    .until(() -> receiver.received().stream()
                                    .filter(each -> each.answered() == 503 && !each.checkpoint())
                                    .count()
                            >= 7);
            assertThat(receiver.received())
                    .filteredOn(each -> each.answered() == 503 && !each.checkpoint())
                    .extracting(each -> devices(List.of(each)).get(0))
                    .containsOnly("device-0", "device-1");
            receiver.shut();
            for (var name : names(20).subList(10, 20))
                guarded.realm()
                        .at(cluster.node(2))
                        .api()
                        .post("/devices", "{\"id\":\"" + name + "\"}")
                        .expect(201);
            receiver.answers(body -> 204);
            receiver.open();

            await().atMost(IN_A_WHILE)
                    .untilAsserted(() -> assertThat(devices(receiver.taken())).containsAll(names(20)));
            assertEachOnceInOrder(receiver, names(20));
            assertThat(AuditExport.of(api).verify().status()).isZero();
        }
    }

    private static long failures() {
        return Stream.of(1, 2)
                .flatMap(node -> cluster.node(node).log().stream())
                .filter(line -> line.contains("nothing could be delivered to sink"))
                .count();
    }

    /** What came twice came under the same id, and each entry under no other. */
    private static void assertEachOnceInOrder(WebhookReceiver receiver, List<String> names) {
        var first = new LinkedHashMap<String, Received>();
        for (var each : receiver.taken()) {
            var earlier = first.putIfAbsent(each.id(), each);
            if (earlier != null) assertThat(each.text()).isEqualTo(earlier.text());
        }
        assertThat(first.values()).extracting(Received::index).isSorted().doesNotHaveDuplicates();
        assertThat(devices(List.copyOf(first.values()))).containsExactlyElementsOf(names);
    }
}
