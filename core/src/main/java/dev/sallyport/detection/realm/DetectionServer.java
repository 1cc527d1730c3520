package dev.sallyport.detection.realm;

import dev.sallyport.audit.realm.AuditLog.Appended;
import java.util.Optional;
import java.util.Set;
import org.keycloak.Config;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.PostMigrationEvent;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderFactory;
import org.keycloak.provider.Spi;

/** Detection while this server runs. */
public final class DetectionServer implements Provider {

    private static final DetectionServer PROVIDER = new DetectionServer();

    private DetectionServer() {}

    @Override
    public void close() {}

    /** Starts with the server and stops with it. */
    public static final class Factory implements ProviderFactory<DetectionServer> {

        private volatile Optional<Detector> detector = Optional.empty();

        @Override
        public void postInit(KeycloakSessionFactory factory) {
            factory.register(event -> {
                if (event instanceof PostMigrationEvent) {
                    detector = Optional.of(new Detector(factory));
                    detector.ifPresent(Detector::start);
                }
                if (event instanceof Appended appended) {
                    Signals.note(appended, () -> detector.ifPresent(Detector::wake));
                }
            });
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public DetectionServer create(KeycloakSession session) {
            return PROVIDER;
        }

        // NB. So that the database is still there when this one is closed.
        @Override
        public Set<Class<? extends Provider>> dependsOn() {
            return Set.of(JpaConnectionProvider.class);
        }

        @Override
        public void close() {
            detector.ifPresent(Detector::stop);
        }

        @Override
        public String getId() {
            return "default";
        }
    }

    /** Makes the server's part known to Keycloak. */
    public static final class ProviderSpi implements Spi {

        @Override
        public boolean isInternal() {
            return false;
        }

        @Override
        public String getName() {
            return "sallyport-detections";
        }

        @Override
        public Class<? extends Provider> getProviderClass() {
            return DetectionServer.class;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Class<? extends ProviderFactory> getProviderFactoryClass() {
            return Factory.class;
        }
    }
}
