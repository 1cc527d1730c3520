package dev.sallyport.delivery.realm;

import dev.sallyport.delivery.realm.Cursors.Due;
import dev.sallyport.server.realm.Daemons;
import dev.sallyport.server.realm.PackSpi;
import dev.sallyport.server.realm.ServerPart;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.provider.Provider;

/**
 * This server's share of delivering audit logs. Any number of nodes may try; a lease on each sink's row lets one do it at a
 * time. Sinks are sent to by threads of their own, so many at once and no more, and so many of one realm: what is slow makes
 * only what is behind it wait.
 *
 * <p>With {@code --spi-sallyport-delivery--default--directory=<directory>} sinks may be files in that directory.
 */
public final class DeliveryServer implements Provider {

    private final Factory factory;

    private DeliveryServer(Factory factory) {
        this.factory = factory;
    }

    /** Where sinks may be files; empty where they may not. */
    static Optional<Path> directory(KeycloakSession session) {
        return Optional.ofNullable(session.getProvider(DeliveryServer.class))
                .flatMap(server -> server.factory.directory);
    }

    @Override
    public void close() {}

    /** Starts with the server and stops with it. */
    public static final class Factory extends ServerPart<DeliveryServer> {

        private static final Logger LOG = Logger.getLogger(DeliveryServer.class);
        private static final long PAUSE_MILLIS = 500;
        private static final int THREADS = 32;
        private static final int THREADS_OF_ONE_REALM = 8;
        private static final int LOOKED_AT = 500;

        private final DeliveryServer provider = new DeliveryServer(this);
        private final Couriers couriers = new Couriers();
        private final Map<String, Integer> busy = new ConcurrentHashMap<>();
        private final ScheduledExecutorService clerk =
                Executors.newSingleThreadScheduledExecutor(Daemons.named("sallyport-sinks"));
        private final ExecutorService threads = new ThreadPoolExecutor(
                0, THREADS, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), Daemons.named("sallyport-delivery"));
        private Optional<Path> directory = Optional.empty();

        @Override
        public void init(Config.Scope config) {
            directory = Optional.ofNullable(config.get("directory"))
                    .map(Path::of)
                    .map(Path::toAbsolutePath)
                    .map(Path::normalize);
        }

        @Override
        public void postInit(KeycloakSessionFactory factory) {
            super.postInit(factory);
            factory.register(event -> {
                if (event instanceof RealmModel.RealmPostCreateEvent created) {
                    opened(created.getKeycloakSession(), created.getCreatedRealm());
                }
            });
        }

        @Override
        protected void start(KeycloakSessionFactory factory) {
            clerk.scheduleWithFixedDelay(() -> look(factory), PAUSE_MILLIS, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }

        /** NB. What is imported is validated and not announced. */
        private static void opened(KeycloakSession session, RealmModel realm) {
            var cursors = new Cursors(session);
            new Sinks(session, realm).stored().forEach(sink -> sink.document()
                    .ifPresent(document -> cursors.open(realm, sink.model().getId(), document, Clock.systemUTC())));
        }

        private void look(KeycloakSessionFactory factory) {
            try {
                couriers.tidy();
                List<Due> due =
                        KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> new Cursors(session)
                                .due(Clock.systemUTC().instant(), LOOKED_AT));
                for (var sink : due) begin(factory, sink);
            } catch (RuntimeException e) {
                LOG.error("sinks could not be looked for", e);
            }
        }

        private void begin(KeycloakSessionFactory factory, Due due) {
            if (busy.getOrDefault(due.realmId(), 0) >= THREADS_OF_ONE_REALM || !couriers.take(due.sinkId())) return;
            busy.merge(due.realmId(), 1, Integer::sum);
            try {
                threads.execute(() -> deliver(factory, due));
            } catch (RejectedExecutionException allAreBusy) {
                finished(due);
            }
        }

        private void deliver(KeycloakSessionFactory factory, Due due) {
            try {
                new DeliveryRound(factory, couriers, Clock.systemUTC(), due).run();
            } finally {
                finished(due);
            }
        }

        private void finished(Due due) {
            couriers.giveBack(due.sinkId());
            busy.computeIfPresent(due.realmId(), (realm, count) -> count > 1 ? count - 1 : null);
        }

        @Override
        public DeliveryServer create(KeycloakSession session) {
            return provider;
        }

        @Override
        public void close() {
            clerk.shutdownNow();
            threads.shutdownNow();
            try {
                if (!threads.awaitTermination(2, TimeUnit.SECONDS))
                    LOG.warn("sinks are still being sent to; another node waits for their leases");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            couriers.close();
        }
    }

    /** Makes {@code --spi-sallyport-delivery--default--…} options of the server. */
    public static final class ProviderSpi extends PackSpi {

        public ProviderSpi() {
            super("sallyport-delivery", DeliveryServer.class, Factory.class);
        }
    }
}
