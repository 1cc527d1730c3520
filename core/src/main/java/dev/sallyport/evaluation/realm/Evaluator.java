package dev.sallyport.evaluation.realm;

import dev.sallyport.elevation.realm.ElevationEnds;
import dev.sallyport.session.realm.Reevaluation.Scope;
import dev.sallyport.session.realm.ReevaluationQueue;
import dev.sallyport.session.realm.ReevaluationQueue.Work;
import dev.sallyport.session.realm.SessionIndex;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.http.impl.client.CloseableHttpClient;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * This node's share of looking at sessions again. What concerns one device or user is not kept waiting by what concerns a
 * whole realm. Applications are told between two transactions and never inside one: first a page of sessions is judged and
 * the notices are signed, then they are sent, then the sessions end and the page is done.
 */
final class Evaluator {

    private static final Logger LOG = Logger.getLogger(Evaluator.class);

    private static final int PAGE = 50;
    private static final long LOOK_MILLIS = 1_000;
    private static final long CONFIRM_SECONDS = 5;

    private final KeycloakSessionFactory factory;
    private final Clock clock = Clock.systemUTC();
    private final ScheduledExecutorService lookout = Executors.newSingleThreadScheduledExecutor(daemon("lookout"));
    private final ExecutorService couriers = Executors.newFixedThreadPool(16, daemon("courier"));
    private final LogoutDelivery delivery;
    private final Lane narrow = new Lane(EnumSet.of(Scope.DEVICE, Scope.USER), 4, 8);
    private final Lane wide = new Lane(EnumSet.of(Scope.REALM), 1, 1);
    private final AtomicBoolean awake = new AtomicBoolean();

    Evaluator(KeycloakSessionFactory factory, CloseableHttpClient http) {
        this.factory = factory;
        this.delivery = new LogoutDelivery(http, couriers);
    }

