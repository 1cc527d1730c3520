package dev.sallyport.it.harness;

import dasniko.testcontainers.keycloak.HttpsClientAuth;
import dasniko.testcontainers.keycloak.KeycloakContainer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.MountableFile;

/** The plain server as a container of the official image. It augments itself as it starts, and stores in H2. */
final class ServerContainer implements ServerRuntime {

    private static final int MANAGEMENT = 9000;
    private static final Path CERTIFICATES = Path.of("/opt/keycloak/conf/certificates");

    private final URI https = URI.create("https://localhost:" + Ports.free());
    private final URI plain = URI.create("http://localhost:" + Ports.free());
    private Optional<KeycloakContainer> container = Optional.empty();

    @Override
    public void start() {
        var settings = Settings.CURRENT;
        Progress.step("starting Keycloak " + settings.version() + " in a container at " + https, () -> {
            var started = new KeycloakContainer("quay.io/keycloak/keycloak:" + settings.version())
                    .withProductionMode()
                    .withHttpsClientAuth(HttpsClientAuth.REQUEST)
                    // NB. The library would ask by TLS, since it takes all of the server to speak it.
                    .waitingFor(Wait.forHttp("/health/ready")
                            .forPort(MANAGEMENT)
                            .withStartupTimeout(ServerProcess.PATIENCE))
                    .withAdminUsername(KeycloakServer.ADMIN)
                    .withAdminPassword(KeycloakServer.ADMIN)
                    .withProviderLibsFrom(List.of(settings.pack().toFile()));
            configure(started);
            container = Optional.of(started);
            started.start();
            return started;
        });
    }

    private void configure(KeycloakContainer unstarted) throws IOException {
        var certificates = Settings.CURRENT.work().resolve("container-certificates");
        var options = Stream.concat(
                Pki.CURRENT.serverOptions(certificates, CERTIFICATES).stream(),
                Stream.of(
                        "--https-client-auth=request",
                        "--hostname=" + https,
                        "--http-enabled=true",
                        // NB. The same ports inside as outside: the server calls itself when a realm brokers to
                        // another.
                        "--https-port=" + https.getPort(),
                        "--http-port=" + plain.getPort(),
                        "--http-management-scheme=http",
                        "--cache=local"));
        options.forEach(option -> {
            var pair = option.substring(2).split("=", 2);
            unstarted.addEnv("KC_" + pair[0].toUpperCase(Locale.ROOT).replace('-', '_'), pair[1]);
        });
        unstarted.withCopyFileToContainer(MountableFile.forHostPath(certificates, 0755), CERTIFICATES.toString());
        unstarted.setPortBindings(Stream.of(https, plain)
                .map(address -> address.getPort() + ":" + address.getPort())
                .toList());
    }

    @Override
    public void stop() {
        container.ifPresent(KeycloakContainer::stop);
        container = Optional.empty();
    }

    @Override
    public boolean running() {
        return container.isPresent();
    }

    /** The plain server is never asked to die. */
    @Override
    public void kill() {
        throw new IllegalStateException("Only a server process can be killed");
    }

    @Override
    public URI https() {
        return https;
    }

    @Override
    public URI http() {
        return plain;
    }

    /** The plain server has none. */
    @Override
    public Path vault() {
        throw new IllegalStateException("Only a server process has a vault");
    }

    @Override
    public List<String> log() {
        return container.map(running -> running.getLogs().lines().toList()).orElse(List.of());
    }
}
