package dev.sallyport.posture.realm;

import dev.sallyport.device.Device;
import dev.sallyport.device.Steadiness;
import dev.sallyport.device.realm.JpaDeviceStore;
import dev.sallyport.posture.Flights;
import dev.sallyport.posture.Freshness;
import dev.sallyport.posture.PostureSource.Answer;
import dev.sallyport.posture.PostureSource.Keys;
import dev.sallyport.posture.PostureSource.Outage;
import dev.sallyport.posture.realm.PostureSources.Configured;
import dev.sallyport.server.realm.PackSpi;
import dev.sallyport.server.realm.Realms;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.PostMigrationEvent;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderFactory;
import org.keycloak.timer.TimerProvider;

/**
 * Asks the sources of a realm about a device, on threads of its own and outside of any transaction, and stores what they
 * answer. At most one such pull of a device is on its way on each node. What is stored stays in use meanwhile.
 */
public final class PosturePull implements Provider {

    private static final Logger LOG = Logger.getLogger(PosturePull.class);

    /** More than this in a row, and a pull is left to the next one who wants it. */
    private static final int QUEUE = 10_000;

    private final KeycloakSessionFactory factory;
    private final ThreadPoolExecutor threads;
    private final Steadiness.Rule steadiness;
    private final Clock clock = Clock.systemUTC();
    private final Flights<Pull> flights = new Flights<>();

