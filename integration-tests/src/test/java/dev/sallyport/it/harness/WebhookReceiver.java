package dev.sallyport.it.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What an organisation would run to receive the audit log: it keeps what it was sent, and answers as it is told. */
public final class WebhookReceiver implements AutoCloseable {

    private final int port;
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private ExecutorService threads;
    private volatile ToIntFunction<JsonNode> answer = body -> 204;
    private volatile Duration delay = Duration.ZERO;

    private WebhookReceiver(int port) {
        this.port = port;
    }

    /** @param answered the status that it was answered with */
    public record Received(
            String id,
            String timestamp,
            String signature,
            String authorization,
            String text,
            Instant at,
            int answered) {

        public JsonNode body() {
            return RestApi.parse(text);
        }

        public boolean checkpoint() {
            return body().path("type").asText().equals("checkpoint");
        }

        public long index() {
            return body().at("/unmapped/index").asLong();
        }

        public String type() {
            return body().at("/unmapped/entry/type").asText();
        }

        /** Whether one of its signatures is by that secret, as Standard Webhooks tell a receiver to check. */
        public boolean signedBy(String secret) {
            try {
                var mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(
                        Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
                var expected = mac.doFinal((id + "." + timestamp + "." + text).getBytes(UTF_8));
                return Stream.of(signature.split(" "))
                        .filter(each -> each.startsWith("v1,"))
                        .anyMatch(each ->
                                MessageDigest.isEqual(Base64.getDecoder().decode(each.substring(3)), expected));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    public static WebhookReceiver start() {
        var receiver = new WebhookReceiver(Ports.free());
        receiver.open();
        return receiver;
    }

    /** Listens, again if it was shut. */
    public void open() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
            threads = Executors.newCachedThreadPool(work -> {
                var thread = new Thread(work, "webhook-receiver");
                thread.setDaemon(true);
                return thread;
            });
            server.setExecutor(threads);
            server.createContext("/", this::take);
            server.start();
        } catch (IOException e) {
            throw new IllegalStateException("No receiver of webhooks", e);
        }
    }

    /** Listens no more. */
    public void shut() {
        server.stop(0);
        threads.shutdownNow();
    }

    public String url() {
        return "http://127.0.0.1:" + port + "/events";
    }

    public int port() {
        return port;
    }

    /** From now on bodies are answered with that status. */
    public void answers(ToIntFunction<JsonNode> status) {
        answer = status;
    }

    /** From now on answers take that long. */
    public void takes(Duration time) {
        delay = time;
    }

    /** Everything that came, in its order, whatever it was answered. */
    public List<Received> received() {
        return List.copyOf(received);
    }

    /** The entries that it took. */
    public List<Received> taken() {
        return received.stream()
                .filter(each -> each.answered() < 300 && !each.checkpoint())
                .toList();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            var text = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            TimeUnit.MILLISECONDS.sleep(delay.toMillis());
            int status = answer.applyAsInt(RestApi.parse(text));
            var headers = exchange.getRequestHeaders();
            received.add(new Received(
                    headers.getFirst("webhook-id"),
                    headers.getFirst("webhook-timestamp"),
                    headers.getFirst("webhook-signature"),
                    headers.getFirst("Authorization"),
                    text,
                    Instant.now(),
                    status));
            if (status / 100 == 3) exchange.getResponseHeaders().set("Location", url() + "/elsewhere");
            exchange.sendResponseHeaders(status, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        shut();
    }
}
