package dev.sallyport.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Keycloak in dev mode with the pack, on this machine only. */
final class KeycloakServer implements AutoCloseable {

    static final String ADMINISTRATOR = "admin";
    static final String PASSWORD = "admin";

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Process process;
    private final URI address;
    private final Path log;

    private KeycloakServer(Process process, URI address, Path log) {
        this.process = process;
        this.address = address;
        this.log = log;
    }

    /**
     * Starts with an empty database.
     *
     * @param home an unpacked distribution, which is changed
     * @param pack the jar to put into it
     * @param realm the realm to import
     */
    static KeycloakServer start(Path home, Path pack, Path realm, Certificates certificates, int port, Path log)
            throws IOException {
        var providers = home.resolve("providers");
        try (var others = Files.newDirectoryStream(providers, "sallyport-*.jar")) {
            for (var other : others) Files.delete(other);
        }
        Files.copy(
                pack,
                providers.resolve(pack.getFileName()),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
        var imports = Files.createDirectories(home.resolve("data/import"));
        Files.copy(realm, imports.resolve("demo-realm.json"), StandardCopyOption.REPLACE_EXISTING);
        delete(home.resolve("data/h2"));

        var command = new ProcessBuilder(
                home.resolve("bin/kc.sh").toString(),
                "start-dev",
                "--import-realm",
                "--http-port=0",
                "--http-host=localhost",
                "--https-port=" + port,
                "--https-certificate-file=" + certificates.serverCertificate(),
                "--https-certificate-key-file=" + certificates.serverKey(),
                "--https-client-auth=request",
                "--https-trust-store-file=" + certificates.clientAuthorities(),
                "--https-trust-store-password=" + Certificates.PASSWORD);
        command.environment().put("KC_BOOTSTRAP_ADMIN_USERNAME", ADMINISTRATOR);
        command.environment().put("KC_BOOTSTRAP_ADMIN_PASSWORD", PASSWORD);
        command.redirectErrorStream(true).redirectOutput(log.toFile());
        var address = URI.create("https://localhost:" + port);
        return new KeycloakServer(command.start(), address, log);
    }

    URI address() {
        return address;
    }

    /** Waits until the realm answers. */
    void awaitRealm(String realm, Progress progress) throws IOException, InterruptedException {
        var http = HttpClient.newHttpClient();
        var ask = HttpRequest.newBuilder(address.resolve("/realms/" + realm))
                .timeout(Duration.ofSeconds(10))
                .build();
        var deadline = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(deadline)) {
            if (process.waitFor(1, TimeUnit.SECONDS)) throw failure("Keycloak ended while it started");
            progress.tick();
            try {
                if (http.send(ask, BodyHandlers.discarding()).statusCode() == 200) return;
            } catch (IOException e) {
                // NB. Nothing listens yet; whether anything ever will is known by the deadline.
            }
        }
        throw failure("Keycloak did not answer within " + PATIENCE.toMinutes() + " minutes");
    }

    /** Waits until the server ends, which it only does when it is stopped or breaks. */
    void awaitEnd() throws InterruptedException {
        process.waitFor();
    }

    private IllegalStateException failure(String what) throws IOException {
        List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
        var end = lines.subList(Math.max(0, lines.size() - 15), lines.size());
        return new IllegalStateException(what + ". Its log ends:\n\n  " + String.join("\n  ", end) + "\n");
    }

    @Override
    public void close() {
        var all = process.descendants().toList();
        process.destroy();
        all.forEach(ProcessHandle::destroy);
        try {
            if (process.waitFor(20, TimeUnit.SECONDS)) return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) return;
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
