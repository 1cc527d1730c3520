package dev.sallyport.it.harness;

import dasniko.testcontainers.keycloak.KeycloakContainer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.testcontainers.utility.MountableFile;

/** The one shared server as a container of the official image, on H2. */
final class ServerContainer implements ServerRuntime {

    private static final Path CERTIFICATES = Path.of("/opt/keycloak/conf/certificates");

    private final URI https = URI.create("https://localhost:" + Ports.free());
    private final URI plain = URI.create("http://localhost:" + Ports.free());
    private Optional<KeycloakContainer> container = Optional.empty();

    @Override
    public void start() {
        var settings = Settings.CURRENT;
        Progress.step("starting Keycloak " + settings.version() + " in a container at " + https, () -> {
            var started = new KeycloakContainer("quay.io/keycloak/keycloak:" + settings.version())
                    .withAdminUsername(KeycloakServer.ADMIN)
                    .withAdminPassword(KeycloakServer.ADMIN)
                    .withProviderLibsFrom(List.of(settings.pack().toFile()))
                    .withCopyFileToContainer(MountableFile.forHostPath(certificates(), 0755), CERTIFICATES.toString());
            started.setPortBindings(List.of(https.getPort() + ":8443", plain.getPort() + ":8080"));
            container = Optional.of(started);
            started.start();
            return started;
        });
    }

    private static Path certificates() throws IOException {
        return Files.createDirectories(Settings.CURRENT.work().resolve("container-certificates"));
    }

    @Override
    public void stop() {
        container.ifPresent(KeycloakContainer::stop);
        container = Optional.empty();
    }

    @Override
    public void kill() {
        stop();
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
    public List<String> log() {
        return new ArrayList<>(
                container.map(running -> running.getLogs().lines().toList()).orElse(List.of()));
    }
}