    private PosturePull(KeycloakSessionFactory factory, int threads, Steadiness.Rule steadiness) {
        this.factory = factory;
        this.steadiness = steadiness;
        this.threads = new ThreadPoolExecutor(
                threads, threads, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUE), PosturePull::thread);
        this.threads.allowCoreThreadTimeOut(true);
    }

    private record Pull(String realmId, String deviceId) {}

    /**
     * Asks for a fresh answer, however young the last one is. Returns at once; a device that is not registered is not asked
     * about.
     */
    public static void request(KeycloakSession session, RealmModel realm, String deviceId) {
        of(session).ifPresent(pull -> pull.begin(new Pull(realm.getId(), deviceId), true, true));
    }

    /**
     * Takes note that the device is in use, and asks about it if what is known of it is not fresh any more. Returns at once.
     * Cheap when it is fresh, so every door can call it.
     */
    public static void sighted(KeycloakSession session, RealmModel realm, Device device) {
        try {
            var usable = freshness(session, realm);
            of(session).ifPresent(pull -> pull.keepFresh(usable, realm, device));
        } catch (RuntimeException e) {
            // NB. Whoever is at the door is judged by what is known, which grows old by itself.
            LOG.errorf(e, "device %s in realm %s could not be asked about", device.id(), realm.getId());
        }
    }

    /** As {@link #sighted}, for somebody who is refused unless the answers have changed since. */
    public static void needed(KeycloakSession session, RealmModel realm, Device device) {
        var usable = freshness(session, realm).atOnce();
        of(session).ifPresent(pull -> pull.keepFresh(usable, realm, device));
    }

    private void keepFresh(Freshness usable, RealmModel realm, Device device) {
        var now = clock.instant();
        if (!usable.needsWork(device.provenance(), now)) return;
        begin(new Pull(realm.getId(), device.id()), false, usable.eager());
    }

    /** Whether the realm has anybody to ask. */
    public static boolean sourcesOf(KeycloakSession session, RealmModel realm) {
        return !freshness(session, realm).cache().isEmpty();
    }

    /**
     * How long somebody who needs the answers about a device should wait for them; empty when none is on its way to this
     * node.
     */
    public static Optional<Duration> underway(KeycloakSession session, RealmModel realm, String deviceId) {
        return of(session)
                .filter(pull -> pull.flights.underway(new Pull(realm.getId(), deviceId)))
                .flatMap(pull -> PostureSources.expected(session, realm).patience());
    }

    private static Freshness freshness(KeycloakSession session, RealmModel realm) {
        return PostureSources.expected(session, realm).freshness();
    }

    /** Whether some source of the realm was never asked about the device. */
    public static boolean unheard(KeycloakSession session, RealmModel realm, Device device) {
        return freshness(session, realm).unheard(device.provenance());
    }

    static Steadiness.Rule steadiness(KeycloakSession session) {
        return of(session).map(pull -> pull.steadiness).orElse(Factory.STEADINESS);
    }

    /** Whether there is room for more pulls that nobody waits for. */
    boolean idle() {
        return threads.getQueue().size() < QUEUE / 10;
    }

    private static Optional<PosturePull> of(KeycloakSession session) {
        return Optional.ofNullable(session.getProvider(PosturePull.class));
    }

    /**
     * @param fresh whether an answer that is on its way is not good enough
     * @param all whether sources are asked whose last answer may still be used
     */
    private void begin(Pull pull, boolean fresh, boolean all) {
        try {
            flights.request(pull, fresh, started -> threads.execute(() -> run(started, all)));
        } catch (RejectedExecutionException e) {
            flights.lost(pull);
            LOG.debugf("nobody is free to ask about device %s in realm %s", pull.deviceId(), pull.realmId());
        }
    }

    private void landed(Pull pull) {
        try {
            flights.landed(pull, again -> threads.execute(() -> run(again, true)));
        } catch (RejectedExecutionException e) {
            flights.lost(pull);
        }
    }

    private record Questions(Keys keys, List<Configured> sources) {}

    private void run(Pull pull, boolean all) {
        var left = new AtomicInteger(1);
        try {
            var askedAt = clock.instant();
            var questions = questions(pull, all, askedAt);
            var sources = questions.map(Questions::sources).orElse(List.of());
            left.addAndGet(sources.size());
            for (var source : sources) {
                Runnable question = () -> {
                    try {
                        store(pull, source.name(), ask(source, questions.get().keys()), askedAt);
                    } finally {
                        if (left.decrementAndGet() == 0) landed(pull);
                    }
                };
                // NB. Side by side, so that a slow source keeps nobody from hearing the others.
                if (source == sources.get(sources.size() - 1)) question.run();
                else aside(question);
            }
        } catch (RuntimeException e) {
            LOG.errorf(e, "device %s in realm %s could not be asked about", pull.deviceId(), pull.realmId());
        } finally {
            if (left.decrementAndGet() == 0) landed(pull);
        }
    }

    private void aside(Runnable question) {
        try {
            threads.execute(question);
        } catch (RejectedExecutionException e) {
            question.run();
        }
    }

    private Optional<Questions> questions(Pull pull, boolean all, Instant now) {
        return KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> {
            var realm = Realms.enter(session, pull.realmId());
            var found = realm.flatMap(entered -> new JpaDeviceStore(session, entered).find(pull.deviceId()));
            if (found.isEmpty()) return Optional.<Questions>empty();
            var device = found.get();
            var sources = PostureSources.enabled(session, realm.get());
            var stale = freshness(session, realm.get()).stale(device.provenance(), now);
            var asked = sources.stream()
                    .filter(source -> all || stale.contains(source.name()))
                    .toList();
            if (asked.isEmpty()) new PostureStore(session, realm.get(), clock).reassess(device.id());
            return Optional.of(new Questions(new Keys(device.id(), device.serial()), asked));
        });
    }

    private static Answer ask(Configured source, Keys keys) {
        try {
            return source.source().ask(keys);
        } catch (RuntimeException e) {
            // NB. Sources do not throw; one that does has not answered.
            LOG.errorf(e, "posture source %s failed", source.name());
            return new Outage("The source failed.");
        }
    }

    private void store(Pull pull, String source, Answer answer, Instant askedAt) {
        try {
            KeycloakModelUtils.runJobInTransaction(factory, session -> Realms.enter(session, pull.realmId())
                    .ifPresent(realm -> new PostureStore(session, realm, clock)
                            .answered(pull.deviceId(), source, answer, askedAt)));
        } catch (RuntimeException e) {
            LOG.errorf(
                    e,
                    "what source %s says of device %s in realm %s could not be stored",
                    source,
                    pull.deviceId(),
                    pull.realmId());
        }
    }

    private static Thread thread(Runnable work) {
        var thread = new Thread(work, "sallyport-posture");
        thread.setDaemon(true);
        thread.setContextClassLoader(PosturePull.class.getClassLoader());
        return thread;
    }

    @Override
    public void close() {}

    /** Holds the threads. */
    public static final class Factory implements ProviderFactory<PosturePull> {

        static final Steadiness.Rule STEADINESS = new Steadiness.Rule(5, Duration.ofMinutes(30));

        private static final long REFRESH_MILLIS = 5_000;

        private int threads;
        private Steadiness.Rule steadiness = STEADINESS;
        private Optional<PosturePull> provider = Optional.empty();

        @Override
        public void init(Config.Scope config) {
            threads = config.getInt("threads", 16);
            steadiness = new Steadiness.Rule(
                    config.getInt("mostFalls", STEADINESS.falls()),
                    Duration.parse(config.get("within", STEADINESS.within().toString())));
        }

        @Override
        public void postInit(KeycloakSessionFactory factory) {
            var pull = new PosturePull(factory, threads, steadiness);
            provider = Optional.of(pull);
            factory.register(event -> {
                if (event instanceof PostMigrationEvent) start(factory, pull);
            });
        }

        private static void start(KeycloakSessionFactory factory, PosturePull pull) {
            var refresh = new PostureRefresh(factory, pull, Clock.systemUTC());
            KeycloakModelUtils.runJobInTransaction(factory, session -> session.getProvider(TimerProvider.class)
                    .schedule(refresh::run, REFRESH_MILLIS, "sallyport-posture-refresh"));
        }

        @Override
        public PosturePull create(KeycloakSession session) {
            return provider.orElseThrow();
        }

        @Override
        public void close() {
            provider.ifPresent(pull -> pull.threads.shutdownNow());
        }

        @Override
        public String getId() {
            return "default";
        }
    }

    /** Makes {@code --spi-sallyport-posture--default--…} options of the server. */
    public static final class ProviderSpi extends PackSpi {

        public ProviderSpi() {
            super("sallyport-posture", PosturePull.class, Factory.class);
        }
    }
}
