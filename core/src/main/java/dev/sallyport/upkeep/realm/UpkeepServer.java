package dev.sallyport.upkeep.realm;

import dev.sallyport.audit.realm.RetentionRun;
import dev.sallyport.detection.realm.DormancyRun;
import dev.sallyport.detection.realm.GapRun;
import dev.sallyport.elevation.realm.DirectoryRun;
import dev.sallyport.erasure.realm.ErasureRun;
import dev.sallyport.review.realm.ReviewRun;
import dev.sallyport.server.realm.Daemons;
import dev.sallyport.server.realm.PackSpi;
import dev.sallyport.server.realm.ServerPart;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.provider.Provider;

/** This server's share of the upkeep. Every node looks; the row of what is to be done lets one do it at a time. */
public final class UpkeepServer implements Provider {

    private static final UpkeepServer PROVIDER = new UpkeepServer();

    private UpkeepServer() {}

    @Override
    public void close() {}

    /** Starts with the server and stops with it. */
    public static final class Factory extends ServerPart<UpkeepServer> {

        private static final Logger LOG = Logger.getLogger(UpkeepServer.class);
        private static final long PAUSE_MILLIS = 2_000;

        // NB. Threads of its own: what takes long must not keep entries of the audit log from their place. And more
        // than
        // one: what is removed from a large log must not keep deadlines of reviews waiting, nor what is looked for in a
        // large realm, or by a directory that is slow.
        private final ScheduledExecutorService threads =
                Executors.newScheduledThreadPool(4, Daemons.named("sallyport-upkeep"));

        @Override
        protected void start(KeycloakSessionFactory factory) {
            keepDoing(new ReviewRun(factory));
            keepDoing(new RetentionRun(factory), new ErasureRun(factory));
            keepDoing(new GapRun(factory), new DormancyRun(factory));
            keepDoing(new DirectoryRun(factory));
        }

        private void keepDoing(Runnable... work) {
            threads.scheduleWithFixedDelay(
                    () -> List.of(work).forEach(Factory::run), PAUSE_MILLIS, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }

        private static void run(Runnable work) {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.warn("upkeep could not look for its work", e);
            }
        }

        @Override
        public UpkeepServer create(KeycloakSession session) {
            return PROVIDER;
        }

        @Override
        public void close() {
            threads.shutdownNow();
        }
    }

    /** Makes the server's part known to Keycloak. */
    public static final class ProviderSpi extends PackSpi {

        public ProviderSpi() {
            super("sallyport-upkeep", UpkeepServer.class, Factory.class);
        }
    }
}
