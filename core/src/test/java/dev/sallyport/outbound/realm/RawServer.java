package dev.sallyport.outbound.realm;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that keeps to no rule of HTTP: it reads the head of a request and then does as a test says. */
public final class RawServer implements AutoCloseable {

    /** What is done to a client. */
    public interface Manners {
        void treat(Socket client, String head) throws IOException, InterruptedException;
    }

    private final ServerSocket socket;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();

    private RawServer(ServerSocket socket, Manners manners) {
        this.socket = socket;
        threads.execute(() -> accept(manners));
    }

    public static RawServer with(Manners manners) {
        try {
            return on(new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")), manners);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RawServer on(ServerSocket socket, Manners manners) {
        return new RawServer(socket, manners);
    }

    public static Manners saying(String... parts) {
        return (client, request) -> {
            for (var part : parts) client.getOutputStream().write(part.getBytes(ISO_8859_1));
            client.getOutputStream().flush();
        };
    }

    /** As much as the client takes, as fast as it takes it. */
    public static Manners pouring(String head, String part) {
        return (client, request) -> {
            saying(head).treat(client, request);
            while (true) saying(part).treat(client, request);
        };
    }

    /** A drop now and then, until the client is gone. */
    public static Manners dripping(String head, String drop) {
        var never = new CountDownLatch(1);
        return (client, request) -> {
            saying(head).treat(client, request);
            while (!never.await(5, TimeUnit.MILLISECONDS)) saying(drop).treat(client, request);
        };
    }

    public static Manners keepingSilent() {
        return (client, request) -> client.getInputStream().read();
    }

    /** A whole answer. */
    public static Manners answering(String status, String body, String... headers) {
        var head = "HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + "\r\n";
        return saying(head + String.join("", List.of(headers)) + "Connection: close\r\n\r\n" + body);
    }

    public int port() {
        return socket.getLocalPort();
    }

    /** The heads of the requests, in the order in which they came. */
    public List<String> heads() {
        return heads;
    }

    public int connections() {
        return connections.get();
    }

    private void accept(Manners manners) {
        while (!socket.isClosed()) {
            try {
                var client = socket.accept();
                connections.incrementAndGet();
                threads.execute(() -> serve(client, manners));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client, Manners manners) {
        try (client) {
            var head = new StringBuilder();
            var in = client.getInputStream();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) return;
                head.append((char) next);
            }
            heads.add(head.toString());
            manners.treat(client, head.toString());
        } catch (IOException clientIsGone) {
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
