package dev.sallyport.it.harness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Where the applications of a realm are told that a session has ended (OpenID Connect Back-Channel Logout 1.0). It keeps what
 * it was told and when, and can be made to keep its callers waiting.
 */
public final class LogoutReceiver implements AutoCloseable {

    private static final int UNLIMITED = Integer.MAX_VALUE / 2;

    private final HttpServer server;
    private final ExecutorService threads;
    private final Map<About, Notice> first = new ConcurrentHashMap<>();
    private volatile Semaphore answers = new Semaphore(UNLIMITED);

    private LogoutReceiver(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    private record About(String clientId, String sid) {}

    /** @param claims of the logout token, whose signature is not looked at */
    public record Notice(JsonNode claims, Instant at) {}

    public static LogoutReceiver start() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
            var threads = Executors.newCachedThreadPool(work -> {
                var thread = new Thread(work, "logout-receiver");
                thread.setDaemon(true);
                return thread;
            });
            var receiver = new LogoutReceiver(server, threads);
            server.setExecutor(threads);
            server.createContext("/told/", receiver::told);
            server.createContext("/silent/", receiver::silent);
            server.start();
            return receiver;
        } catch (IOException e) {
            throw new IllegalStateException("No receiver of logouts", e);
        }
    }

    /** For a client that is told, in its attribute {@code backchannel.logout.url}. */
    public String url(String clientId) {
        return "http://localhost:" + server.getAddress().getPort() + "/told/" + clientId;
    }

    /** For a client that takes the notice and never answers. */
    public String silentUrl(String clientId) {
        return "http://localhost:" + server.getAddress().getPort() + "/silent/" + clientId;
    }

    /** From now on only so many callers get an answer; the others wait until {@link #answerAll}. */
    public void answerOnly(int callers) {
        answers = new Semaphore(callers);
    }

    public void answerAll() {
        var before = answers;
        answers = new Semaphore(UNLIMITED);
        before.release(UNLIMITED);
    }

    /** The first notice that this application had of the end of this session. */
    public Optional<Notice> notice(String clientId, String sid) {
        return Optional.ofNullable(first.get(new About(clientId, sid)));
    }

    /** The first notice of each of these sessions, as far as they come in time. */
    public List<Notice> notices(String clientId, List<String> sids, Duration patience) {
        Supplier<List<Notice>> soFar = () ->
                sids.stream().flatMap(sid -> notice(clientId, sid).stream()).toList();
        try {
            await().atMost(patience).until(() -> soFar.get().size() == sids.size());
        } catch (ConditionTimeoutException someAreMissing) {
            return soFar.get();
        }
        return soFar.get();
    }

    private void told(HttpExchange exchange) throws IOException {
        try (exchange) {
            keep(exchange);
            answers.acquireUninterruptibly();
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.sendResponseHeaders(200, -1);
        }
    }

    // NB. The exchange is left open on purpose: the caller has to lose its patience by itself.
    private void silent(HttpExchange exchange) throws IOException {
        keep(exchange);
    }

    private void keep(HttpExchange exchange) throws IOException {
        var at = Instant.now();
        var path = exchange.getRequestURI().getPath();
        var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        for (var field : body.split("&")) {
            if (!field.startsWith("logout_token=")) continue;
            var claims = TokenResponse.claims(URLDecoder.decode(field.substring("logout_token=".length()), UTF_8));
            var clientId = path.substring(path.lastIndexOf('/') + 1);
            first.putIfAbsent(new About(clientId, claims.path("sid").asText()), new Notice(claims, at));
        }
    }

    @Override
    public void close() {
        answerAll();
        server.stop(0);
        threads.shutdownNow();
    }
}
