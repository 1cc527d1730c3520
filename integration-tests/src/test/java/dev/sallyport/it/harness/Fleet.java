package dev.sallyport.it.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A device management that answers for single hosts as Fleet does, and can be slow, or out of order. */
public final class Fleet implements AutoCloseable {

    public static final String TOKEN = "fleet-token-of-an-observer";

    /** What the server under test is started with, so that it may ask somebody on this machine. */
    public static final String ALLOWED = "--spi-sallyport-outbound--default--allow=localhost";

    private static final int UNLIMITED = Integer.MAX_VALUE / 2;
    private static final String HOSTS = "/api/v1/fleet/hosts/identifier/";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        var thread = new Thread(work, "fleet");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<String, String> hosts = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
    private volatile Semaphore answers = new Semaphore(UNLIMITED);
    private volatile boolean broken;

    private Fleet(HttpServer server) {
        this.server = server;
        server.setExecutor(threads);
        server.createContext(HOSTS, this::host);
        server.start();
    }

    public static Fleet start() {
        try {
            return new Fleet(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000));
        } catch (IOException e) {
            throw new IllegalStateException("No Fleet", e);
        }
    }

    public String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /** From now on the host is known, with all policies passing. */
    public void healthy(String serial) {
        hosts.put(serial, host(serial, true, "pass"));
    }

    /** From now on the disk of the host is not encrypted, and a policy fails because of that. */
    public void ill(String serial) {
        hosts.put(serial, host(serial, false, "fail"));
    }

    public void forget(String serial) {
        hosts.remove(serial);
    }

    /** Keeps whoever asks waiting until {@link #answer}. */
    public void hold() {
        answers = new Semaphore(0);
    }

    public void answer() {
        var before = answers;
        answers = new Semaphore(UNLIMITED);
        before.release(UNLIMITED);
    }

    public void breakDown() {
        broken = true;
    }

    public void repair() {
        broken = false;
    }

    /** How often it was asked about this host. */
    public int asked(String serial) {
        return asked.computeIfAbsent(serial, same -> new AtomicInteger()).get();
    }

    private static String host(String serial, boolean encrypted, String response) {
        return """
                {"host":{"id":1,"uuid":"%1$s","hardware_serial":"%1$s","platform":"darwin","os_version":"macOS 14.5",
                 "seen_time":"%2$s","detail_updated_at":"%2$s","policy_updated_at":"%2$s","status":"online",
                 "disk_encryption_enabled":%3$s,"issues":{"failing_policies_count":%4$d},
                 "policies":[{"id":2,"name":"Disk encrypted","response":"%5$s","critical":false,
                   "resolution":"Turn on FileVault in System Settings."}],
                 "mdm":{"enrollment_status":"On (manual)","name":"Fleet"}}}""".formatted(
                        serial,
                        Instant.now().truncatedTo(ChronoUnit.MILLIS),
                        encrypted,
                        response.equals("fail") ? 1 : 0,
                        response);
    }

    private void host(HttpExchange exchange) throws IOException {
        try (exchange) {
            var serial = exchange.getRequestURI().getPath().substring(HOSTS.length());
            asked.computeIfAbsent(serial, same -> new AtomicInteger()).incrementAndGet();
            answers.acquireUninterruptibly();
            var authorized =
                    ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"));
            var host = hosts.get(serial);
            int status = !authorized ? 401 : broken ? 500 : host == null ? 404 : 200;
            var body = (status == 200 ? host : "{\"message\":\"no\"}").getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        answer();
        server.stop(0);
        threads.shutdownNow();
    }
}
