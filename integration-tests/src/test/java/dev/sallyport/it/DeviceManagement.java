package dev.sallyport.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A device management on this machine, which answers what a test has it answer, and remembers what it was asked. */
final class DeviceManagement implements AutoCloseable {

    private final HttpServer server;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    private record Answer(int status, String body) {}

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
        answers.put(path, new Answer(status, body));
    }

    /** As {@code <path> <Authorization header>}, in the order that they came. */
    List<String> asked() {
        return asked;
    }

    /** What Fleet says of a host that is well, or not. */
    static String fleetHost(String uuid, String serial, boolean healthy) {
        return """
                {"host":{"id":7,"uuid":"%s","hardware_serial":"%s","platform":"darwin","os_version":"macOS 14.5",
                 "detail_updated_at":"2026-08-19T21:10:00Z","policy_updated_at":"2026-08-19T21:10:00Z",
                 "disk_encryption_enabled":%s,"issues":{"failing_policies_count":%d,"critical_vulnerabilities_count":0},
                 "policies":[{"id":2,"name":"Firewall on","response":"%s","resolution":"Turn it on"}],
                 "mdm":{"enrollment_status":"On (manual)","device_status":"unlocked","pending_action":""}}}""".formatted(uuid, serial, healthy, healthy ? 0 : 1, healthy ? "pass" : "fail");
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            asked.add(exchange.getRequestURI().getPath() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            var answer = answers.getOrDefault(
                    exchange.getRequestURI().getPath(), new Answer(404, "{\"message\":\"Resource Not Found\"}"));
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
