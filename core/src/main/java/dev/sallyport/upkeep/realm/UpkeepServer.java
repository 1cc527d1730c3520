package dev.sallyport.upkeep.realm;

import dev.sallyport.audit.realm.RetentionRun;
import dev.sallyport.detection.realm.DormancyRun;
import dev.sallyport.detection.realm.GapRun;
import dev.sallyport.elevation.realm.DirectoryRun;
import dev.sallyport.erasure.realm.ErasureRun;
import dev.sallyport.review.realm.ReviewRun;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.keycloak.Config;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.PostMigrationEvent;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderFactory;
import org.keycloak.provider.Spi;

/** This server's share of the upkeep. Every node looks; the row of what is to be done lets one do it at a time. */
public final class UpkeepServer implements Provider {

    private static final UpkeepServer PROVIDER = new UpkeepServer();

    private UpkeepServer() {}

    @Override
    public void close() {}

    /** Starts with the server and stops with it. */
    public static final class Factory implements ProviderFactory<UpkeepServer> {

        private static final Logger LOG = Logger.getLogger(UpkeepServer.class);
        private static final long PAUSE_MILLIS = 2_000;

        // NB. Threads of its own: what takes long must not keep entries of the audit log from their place. And more
        // than
        // one: what is removed from a large log must not keep deadlines of reviews waiting, nor what is looked for in a
        // large realm, or by a directory that is slow.
        private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(4, task -> {
            var made = new Thread(task, "sallyport-upkeep");
            made.setDaemon(true);
            return made;
        });

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {
            List<Runnable> reviews = List.of(new ReviewRun(factory));
            List<Runnable> removals = List.of(new RetentionRun(factory), new ErasureRun(factory));
            List<Runnable> looks = List.of(new GapRun(factory), new DormancyRun(factory));
            List<Runnable> directories = List.of(new DirectoryRun(factory));
            factory.register(event -> {
                if (event instanceof PostMigrationEvent) {
                    keepDoing(reviews);
                    keepDoing(removals);
                    keepDoing(looks);
                    keepDoing(directories);
                }
            });
        }

        private void keepDoing(List<Runnable> work) {
            threads.scheduleWithFixedDelay(
                    () -> work.forEach(Factory::run), PAUSE_MILLIS, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
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

        // NB. So that the database is still there when this one is closed.
        @Override
        public Set<Class<? extends Provider>> dependsOn() {
            return Set.of(JpaConnectionProvider.class);
        }

        @Override
        public void close() {
            threads.shutdownNow();
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
            return "sallyport-upkeep";
        }

        @Override
        public Class<? extends Provider> getProviderClass() {
            return UpkeepServer.class;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Class<? extends ProviderFactory> getProviderFactoryClass() {
            return Factory.class;
        }
    }
}
