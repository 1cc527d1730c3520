package dev.sallyport.evaluation.realm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogoutDeliveryTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CloseableHttpClient http = HttpClients.createDefault();
    private final ConcurrentLinkedQueue<String> received = new ConcurrentLinkedQueue<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private HttpServer applications;

    @BeforeEach
    void start() throws IOException {
        applications = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        applications.setExecutor(threads);
        applications.createContext("/listens", exchange -> answer(exchange, 204));
        applications.createContext("/refuses", exchange -> answer(exchange, 500));
        applications.createContext("/restarts", exchange -> answer(exchange, received.isEmpty() ? 503 : 200));
        applications.createContext("/never", exchange -> {
            received.add(exchange.getRequestURI().getPath());
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
        applications.start();
    }

    @AfterEach
    void stop() throws IOException {
        over.countDown();
        applications.stop(0);
        threads.shutdownNow();
        http.close();
    }

    @Test
    void applicationIsGivenItsTokenOnce() {
        send("/listens");

        assertThat(received).containsExactly("/listens logout_token=a.b.c");
    }

    @Test
    void applicationThatRefusesIsToldOnceMoreAndThenNoMore() {
        send("/refuses");

        assertThat(received).hasSize(2);
    }

    @Test
    void applicationThatRestartsHearsOfItTheSecondTime() {
        send("/restarts");

        assertThat(received).hasSize(2);
    }

    @Test
    void applicationThatNeverAnswersKeepsNobodyWaitingForLong() {
        var before = Instant.now();

        send("/never", "/listens");

        assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(20));
        assertThat(received).anyMatch(line -> line.startsWith("/listens"));
    }

    private void send(String... paths) {
        var port = applications.getAddress().getPort();
        var notices = List.of(paths).stream()
                .map(path -> new LogoutNotice("app", "session", "http://127.0.0.1:" + port + path, "a.b.c"))
                .toList();
        new LogoutDelivery(http, threads).send(notices);
    }

    private void answer(HttpExchange exchange, int status) throws IOException {
        var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        received.add(exchange.getRequestURI().getPath() + " " + body);
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }
}
