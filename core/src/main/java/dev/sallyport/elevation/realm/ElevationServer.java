package dev.sallyport.elevation.realm;

import java.util.Set;
import org.jboss.logging.Logger;
import org.keycloak.Config;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.executors.ExecutorsProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.PostMigrationEvent;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderFactory;
import org.keycloak.provider.Spi;
import org.keycloak.timer.TimerProvider;

/** Elevations while this server runs: takes note of what the clock does to them, and sends mail. Nothing ends
 * because of it. */
public final class ElevationServer implements Provider {

    private static final ElevationServer PROVIDER = new ElevationServer();

    private ElevationServer() {}

    @Override
    public void close() {}

    /** Starts with the server and stops with it. */
    public static final class Factory implements ProviderFactory<ElevationServer> {

        private static final Logger LOG = Logger.getLogger(ElevationServer.class);

        /** Sessions that end with a privilege should do so at once; the look is at an index that is mostly empty. */
        private static final long TICK_MILLIS = 500;

        @Override
        public void postInit(KeycloakSessionFactory factory) {
            factory.register(event -> {
                if (event instanceof PostMigrationEvent) start(factory);
            });
        }

        private static void start(KeycloakSessionFactory factory) {
            var settlement = new Settlement(factory);
            KeycloakModelUtils.runJobInTransaction(factory, session -> {
                var threads = session.getProvider(ExecutorsProvider.class).getExecutor("sallyport-mail");
                var mail = new MailDelivery(factory, threads);
                session.getProvider(TimerProvider.class)
                        .schedule(() -> tick(settlement, mail), TICK_MILLIS, "sallyport-elevations");
            });
        }

        private static void tick(Settlement settlement, MailDelivery mail) {
            try {
                mail.wake();
                settlement.run();
            } catch (RuntimeException e) {
                LOG.warn("elevations whose time is over were not all written down; the next look will", e);
            }
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public ElevationServer create(KeycloakSession session) {
            return PROVIDER;
        }

        // NB. So that the database is still there when this one is closed.
        @Override
        public Set<Class<? extends Provider>> dependsOn() {
            return Set.of(JpaConnectionProvider.class);
        }

        @Override
        public void close() {}

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
            return "sallyport-elevations";
        }

        @Override
        public Class<? extends Provider> getProviderClass() {
            return ElevationServer.class;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Class<? extends ProviderFactory> getProviderFactoryClass() {
            return Factory.class;
        }
    }
}
