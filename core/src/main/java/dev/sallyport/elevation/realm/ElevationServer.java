package dev.sallyport.elevation.realm;

import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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

        /** How long a look is put off at most: another node may have set an end meanwhile. */
        private static final long LONGEST_MILLIS = 1_000;

        private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "sallyport-elevations");
            thread.setDaemon(true);
            return thread;
        });

        @Override
        public void postInit(KeycloakSessionFactory factory) {
            factory.register(event -> {
                if (event instanceof PostMigrationEvent) start(factory);
            });
        }

        private void start(KeycloakSessionFactory factory) {
            var settlement = new Settlement(factory);
            var mail = KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> {
                var threads = session.getProvider(ExecutorsProvider.class).getExecutor("sallyport-mail");
                return new MailDelivery(factory, threads);
            });
            clock.execute(() -> look(settlement, mail));
        }

        // NB. Not every so often: sessions that end with a privilege end when it does, and not at the next look.
        private void look(Settlement settlement, MailDelivery mail) {
            var wait = LONGEST_MILLIS;
            try {
                mail.wake();
                wait = settlement.run(LONGEST_MILLIS);
            } catch (RuntimeException e) {
                LOG.warn("elevations whose time is over were not all written down; the next look will", e);
            }
            try {
                clock.schedule(() -> look(settlement, mail), wait, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException stopped) {
                LOG.debug("the server stops");
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
        public void close() {
            clock.shutdownNow();
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
