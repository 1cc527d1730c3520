package dev.sallyport.it.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/** Ports that nobody listens on just now. */
final class Ports {

    /** NB. JGroups opens a second port 50,000 above its first, so the system's own choice would be too high. */
    private static final AtomicInteger NEXT_FOR_CLUSTER =
            new AtomicInteger(11_000 + (int) (ProcessHandle.current().pid() % 4_000));

    private Ports() {}

    static int free() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException("No free port", e);
        }
    }

    static int freeForCluster() {
        while (true) {
            var port = NEXT_FOR_CLUSTER.getAndIncrement();
            if (isFree(port) && isFree(port + 50_000)) return port;
        }
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
