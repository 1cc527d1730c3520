package dev.sallyport.posture.realm;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sallyport.device.realm.JpaDeviceStore;
import dev.sallyport.posture.PostureSource;
import dev.sallyport.posture.realm.PostureSources.Configured;
import dev.sallyport.server.realm.Daemons;
import dev.sallyport.server.realm.PackSpi;
import dev.sallyport.server.realm.Realms;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderFactory;

/**
 * Turns what managements notify of into fresh pulls: asks the management which device it calls so, and has that one asked
 * about. One notice twice, late or never does no harm: while it waits its like is dropped, and devices in use are asked about
 * from time to time anyway.
 */
public final class PostureNotices implements Provider {

    /** More than this of one source in a minute, and it is told to come back later. */
    static final int A_MINUTE = 1_000;

    private static final Logger LOG = Logger.getLogger(PostureNotices.class);
    private static final int THREADS = 2;
    private static final int QUEUE = 10_000;

    private final KeycloakSessionFactory sessions;
    private final Set<Notice> waiting = ConcurrentHashMap.newKeySet();
    private final Cache<String, AtomicInteger> counts = Caffeine.newBuilder()
            .maximumSize(10_000)
            .expireAfterWrite(Duration.ofMinutes(1))
            .build();
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(QUEUE),
            Daemons.named("sallyport-posture-notices"));

    private PostureNotices(KeycloakSessionFactory sessions) {
        this.sessions = sessions;
        threads.allowCoreThreadTimeOut(true);
    }

    private record Notice(String realmId, String source, String managementId) {}

    /**
     * Takes note of devices by the management's own ids. Returns at once.
     *
     * @return whether there was room for all of them
     */
    public static boolean take(KeycloakSession session, RealmModel realm, String source, Set<String> managementIds) {
        return Optional.ofNullable(session.getProvider(PostureNotices.class))
                .map(notices -> notices.take(realm, source, managementIds))
                .orElse(false);
    }

    private boolean take(RealmModel realm, String source, Set<String> managementIds) {
        var count = counts.get(realm.getId() + "/" + source, key -> new AtomicInteger());
        if (count.addAndGet(managementIds.size()) > A_MINUTE) return false;
        for (var id : managementIds) {
            var notice = new Notice(realm.getId(), source, id);
            if (!waiting.add(notice)) continue;
            try {
                threads.execute(() -> follow(notice));
            } catch (RejectedExecutionException e) {
                waiting.remove(notice);
                return false;
            }
        }
        return true;
    }

    private void follow(Notice notice) {
        // NB. First, so that what happens from now on leads to another look.
        waiting.remove(notice);
        try {
            var source = in(notice, (session, realm) -> PostureSources.enabled(session, realm, notice.source()))
                    .map(Configured::source);
            var keys = source.map((PostureSource asked) -> asked.identify(notice.managementId()))
                    .orElse(Set.of());
            if (keys.isEmpty()) return;
            in(notice, (session, realm) -> {
                for (var device : new JpaDeviceStore(session, realm).known(keys)) {
                    PosturePull.request(session, realm, device);
                }
                return Optional.empty();
            });
        } catch (RuntimeException e) {
            LOG.errorf(e, "a notice of posture source %s in realm %s was lost", notice.source(), notice.realmId());
        }
    }

    private interface Work<T> {
        Optional<T> in(KeycloakSession session, RealmModel realm);
    }

    private <T> Optional<T> in(Notice notice, Work<T> work) {
        return KeycloakModelUtils.runJobInTransactionWithResult(
                sessions, session -> Realms.enter(session, notice.realmId()).flatMap(realm -> work.in(session, realm)));
    }

    @Override
    public void close() {}

    /** Holds the threads. */
    public static final class Factory implements ProviderFactory<PostureNotices> {

        private Optional<PostureNotices> notices = Optional.empty();

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {
            notices = Optional.of(new PostureNotices(factory));
        }

        @Override
        public PostureNotices create(KeycloakSession session) {
            return notices.orElseThrow();
        }

        @Override
        public void close() {
            notices.ifPresent(open -> open.threads.shutdownNow());
        }

        @Override
        public String getId() {
            return "default";
        }
    }

    /** Makes the one provider known to Keycloak. */
    public static final class ProviderSpi extends PackSpi {

        public ProviderSpi() {
            super("sallyport-posture-notices", PostureNotices.class, Factory.class);
        }
    }
}
