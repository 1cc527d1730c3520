package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.it.harness.ClientCertificate;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.Rsyslog;
import dev.sallyport.it.harness.SallyportTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.ComponentExportRepresentation;

/** The audit log in files, and at a real rsyslog over TLS that wants to know who sends. */
@SallyportTest(
        options = {
            "--spi-sallyport-outbound--default--allow=127.0.0.1/32",
            "--spi-sallyport-delivery--default--directory=" + StreamSinksIT.DIRECTORY
        })
class StreamSinksIT {

    static final String DIRECTORY = "/tmp/sallyport-it-sinks";

    private static final String SINKS = "/sinks";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration IN_A_WHILE = Duration.ofSeconds(90);
    private static final String HOSTILE = "a\"] <13>1 - - - -\n\r\t]\\ =cmd|'/C calc'!A1 é\u0085\u2028";

    private static KeycloakServer server;

    private GuardedRealm guarded;

    @BeforeAll
    static void keep(KeycloakServer one) throws IOException {
        server = one;
        Files.createDirectories(Path.of(DIRECTORY));
    }

    @BeforeEach
    void makeRealm() {
        guarded = GuardedRealm.on(server);
    }

    private RestApi api() {
        return guarded.realm().api();
    }

    private static String json(Map<String, ?> document) {
        try {
            return new ObjectMapper().writeValueAsString(document);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void device(String id, String displayName) {
        guarded.realm().device(json(Map.of("id", id, "displayName", displayName)));
    }

    private void devices(String prefix, int count) {
        for (int i = 0; i < count; i++) device(prefix + "-" + i, "Device " + i);
    }

    private JsonNode status(String name) {
        return api().get(SINKS + "/" + name + "/status").expect(200).json();
    }

    private String awaitError(String name) {
        await().atMost(SOON).until(() -> !status(name).path("lastError").isNull());
        return status(name).path("lastError").asText();
    }

    private static String syslog(
            String name, String url, Optional<ClientCertificate> certificate, List<String> anchors) {
        return json(
                certificate.isPresent()
                        ? Map.of(
                                "name",
                                name,
                                "type",
                                "syslog",
                                "url",
                                url,
                                "format",
                                "ocsf",
                                "events",
                                List.of("device.*"),
                                "key",
                                Rsyslog.keyPem(certificate.get()),
                                "certificate",
                                Rsyslog.pem(certificate.get()),
                                "trustAnchors",
                                anchors)
                        : Map.of(
                                "name",
                                name,
                                "type",
                                "syslog",
                                "url",
                                url,
                                "format",
                                "ocsf",
                                "events",
                                List.of("device.*"),
                                "trustAnchors",
                                anchors));
    }

    private static List<String> events(Rsyslog rsyslog) {
        return rsyslog.lines().stream()
                .filter(line -> line.contains("device.enrolled"))
                .toList();
    }

    private static String device(String line) {
        var fields = line.split("\t", 6);
        return RestApi.parse(fields[5]).at("/unmapped/entry/details/device/id").asText();
    }

    private static void assumeRsyslog() {
        assumeTrue(Rsyslog.installed(), "rsyslog is not installed; bin/prepare-tests installs it where it can");
    }

    @Test
    void rsyslogGetsEveryEntryOverMutualTls() {
        assumeRsyslog();
        try (var rsyslog = Rsyslog.start(server.pki(), "localhost")) {
            var document = syslog("known", rsyslog.url(), Optional.of(Rsyslog.known(server.pki())), List.of());
            api().post(SINKS, document).expect(201);

            devices("known", 3);
            device("hostile", HOSTILE);

            await().atMost(SOON).untilAsserted(() -> assertThat(events(rsyslog)).hasSize(4));
            var lines = events(rsyslog);
            assertThat(lines)
                    .extracting(StreamSinksIT::device)
                    .containsExactly("known-0", "known-1", "known-2", "hostile");
            var fields = lines.get(3).split("\t", 6);
            assertThat(fields[0]).isEqualTo("110");
            assertThat(fields[1]).isEqualTo("localhost");
            assertThat(fields[2]).isEqualTo("sallyport");
            assertThat(fields[3]).isEqualTo("device.enrolled");
            var event = RestApi.parse(fields[5]);
            assertThat(fields[4])
                    .isEqualTo("[sallyport@32473 index=\""
                            + event.at("/unmapped/index").asLong() + "\" id=\""
                            + event.at("/metadata/uid").asText() + "\" type=\"device.enrolled\" realm=\""
                            + guarded.realm().name() + "\"]");
            assertThat(event.at("/unmapped/entry/details/device/displayName").asText())
                    .isEqualTo(HOSTILE);
            assertThat(rsyslog.lines()).anyMatch(line -> line.contains("\tcheckpoint\t"));
            assertThat(rsyslog.lines()).allMatch(line -> line.split("\t", 6)[2].equals("sallyport"));
            var read = api().get(SINKS + "/known").expect(200);
            assertThat(read.text()).doesNotContain("PRIVATE KEY").contains("BEGIN CERTIFICATE");
            assertThat(guarded.realm().auditEntries().toString()).doesNotContain("PRIVATE KEY");
        }
    }

    @Test
    void rsyslogThatRestartsMissesNothing() {
        assumeRsyslog();
        try (var rsyslog = Rsyslog.start(server.pki(), "localhost")) {
            var document = syslog("restarted", rsyslog.url(), Optional.of(Rsyslog.known(server.pki())), List.of());
            api().post(SINKS, document).expect(201);
            devices("before", 2);
            await().atMost(SOON).until(() -> events(rsyslog).size() == 2);

            rsyslog.stop();
            devices("meanwhile", 5);
            awaitError("restarted");
            rsyslog.start();

            await().atMost(IN_A_WHILE)
                    .until(() -> status("restarted").path("lag").asLong() == 0
                            && status("restarted").path("lastError").isNull());
            await().atMost(SOON).untilAsserted(() -> assertThat(events(rsyslog))
                    .extracting(StreamSinksIT::device)
                    .containsSubsequence(
                            "before-0",
                            "before-1",
                            "meanwhile-0",
                            "meanwhile-1",
                            "meanwhile-2",
                            "meanwhile-3",
                            "meanwhile-4"));
        }
    }

    @Test
    void nothingIsSentToWhoIsNotTrustedOrTrustsUsNot() {
        assumeRsyslog();
        var known = Optional.of(Rsyslog.known(server.pki()));
        var stranger = Optional.of(
                server.pki().strangers().issue(c -> c.subject("CN=sallyport").dns("sallyport")));
        try (var rsyslog = Rsyslog.start(server.pki(), "localhost");
                var other = Rsyslog.start(server.pki(), "other.example.com")) {
            api().post(
                            SINKS,
                            syslog(
                                    "untrusted",
                                    rsyslog.url(),
                                    known,
                                    List.of(server.pki().devices().pem())))
                    .expect(201);
            api().post(SINKS, syslog("misnamed", other.url(), known, List.of())).expect(201);
            api().post(SINKS, syslog("nobody", rsyslog.url(), Optional.empty(), List.of()))
                    .expect(201);
            api().post(SINKS, syslog("stranger", rsyslog.url(), stranger, List.of()))
                    .expect(201);
            devices("secret", 1);

            for (var name : List.of("untrusted", "misnamed")) {
                assertThat(awaitError(name)).contains("cannot be trusted");
            }
            for (var name : List.of("nobody", "stranger")) awaitError(name);
            for (var name : List.of("untrusted", "misnamed", "nobody", "stranger")) {
                assertThat(status(name).path("lag").asLong()).as(name).isPositive();
                assertThat(status(name).path("deadLetters").asLong()).as(name).isZero();
            }
            assertThat(rsyslog.lines()).isEmpty();
            assertThat(other.lines()).isEmpty();

            var trusting = syslog(
                    "untrusted",
                    rsyslog.url(),
                    known,
                    List.of(server.pki().servers().pem()));
            api().put(SINKS + "/untrusted", trusting).expect(200);
            await().atMost(SOON).until(() -> !events(rsyslog).isEmpty());
        }
    }

    @Test
    void serverThatHangsUpHasNothing() throws IOException {
        try (var socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var hangingUp = new Thread(() -> hangUp(socket), "hanging-up");
            hangingUp.setDaemon(true);
            hangingUp.start();
            api().post(
                            SINKS,
                            syslog("hung-up", "tcp://127.0.0.1:" + socket.getLocalPort(), Optional.empty(), List.of()))
                    .expect(201);

            // NB. More than once: who hangs up late cannot be told from who took it, and on a busy machine this one
            // may.
            var tried = new AtomicInteger();
            await().atMost(SOON).untilAsserted(() -> {
                devices("hung-up-" + tried.incrementAndGet(), 1);
                var status = status("hung-up");
                assertThat(status.path("lastError").asText()).contains("connection");
                assertThat(status.path("lag").asLong()).isPositive();
            });
        }
    }

    private static void hangUp(ServerSocket socket) {
        while (!socket.isClosed()) {
            try (var connection = socket.accept()) {
                connection.getInputStream().readNBytes(1);
            } catch (IOException gone) {
                // NB. Either the caller was quicker or the test is over.
            }
        }
    }

    @Test
    void syslogDocumentOfAnotherShapeIsRefused() {
        var known = Optional.of(Rsyslog.known(server.pki()));
        var good = syslog(
                "x",
                "tls://127.0.0.1:6514",
                known,
                List.of(server.pki().servers().pem()));
        for (var url : List.of(
                "tls://10.0.0.1:6514",
                "tls://169.254.169.254",
                "tcp://logs.invalid:514",
                "tcp://127.0.0.1:514",
                "udp://127.0.0.1:514",
                "https://127.0.0.1:6514",
                "tls://127.0.0.1:6514/x")) {
            assertThat(api().post(SINKS, good.replace("tls://127.0.0.1:6514", url))
                            .expect(400)
                            .json()
                            .path("path")
                            .asText())
                    .as(url)
                    .isEqualTo("url");
        }
        api().post(SINKS, good.replace("BEGIN PRIVATE KEY", "BEGIN RSA PRIVATE KEY"))
                .expect(400);
        api().post(SINKS, good.replace("\"key\"", "\"secret\"")).expect(400);
        api().post(SINKS, good.replace("BEGIN CERTIFICATE", "BEGIN NOTHING")).expect(400);
        api().post(SINKS, syslog("x", "tls://127.0.0.1:6514", Optional.empty(), List.of("no certificate")))
                .expect(400);
    }

    @Test
    void keyIsNotUsedElsewhereByWhoDoesNotKnowIt() {
        var document = syslog(
                "lured",
                "tls://127.0.0.1:6514",
                Optional.of(Rsyslog.known(server.pki())),
                List.of(server.pki().servers().pem()));
        api().post(SINKS, document).expect(201);
        var masked = ((ObjectNode) RestApi.parse(document)).put("key", "**********");
        var elsewhere = masked.deepCopy().put("url", "tls://127.0.0.1:6515");
        var toAnybody = masked.deepCopy();
        toAnybody.putArray("trustAnchors").add(server.pki().devices().pem());

        assertThat(List.of(elsewhere, toAnybody))
                .extracting(lured -> api().put(SINKS + "/lured", lured.toString())
                        .json()
                        .path("path")
                        .asText())
                .containsOnly("key");
        api().put(SINKS + "/lured", masked.toString()).expect(200);
    }

    private static String file(String name, String file) {
        return json(Map.of("name", name, "type", "file", "url", file, "format", "ocsf", "events", List.of("device.*")));
    }

    private static List<JsonNode> lines(String file) throws IOException {
        var path = Path.of(DIRECTORY, file);
        if (!Files.exists(path)) return List.of();
        return Files.readAllLines(path).stream().map(RestApi::parse).toList();
    }

    private static List<String> devicesIn(String file) throws IOException {
        return lines(file).stream()
                .map(line -> line.at("/unmapped/entry/details/device/id").asText())
                .filter(id -> !id.isEmpty())
                .toList();
    }

    private static String fresh() {
        return "audit-" + UUID.randomUUID() + ".jsonl";
    }

    @Test
    void fileGetsALineForEveryEntry() throws IOException {
        var file = fresh();
        api().post(SINKS, file("lines", file)).expect(201);

        devices("line", 5);
        device("hostile", HOSTILE);

        await().atMost(SOON).until(() -> devicesIn(file).size() == 6);
        assertThat(devicesIn(file)).containsExactly("line-0", "line-1", "line-2", "line-3", "line-4", "hostile");
        await().atMost(SOON).until(() -> lines(file).stream()
                .anyMatch(line -> line.path("type").asText().equals("checkpoint")));
        assertThat(Files.getPosixFilePermissions(Path.of(DIRECTORY, file)).toString())
                .doesNotContain("OTHERS");
    }

    @Test
    void lineThatWasBrokenOffIsNotContinued() throws IOException {
        var file = fresh();
        Files.writeString(Path.of(DIRECTORY, file), "{\"broken\":true}\n{\"class_uid\":30", StandardCharsets.UTF_8);
        api().post(SINKS, file("broken", file)).expect(201);

        devices("broken", 1);

        await().atMost(SOON).until(() -> Files.readAllLines(Path.of(DIRECTORY, file)).stream()
                .anyMatch(line -> line.contains("broken-0")));
        assertThat(Files.readAllLines(Path.of(DIRECTORY, file))).contains("{\"class_uid\":30");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../escaped.jsonl", "/tmp/escaped.jsonl", "a/b.jsonl", "..", ".", ".hidden", "a b", "..\\\\x"})
    void fileOutsideOfTheDirectoryIsRefused(String file) {
        assertThat(api().post(SINKS, file("outside", file))
                        .expect(400)
                        .json()
                        .path("path")
                        .asText())
                .isEqualTo("url");
    }

    @Test
    void fileBelongsToOneSinkAndLeadsNowhereElse() throws IOException {
        var file = fresh();
        api().post(SINKS, file("owner", file)).expect(201);
        api().post(SINKS, file("second", file)).expect(400);
        var stranger = GuardedRealm.on(server).realm().api();
        stranger.post(SINKS, file("thief", file)).expect(400);
        api().put(SINKS + "/owner", file("owner", file)).expect(200);

        var elsewhere = Files.createTempFile("elsewhere", ".txt");
        var link = fresh();
        Files.createSymbolicLink(Path.of(DIRECTORY, link), elsewhere);
        api().post(SINKS, file("link", link)).expect(201);
        devices("linked", 1);

        assertThat(awaitError("link")).contains("cannot be written to");
        assertThat(elsewhere).isEmptyFile();
    }

    @Test
    void fileThatAnImportGivesToTwoIsWrittenByOne() throws IOException {
        var file = fresh();
        guarded = new GuardedRealm(server.realm(r -> r.with(representation -> representation
                .getComponents()
                .put(
                        "dev.sallyport.delivery.realm.SinkProvider",
                        List.of(component("one", file), component("two", file))))));
        guarded.realm().setup();

        devices("shared", 3);

        await().atMost(SOON).untilAsserted(() -> assertThat(Stream.of("one", "two")
                        .map(name -> status(name).path("lastError").asText()))
                .filteredOn(error -> error.contains("of another sink"))
                .hasSize(1));
        await().atMost(SOON).until(() -> devicesIn(file).size() >= 3);
        assertThat(devicesIn(file)).containsExactly("shared-0", "shared-1", "shared-2");
    }

    private static ComponentExportRepresentation component(String name, String file) {
        var component = new ComponentExportRepresentation();
        component.setName(name);
        component.setProviderId("file");
        var config = new MultivaluedHashMap<String, String>();
        config.putSingle("document", file(name, file));
        component.setConfig(config);
        return component;
    }
}
