package dev.sallyport.it.harness;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One node as an operating system process, started from the distribution. */
final class ServerProcess implements ServerRuntime {

    /** Without the second compiler, and without a collector that works beside the server. */
    static final String SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:-UseG1GC -XX:+UseSerialGC -Xms256m -Xmx1g";

    static final Duration PATIENCE = Duration.ofMinutes(3);

    private final HttpClient http = HttpClient.newHttpClient();
    private final String name;
    private final List<String> command;
    private final Path home;
    private final Path log;
    private final Path vault;
    private final URI https;
    private final URI plain;
    private final int management;
    private final boolean lasting;
    private Optional<Process> process = Optional.empty();

    /**
     * @param hostname the address that the server is to call itself by; empty for its own HTTPS address
     * @param cluster whether it looks for other nodes on its database
     */
    ServerProcess(ServerSpec spec, String name, Database database, Optional<URI> hostname, boolean cluster)
            throws IOException {
        this.name = name;
        this.lasting = spec.lasting();
        var settings = Settings.CURRENT;
        this.home = Distribution.of(settings).install(spec, name);
        database.install(home);
        this.log = Files.createDirectories(settings.work().resolve("server-logs"))
                .resolve(settings.version() + "-" + name + ".log");
        Files.deleteIfExists(log);
        this.vault = Files.createDirectories(home.resolve("vault"));
        this.https = URI.create("https://localhost:" + Ports.free());
        this.plain = URI.create("http://localhost:" + Ports.free());
        this.management = Ports.free();

        this.command = new ArrayList<>(List.of(
                home.resolve("bin/kc.sh").toString(),
                "start",
                "--optimized",
                "--hostname=" + hostname.orElse(https),
                "--http-enabled=true",
                "--http-port=" + plain.getPort(),
                "--https-port=" + https.getPort(),
                "--http-management-scheme=http",
                "--http-management-port=" + management,
                "--shutdown-delay=0",
                "--log-console-color=false"));
        command.addAll(Pki.CURRENT.serverOptions(home.resolve("conf"), home.resolve("conf")));
        command.addAll(database.options());
        command.addAll(
                cluster
                        ? List.of(
                                "--cache=ispn",
                                "--cache-embedded-network-bind-address=127.0.0.1",
                                "--cache-embedded-network-bind-port=" + Ports.freeForCluster())
                        : List.of("--cache=local"));
        if (spec.vault()) command.add("--vault-dir=" + vault);
        command.addAll(spec.options());
        Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
    }

    Path home() {
        return home;
    }

    @Override
    public URI https() {
        return https;
    }

    @Override
    public URI http() {
        return plain;
    }

    @Override
    public void start() {
        Progress.step("starting Keycloak " + Settings.CURRENT.version() + " (" + name + ") at " + https, () -> {
            var builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().put("KC_BOOTSTRAP_ADMIN_USERNAME", KeycloakServer.ADMIN);
            builder.environment().put("KC_BOOTSTRAP_ADMIN_PASSWORD", KeycloakServer.ADMIN);
            if (!lasting) builder.environment().put("JAVA_OPTS_APPEND", SHORT_LIVED);
            var started = builder.start();
            process = Optional.of(started);
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> ready(started));
            return process;
        });
    }

    @Override
    public boolean running() {
        return process.filter(Process::isAlive).isPresent();
    }

    private boolean ready(Process started) throws InterruptedException {
        if (!started.isAlive())
            throw new IllegalStateException("Keycloak did not start:\n" + String.join("\n", tail(60)));
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + management + "/health/ready"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public void stop() {
        end(ProcessHandle::destroy);
    }

    @Override
    public void kill() {
        end(ProcessHandle::destroyForcibly);
    }

    /** NB. kc.sh starts Java as its child: killing the shell alone would leave the server running. */
    private void end(Consumer<ProcessHandle> how) {
        process.ifPresent(shell -> {
            shell.descendants().forEach(how);
            try {
                if (!shell.waitFor(30, TimeUnit.SECONDS)) {
                    shell.descendants().forEach(ProcessHandle::destroyForcibly);
                    shell.destroyForcibly().waitFor();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        process = Optional.empty();
    }

    @Override
    public Path vault() {
        return vault;
    }

    @Override
    public List<String> log() {
        try {
            return Files.exists(log) ? Files.readAllLines(log) : List.of();
        } catch (IOException e) {
            return List.of("The log cannot be read: " + e);
        }
    }

    private List<String> tail(int lines) {
        var all = log();
        return all.subList(Math.max(0, all.size() - lines), all.size());
    }
}
