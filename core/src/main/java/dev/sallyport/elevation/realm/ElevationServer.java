package dev.sallyport.elevation.realm;

import dev.sallyport.server.realm.Daemons;
import dev.sallyport.server.realm.PackSpi;
import dev.sallyport.server.realm.ServerPart;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.keycloak.executors.ExecutorsProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.provider.Provider;

/** Elevations while this server runs: takes note of what the clock does to them, and sends mail. Nothing ends
 * because of it. */
public final class ElevationServer implements Provider {

    private static final ElevationServer PROVIDER = new ElevationServer();

    private ElevationServer() {}

    @Override
    public void close() {}

    /** Starts with the server and stops with it. */
    public static final class Factory extends ServerPart<ElevationServer> {

        private static final Logger LOG = Logger.getLogger(ElevationServer.class);

        /** How long a look is put off at most: another node may have set an end meanwhile. */
        private static final long LONGEST_MILLIS = 1_000;

        private final ScheduledExecutorService clock =
                Executors.newSingleThreadScheduledExecutor(Daemons.named("sallyport-elevations"));

        @Override
        protected void start(KeycloakSessionFactory factory) {
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
        public ElevationServer create(KeycloakSession session) {
            return PROVIDER;
        }

        @Override
        public void close() {
            clock.shutdownNow();
        }
    }

    /** Makes the server's part known to Keycloak. */
    public static final class ProviderSpi extends PackSpi {

        public ProviderSpi() {
            super("sallyport-elevations", ElevationServer.class, Factory.class);
        }
    }
}
