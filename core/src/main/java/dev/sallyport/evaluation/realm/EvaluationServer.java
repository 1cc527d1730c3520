package dev.sallyport.evaluation.realm;

import dev.sallyport.protection.realm.ProtectionSweep;
import dev.sallyport.server.realm.Daemons;
import dev.sallyport.server.realm.PackSpi;
import dev.sallyport.server.realm.ServerPart;
import dev.sallyport.session.realm.Reevaluation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.keycloak.Config;
import org.keycloak.cluster.ClusterProvider;
import org.keycloak.connections.httpclient.HttpClientProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.provider.Provider;
import org.keycloak.timer.TimerProvider;

/**
 * Continuous evaluation on this server, from its configuration and while it runs:
 * {@code --spi-sallyport-evaluation--default--confirm-share=10} is the share of live sessions, in percent, that a change of
 * policies may end without being confirmed.
 */
public final class EvaluationServer implements Provider {

    /** The attribute of a realm that switches its continuous evaluation off. */
    public static final String ATTRIBUTE = "sallyport.continuousEvaluation";

    private final Factory factory;

    private EvaluationServer(Factory factory) {
        this.factory = factory;
    }

    /** The share of live sessions, in percent, that a change may end without being confirmed. */
    public static int confirmShare(KeycloakSession session) {
        return Optional.ofNullable(session.getProvider(EvaluationServer.class))
                .map(server -> server.factory.confirmShare)
                .orElse(Factory.CONFIRM_SHARE);
    }

    /**
     * Whether denials end sessions in this realm, as they do unless its attribute says {@code off}: for a realm that is about
     * to get its first policies. Doors refuse and locks end sessions all the same.
     */
    public static boolean on(RealmModel realm) {
        return !"off".equals(realm.getAttribute(ATTRIBUTE));
    }

    /** What tells of what ended, to be run once that is committed. */
    static Runnable settling(KeycloakSession session, RealmModel realm, List<Ending> endings) {
        var realmId = realm.getId();
        var evaluator = Optional.ofNullable(session.getProvider(EvaluationServer.class))
                .flatMap(server -> server.factory.evaluator);
        return () -> evaluator.ifPresent(found -> found.settle(realmId, endings));
    }

    @Override
    public void close() {}

    /** Starts the evaluation with the server and stops it with it. */
    public static final class Factory extends ServerPart<EvaluationServer> {

        private static final Logger LOG = Logger.getLogger(EvaluationServer.class);
        private static final int CONFIRM_SHARE = 10;
        private static final Duration SWEEP = Duration.ofMinutes(15);

        /** Of what sources of users outside, and servers that were changed behind our back, do not tell. */
        private static final Duration LOOK = Duration.ofSeconds(30);

        private final EvaluationServer provider = new EvaluationServer(this);
        private final AtomicBoolean looking = new AtomicBoolean();
        private final ExecutorService looker = Executors.newSingleThreadExecutor(Daemons.named("sallyport-sweep"));
        private int confirmShare = CONFIRM_SHARE;
        private volatile Optional<Evaluator> evaluator = Optional.empty();

        @Override
        public void init(Config.Scope config) {
            confirmShare = config.getInt("confirmShare", CONFIRM_SHARE);
        }

        @Override
        public void postInit(KeycloakSessionFactory factory) {
            super.postInit(factory);
            factory.register(event -> {
                if (event instanceof Reevaluation.Requested) evaluator.ifPresent(Evaluator::wake);
            });
            factory.register(new Triggers());
        }

        @Override
        protected void start(KeycloakSessionFactory factory) {
            KeycloakModelUtils.runJobInTransaction(factory, session -> {
                var http = session.getProvider(HttpClientProvider.class).getHttpClient();
                evaluator = Optional.of(new Evaluator(factory, http));
                session.getProvider(TimerProvider.class)
                        .schedule(() -> sweep(factory), SWEEP.toMillis(), "sallyport-session-sweep");
                session.getProvider(TimerProvider.class)
                        .schedule(() -> look(factory), LOOK.toMillis(), "sallyport-protection-sweep");
            });
            evaluator.ifPresent(Evaluator::start);
            evaluator.ifPresent(Evaluator::clearUp);
        }

        // NB. On a thread of its own: all timers of Keycloak share one.
        private void look(KeycloakSessionFactory factory) {
            if (!looking.compareAndSet(false, true)) return;
            try {
                looker.execute(() -> {
                    try {
                        once(factory, "sallyport-protection-sweep", LOOK, () -> {
                            new ProtectionSweep(factory).run();
                            return new ElevationSweep(factory).run();
                        });
                    } finally {
                        looking.set(false);
                    }
                });
            } catch (RejectedExecutionException stopped) {
                LOG.debug("the server stops");
            }
        }

        private static void sweep(KeycloakSessionFactory factory) {
            once(factory, "sallyport-session-sweep", SWEEP, () -> new SessionSweep(factory).run());
        }

        /** On one node of the cluster. */
        private static void once(
                KeycloakSessionFactory factory, String name, Duration period, Callable<Integer> sweep) {
            try {
                KeycloakModelUtils.runJobInTransaction(factory, session -> session.getProvider(ClusterProvider.class)
                        .executeIfNotExecuted(name, (int) period.toSeconds() / 2, sweep));
            } catch (RuntimeException e) {
                LOG.warnf(e, "%s was not completed; the next one will be", name);
            }
        }

        @Override
        public EvaluationServer create(KeycloakSession session) {
            return provider;
        }

        @Override
        public void close() {
            looker.shutdownNow();
            evaluator.ifPresent(Evaluator::stop);
        }
    }

    /** Makes {@code --spi-sallyport-evaluation--default--…} options of the server. */
    public static final class ProviderSpi extends PackSpi {

        public ProviderSpi() {
            super("sallyport-evaluation", EvaluationServer.class, Factory.class);
        }
    }
}