    void start() {
        lookout.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    void stop() {
        Stream.of(lookout, narrow.threads, wide.threads, couriers).forEach(ExecutorService::shutdownNow);
    }

    /** Looks for work at once. */
    void wake() {
        if (!awake.compareAndSet(false, true)) return; // somebody is about to look
        try {
            lookout.execute(this::look);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("no more sessions are looked at: the server stops");
        }
    }

    private void look() {
        awake.set(false);
        narrow.fill();
        wide.fill();
    }

    /** Work of one kind, and the threads that it may take. */
    private final class Lane {

        private final Set<Scope> scopes;
        private final int most;
        private final ExecutorService threads;
        private final AtomicInteger filled = new AtomicInteger();
        private final Set<String> busy = ConcurrentHashMap.newKeySet();

        Lane(Set<Scope> scopes, int threads, int most) {
            this.scopes = scopes;
            this.most = most;
            this.threads = Executors.newFixedThreadPool(threads, daemon("evaluation"));
        }

        void fill() {
            try {
                int free = most - filled.get();
                if (free <= 0) return;
                var claimed = inTransaction(session -> new ReevaluationQueue(session, clock).claim(scopes, free, busy));
                claimed.forEach(this::begin);
            } catch (RuntimeException e) {
                LOG.error("sessions that have to be looked at again could not be claimed", e);
            }
        }

        private void begin(Work work) {
            filled.incrementAndGet();
            busy.addAll(work.ids());
            threads.execute(() -> {
                boolean finished = false;
                try {
                    finish(work);
                    finished = true;
                } catch (RuntimeException e) {
                    LOG.errorf(
                            e,
                            "sessions of %s %s were not all looked at; they are tried again",
                            work.scope().id(),
                            work.subject());
                } finally {
                    work.ids().forEach(busy::remove);
                    filled.decrementAndGet();
                    // NB. What failed is tried again when it is looked for the next time, not at once and forever.
                    if (finished) wake();
                }
            });
        }
    }

    /**
     * Sessions that have been judged.
     *
     * @param reached the work, once they are done
     */
    private record Page(Work reached, boolean last, List<Ending> endings) {

        List<LogoutNotice> notices() {
            return endings.stream().flatMap(ending -> ending.notices().stream()).toList();
        }
    }

    private void finish(Work claimed) {
        endElevations(claimed);
        var work = claimed;
        boolean more = true;
        while (more) {
            var at = work;
            var page = inTransaction(session -> judge(session, at));
            delivery.send(page.notices());
            more = take(page);
            confirmNowAndLater(page);
            work = page.reached();
        }
    }

    // NB. One that cannot be ended is not in effect all the same, and keeps no session from being judged.
    private void endElevations(Work work) {
        try {
            new ElevationSweep(factory).all(work.realmId(), work.scope(), work.subject());
        } catch (RuntimeException e) {
            LOG.errorf(
                    e,
                    "elevations of %s %s were not all looked at",
                    work.scope().id(),
                    work.subject());
        }
    }

    private Page judge(KeycloakSession session, Work work) {
        var realm = session.realms().getRealm(work.realmId());
        if (realm == null) return new Page(work, true, List.of());
        session.getContext().setRealm(realm);
        if (work.scope() == Scope.USER) completeIndex(session, realm, work.subject());
        var ids = new ReevaluationQueue(session, clock).page(work, PAGE);
        if (ids.isEmpty()) return new Page(work, true, List.of());
        var evaluation = new SessionEvaluation(session, realm);
        var endings =
                ids.stream().flatMap(id -> evaluation.endings(id).stream()).toList();
        return new Page(work.at(ids.get(ids.size() - 1)), ids.size() < PAGE, endings);
    }

    /** Sessions from before there was an index; a user has few. */
    private static void completeIndex(KeycloakSession session, RealmModel realm, String userId) {
        Optional.ofNullable(session.users().getUserById(realm, userId))
                .ifPresent(user -> new SessionIndex(session, realm).keepAll(user));
    }

    /** @return whether there is more to do */
    private boolean take(Page page) {
        try {
            return inTransaction(session -> {
                take(session, page, page.endings());
                return turn(session, page);
            });
        } catch (RuntimeException e) {
            LOG.warn("a page of sessions could not be ended together; each is tried by itself", e);
            page.endings().forEach(ending -> takeAlone(page, ending));
            return inTransaction(session -> turn(session, page));
        }
    }

    // NB. One that cannot be ended does not keep the others alive; it is refused at every door all the same.
    private void takeAlone(Page page, Ending ending) {
        try {
            inTransaction(session -> {
                take(session, page, List.of(ending));
                return ending;
            });
        } catch (RuntimeException e) {
            LOG.errorf(e, "session %s could not be ended", ending.sessionId());
        }
    }

    // NB. Later, too: a request may have read the session before the end was committed and cache it only now.
    private void confirmNowAndLater(Page page) {
        if (page.endings().isEmpty()) return;
        confirm(page);
        try {
            lookout.schedule(() -> confirm(page), CONFIRM_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("the server stops");
        }
    }

    private void confirm(Page page) {
        try {
            inTransaction(session -> {
                realmOf(session, page)
                        .ifPresent(realm -> page.endings().forEach(ending -> ending.confirm(session, realm)));
                return page;
            });
        } catch (RuntimeException e) {
            LOG.error("sessions that ended could not be looked for again", e);
        }
    }

    private static void take(KeycloakSession session, Page page, List<Ending> endings) {
        realmOf(session, page).ifPresent(realm -> take(session, realm, page, endings));
    }

    private static Optional<RealmModel> realmOf(KeycloakSession session, Page page) {
        var realm = Optional.ofNullable(session.realms().getRealm(page.reached().realmId()));
        realm.ifPresent(session.getContext()::setRealm);
        return realm;
    }

    private static void take(KeycloakSession session, RealmModel realm, Page page, List<Ending> endings) {
        endings.forEach(ending -> ending.take(session, realm, page.reached()));
        var index = new SessionIndex(session, realm);
        var elevations = new ElevationEnds(session, realm, Clock.systemUTC());
        endings.stream().filter(Ending::whole).map(Ending::sessionId).distinct().forEach(id -> {
            index.forget(id);
            elevations.ofSession(id);
        });
    }

    private boolean turn(KeycloakSession session, Page page) {
        var queue = new ReevaluationQueue(session, clock);
        if (!page.last()) return queue.advance(page.reached());
        queue.finish(page.reached());
        return false;
    }

    private <T> T inTransaction(Function<KeycloakSession, T> job) {
        return KeycloakModelUtils.runJobInTransactionWithResult(factory, job::apply);
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            var thread = new Thread(task, "sallyport-" + name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
