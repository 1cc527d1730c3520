package dev.sallyport.delivery.realm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.delivery.Message;
import dev.sallyport.delivery.realm.Courier.Outcome;
import dev.sallyport.outbound.realm.Deadline;
import dev.sallyport.outbound.realm.OutboundHttp;
import dev.sallyport.outbound.realm.WayOut;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SyslogCourierTest {

    private static final Deadline LATER = Deadline.in(Duration.ofMinutes(1));

    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<Socket> connections = new LinkedBlockingQueue<>();
    private ServerSocket server;
    private OutboundHttp http;
    private SyslogCourier courier;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        http = WayOut.toThisMachine();
        courier = new SyslogCourier(
                http, URI.create("tcp://127.0.0.1:" + server.getLocalPort()), Optional.empty(), "sso", "demo");
        var accepting = new Thread(this::accept, "syslog-server");
        accepting.setDaemon(true);
        accepting.start();
    }

    @AfterEach
    void close() throws IOException {
        courier.close();
        server.close();
        http.close();
    }

    private void accept() {
        try {
            while (true) {
                var socket = server.accept();
                connections.add(socket);
                var reading = new Thread(() -> read(socket), "syslog-connection");
                reading.setDaemon(true);
                reading.start();
            }
        } catch (IOException over) {
            // NB. The test is.
        }
    }

    private void read(Socket socket) {
        try {
            var in = new DataInputStream(socket.getInputStream());
            while (true) {
                int length = 0;
                for (int c = in.readUnsignedByte(); c != ' '; c = in.readUnsignedByte()) length = length * 10 + c - '0';
                received.add(new String(in.readNBytes(length), UTF_8));
            }
        } catch (IOException over) {
            // NB. The connection is.
        }
    }

    private static List<Message> messages(int from, int to, String body) {
        return IntStream.range(from, to)
                .mapToObj(i ->
                        new Message("m" + i, OptionalLong.of(i), "lock.set", Instant.EPOCH, 1, body, Optional.empty()))
                .toList();
    }

    private void assertReceived(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            assertThat(received.poll(10, TimeUnit.SECONDS)).contains("index=\"" + i + "\"");
        }
        assertThat(received).isEmpty();
    }

    @Test
    void framesArriveInTheirOrderOverOneConnection() throws InterruptedException {
        assertThat(courier.send(messages(0, 50, "{}"), LATER)).isEqualTo(Outcome.taken(50));
        assertThat(courier.send(messages(50, 60, "{}"), LATER)).isEqualTo(Outcome.taken(10));

        assertReceived(60);
        assertThat(connections).hasSize(1);
    }

    @Test
    void afterItsServerHasClosedItConnectsAnew() throws InterruptedException, IOException {
        courier.send(messages(0, 1, "{}"), LATER);
        connections.take().close();

        var outcome = courier.send(messages(1, 2, "{}"), LATER);

        assertThat(outcome).isEqualTo(Outcome.taken(1));
        assertReceived(2);
    }

    @Test
    void withNobodyThereNothingIsTakenOrRefused() throws IOException {
        server.close();

        var outcome = courier.send(messages(0, 3, "{}"), LATER);

        assertThat(outcome.taken()).isZero();
        assertThat(outcome.failure()).hasValueSatisfying(failure -> {
            assertThat(failure.answer()).isEmpty();
            assertThat(failure.reason()).isEqualTo("The syslog server cannot be connected to.");
        });
    }

    @Test
    void whatTakesLongIsCutIntoPortions() throws InterruptedException {
        var large = messages(0, 20, "{\"x\":\"" + "y".repeat(50_000) + "\"}");

        var outcome = courier.send(large, Deadline.in(Duration.ZERO));

        assertThat(outcome.failure()).isEmpty();
        assertThat(outcome.taken()).isBetween(1, 3);
        assertReceived(outcome.taken());
    }
}
