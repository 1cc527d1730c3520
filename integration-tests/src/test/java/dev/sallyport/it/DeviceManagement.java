package dev.sallyport.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A device management on this machine, which answers what a test has it answer, and remembers what it was asked. */
final class DeviceManagement implements AutoCloseable {

    private static final Answer NOT_FOUND = new Answer(404, "{\"message\":\"Resource Not Found\"}");

    private final HttpServer server;
    private final Map<String, Function<Question, Answer>> answers = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    /** @param query decoded; like the others, empty text where there is none */
    record Question(String path, String query, String authorization, String body) {}

    record Answer(int status, String body) {

        static Answer ok(String body) {
            return new Answer(200, body);
        }
    }

    private DeviceManagement(HttpServer server) {
        this.server = server;
    }

    static DeviceManagement start() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            var management = new DeviceManagement(server);
            server.createContext("/", management::answer);
            server.start();
            return management;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** @param path without the query */
    void answers(String path, int status, String body) {
        answers(path, question -> new Answer(status, body));
    }

    void answers(String path, Function<Question, Answer> how) {
        answers.put(path, how);
    }

    /** How often it was asked at that path. */
    long asked(String path) {
        return asked.stream()
                .filter(question -> question.startsWith(path + " "))
                .count();
    }

    /** As {@code <path> <Authorization header>}, in the order that they came. */
    List<String> asked() {
        return asked;
    }

    /** What Fleet says of a host that is well, or not. */
    static String fleetHost(String uuid, String serial, boolean healthy) {
        return fleetHost(uuid, serial, Instant.parse("2026-08-19T21:10:00Z"), "14.5", healthy, healthy);
    }

    static String fleetHost(
            String uuid, String serial, Instant observed, String os, boolean encrypted, boolean passing) {
        return """
                {"host":{"id":7,"uuid":"%1$s","hardware_serial":"%2$s","platform":"darwin","os_version":"macOS %4$s",
                 "detail_updated_at":"%3$s","policy_updated_at":"%3$s",
                 "disk_encryption_enabled":%5$s,"issues":{"failing_policies_count":%6$d,"critical_vulnerabilities_count":0},
                 "policies":[{"id":2,"name":"Firewall on","response":"%7$s","resolution":"Turn it on"}],
                 "mdm":{"enrollment_status":"On (manual)","device_status":"unlocked","pending_action":""}}}""".formatted(uuid, serial, observed, os, encrypted, passing ? 0 : 1, passing ? "pass" : "fail");
    }

    /** What Microsoft Graph says of a Mac that has just been in touch. */
    static String intuneDevice(String id, String serial, String complianceState) {
        return """
                {"id":"%s","azureADDeviceId":"705c034c-0000-4000-8000-000000000002","serialNumber":"%s",
                 "operatingSystem":"macOS","osVersion":"15.2","complianceState":"%s","isEncrypted":true,
                 "jailBroken":"Unknown","lastSyncDateTime":"%s","managementAgent":"mdm"}""".formatted(id, serial, complianceState, Instant.now());
    }

    /** How Microsoft Graph says that a device has changed. */
    static String graphNotice(String id, String clientState) {
        return """
                {"value":[{"subscriptionId":"s","clientState":"%1$s","changeType":"updated","tenantId":"contoso",
                 "resource":"deviceManagement/managedDevices/%2$s","resourceData":{"id":"%2$s"}}]}""".formatted(clientState, id);
    }

    /** What Jamf Pro says when exactly that Mac fits. */
    static String jamfComputer(String udid, String serial, boolean firewall) {
        return """
                {"totalCount":1,"results":[{"id":"1","udid":"%s",
                 "general":{"name":"Mac-A","reportDate":"%s","remoteManagement":{"managed":true}},
                 "hardware":{"serialNumber":"%s"},"operatingSystem":{"version":"15.3"},
                 "security":{"firewallEnabled":%s},
                 "diskEncryption":{"fileVault2Enabled":true,
                   "bootPartitionEncryptionDetails":{"partitionFileVault2State":"ENCRYPTED"}}}]}""".formatted(udid, Instant.now(), serial, firewall);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var uri = exchange.getRequestURI();
            var authorization = exchange.getRequestHeaders().getFirst("Authorization");
            asked.add(uri.getPath() + " " + authorization);
            var question = new Question(
                    uri.getPath(),
                    Optional.ofNullable(uri.getQuery()).orElse(""),
                    Optional.ofNullable(authorization).orElse(""),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            var answer =
                    answers.getOrDefault(uri.getPath(), nothing -> NOT_FOUND).apply(question);
            var body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
