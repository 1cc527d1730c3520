package dev.sallyport.detection.realm;

import dev.sallyport.audit.realm.AuditLog.Appended;
import dev.sallyport.server.realm.PackSpi;
import dev.sallyport.server.realm.ServerPart;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.provider.Provider;

/** Detection while this server runs. */
public final class DetectionServer implements Provider {

    private static final DetectionServer PROVIDER = new DetectionServer();

    private DetectionServer() {}

    @Override
    public void close() {}

    /** Starts with the server and stops with it. */
    public static final class Factory extends ServerPart<DetectionServer> {

        private volatile Optional<Detector> detector = Optional.empty();

        @Override
        public void postInit(KeycloakSessionFactory factory) {
            super.postInit(factory);
            factory.register(event -> {
                if (event instanceof Appended appended) {
                    Signals.note(appended, () -> detector.ifPresent(Detector::wake));
                }
            });
        }

        @Override
        protected void start(KeycloakSessionFactory factory) {
            detector = Optional.of(new Detector(factory));
            detector.ifPresent(Detector::start);
        }

        @Override
        public DetectionServer create(KeycloakSession session) {
            return PROVIDER;
        }

        @Override
        public void close() {
            detector.ifPresent(Detector::stop);
        }
    }

    /** Makes the server's part known to Keycloak. */
    public static final class ProviderSpi extends PackSpi {

        public ProviderSpi() {
            super("sallyport-detections", DetectionServer.class, Factory.class);
        }
    }
}
