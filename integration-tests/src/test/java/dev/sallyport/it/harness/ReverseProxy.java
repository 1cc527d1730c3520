package dev.sallyport.it.harness;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * nginx in front of a server: it ends TLS, accepts whatever certificate the client shows, and passes it on in a header. The
 * server sees it come from {@code source}, so a test chooses whether it is one of {@code --proxy-trusted-addresses}.
 */
public final class ReverseProxy implements AutoCloseable {

    /** Where nginx puts the client's certificate, as Keycloak's {@code nginx} lookup is told by its options. */
    public static final String CERTIFICATE_HEADER = "ssl-client-cert";

    private final Process process;
    private final URI address;

    private ReverseProxy(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /** @param source the loopback address from which it connects to the server, e.g. {@code 127.0.0.2} */
    public static ReverseProxy inFrontOf(KeycloakServer server, String source) throws IOException {
        return inFrontOf(server, source, "$remote_addr", "$remote_addr");
    }

    /**
     * A proxy whose clients come from that address, as far as it says. It adds the address to what they typed themselves, as
     * many proxies do.
     */
    public static ReverseProxy withClientsFrom(KeycloakServer server, String source, String client) throws IOException {
        return inFrontOf(server, source, client, "\"$http_x_forwarded_for, " + client + "\"");
    }

    /** @param added what it says when the client has typed something itself */
    private static ReverseProxy inFrontOf(KeycloakServer server, String source, String client, String added)
            throws IOException {
        var port = Ports.free();
        var directory = Settings.CURRENT.work().resolve("nginx").resolve(source + "-" + port);
        Files.createDirectories(directory);
        var certificate = server.pki().serverCertificate();
        Files.writeString(directory.resolve("server.pem"), CertificateAuthority.pem(certificate.leaf()));
        Files.writeString(directory.resolve("server.key"), CertificateAuthority.pem(certificate.key()));
        var configuration = Files.writeString(
                directory.resolve("nginx.conf"),
                configuration(directory, port, source, server.address(), client, added));
        var process = new ProcessBuilder(
                        List.of(executable(), "-p", directory.toString(), "-c", configuration.toString()))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("nginx.log").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> answers(process, directory, port));
        return new ReverseProxy(process, URI.create("https://localhost:" + port));
    }

    /** Where clients connect to. */
    public URI address() {
        return address;
    }

    @Override
    public void close() {
        process.destroy();
    }

    private static String configuration(
            Path directory, int port, String source, URI server, String client, String added) {
        return """
                daemon off;
                master_process off;
                pid %1$s/nginx.pid;
                error_log stderr warn;
                events {}
                http {
                  access_log off;
                  map $http_x_forwarded_for $spoken_for {
                    "" %6$s;
                    default %7$s;
                  }
                  client_body_temp_path %1$s/body;
                  proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/fastcgi;
                  scgi_temp_path %1$s/scgi;
                  uwsgi_temp_path %1$s/uwsgi;
                  server {
                    listen 127.0.0.1:%2$d ssl;
                    ssl_certificate %1$s/server.pem;
                    ssl_certificate_key %1$s/server.key;
                    ssl_verify_client optional_no_ca;
                    location / {
                      proxy_pass %4$s;
                      proxy_bind %3$s;
                      proxy_ssl_verify off;
                      proxy_buffer_size 32k;
                      proxy_buffers 4 32k;
                      proxy_set_header Host $http_host;
                      proxy_set_header X-Forwarded-For $spoken_for;
                      proxy_set_header X-Forwarded-Proto https;
                      proxy_set_header X-Forwarded-Host $http_host;
                      proxy_set_header %5$s $ssl_client_escaped_cert;
                    }
                  }
                }
                """.formatted(directory, port, source, server, CERTIFICATE_HEADER, client, added);
    }

    private static String executable() {
        return List.of("/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx").stream()
                .filter(file -> Files.isExecutable(Path.of(file)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nginx is not installed; bin/prepare-tests installs it"));
    }

    private static boolean answers(Process process, Path directory, int port) throws IOException {
        if (!process.isAlive())
            throw new IllegalStateException("nginx did not start: " + Files.readString(directory.resolve("nginx.log")));
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }
}
