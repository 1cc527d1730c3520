package dev.sallyport.it.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;

/**
 * The place to which test realms return users. A browser needs somebody to answer there; {@link OidcClient} does not.
 *
 * <p>NB. Playwright's routes do not see redirected requests, so they cannot play this part.
 */
record Application(HttpServer server) implements AutoCloseable {

    static final String CALLBACK = "http://localhost:" + Ports.free() + "/callback";

    static Application start() throws IOException {
        var port = URI.create(CALLBACK).getPort();
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        var page = "<!doctype html><title>Application</title>".getBytes(UTF_8);
        server.createContext("/callback", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            try (var body = exchange.getResponseBody()) {
                body.write(page);
            }
        });
        server.start();
        return new Application(server);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
