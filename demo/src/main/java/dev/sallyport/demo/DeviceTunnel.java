package dev.sallyport.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Plays the part of a device: whatever is sent to its port reaches the server on a TLS connection that presents the
 * device's certificate, as if the browser ran there. So a visitor need not import a certificate to try several devices.
 */
final class DeviceTunnel implements AutoCloseable {

    private final ServerSocket port;
    private final SSLSocketFactory presenting;
    private final int server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        var thread = new Thread(task, "device tunnel");
        thread.setDaemon(true);
        return thread;
    });

    private DeviceTunnel(ServerSocket port, SSLSocketFactory presenting, int server) {
        this.port = port;
        this.presenting = presenting;
        this.server = server;
    }

    /** @param server the server's port on this machine */
    static DeviceTunnel open(Certificates certificates, Device device, int port, int server) throws IOException {
        var socket = (SSLServerSocket) certificates
                .asServer()
                .getServerSocketFactory()
                .createServerSocket(port, 50, InetAddress.getLoopbackAddress());
        var tunnel = new DeviceTunnel(socket, certificates.presenting(device).getSocketFactory(), server);
        tunnel.threads.execute(tunnel::accept);
        return tunnel;
    }

    private void accept() {
        while (!port.isClosed()) {
            try {
                var browser = port.accept();
                threads.execute(() -> connect(browser));
            } catch (IOException e) {
                // NB. Closed, or one connection went wrong: the next one may do better.
            }
        }
    }

    private void connect(Socket browser) {
        try {
            var upstream = presenting.createSocket("localhost", server);
            threads.execute(() -> pump(upstream, browser));
            pump(browser, upstream);
        } catch (IOException e) {
            close(browser);
        }
    }

    private static void pump(Socket from, Socket to) {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException e) {
            // NB. Browsers drop connections at will; closing both ends is all there is to do.
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // NB. Then it is closed already.
        }
    }

    @Override
    public void close() throws IOException {
        port.close();
        threads.shutdownNow();
    }
}
