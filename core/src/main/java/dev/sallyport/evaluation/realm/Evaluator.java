package dev.sallyport.evaluation.realm;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import dev.sallyport.elevation.realm.ElevationEnds;
import dev.sallyport.server.realm.Daemons;
import dev.sallyport.server.realm.Realms;
import dev.sallyport.session.realm.Reevaluation.Scope;
import dev.sallyport.session.realm.ReevaluationQueue;
import dev.sallyport.session.realm.ReevaluationQueue.Work;
import dev.sallyport.session.realm.SessionIndex;
import dev.sallyport.watch.realm.PrivilegedSessions;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
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
    private static final List<Long> CONFIRM_SECONDS = List.of(0L, 1L, 5L);

    private final KeycloakSessionFactory factory;
    private final Clock clock = Clock.systemUTC();
    private final ScheduledExecutorService lookout =
            Executors.newSingleThreadScheduledExecutor(Daemons.named("sallyport-lookout"));
    private final ExecutorService couriers = Executors.newFixedThreadPool(16, Daemons.named("sallyport-courier"));
    private final LogoutDelivery delivery;
    private final Lane narrow = new Lane(EnumSet.of(Scope.DEVICE, Scope.USER), 4, 25);
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

    /** Takes away what a server that was stopped left behind. */
    void clearUp() {
        couriers.execute(() -> {
            try {
                new ElevationSweep(factory).assignments();
            } catch (RuntimeException e) {
                LOG.error("mappings of elevations that are over could not be looked for; the next sweep will", e);
            }
        });
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

    /** Work of one kind, and the threads that it may take; each takes several pieces at a time. */
    private final class Lane {

        private final Set<Scope> scopes;
        private final int width;
        private final int most;
        private final ExecutorService threads;
        private final AtomicInteger running = new AtomicInteger();
        private final Set<String> busy = ConcurrentHashMap.newKeySet();

        Lane(Set<Scope> scopes, int width, int most) {
            this.scopes = scopes;
            this.width = width;
            this.most = most;
            this.threads = Executors.newFixedThreadPool(width, Daemons.named("sallyport-evaluation"));
        }

        void fill() {
            try {
                int idle = width - running.get();
                if (idle <= 0) return;
                var claimed = inTransaction(
                        session -> new ReevaluationQueue(session, clock).claim(scopes, idle * most, busy));
                for (var share : shares(claimed, idle)) begin(share);
            } catch (RuntimeException e) {
                LOG.error("sessions that have to be looked at again could not be claimed", e);
            }
        }

        private static Collection<List<Work>> shares(List<Work> works, int number) {
            return IntStream.range(0, works.size())
                    .boxed()
                    .collect(groupingBy(i -> i % number, mapping(works::get, toList())))
                    .values();
        }

        private void begin(List<Work> works) {
            var ids = works.stream().flatMap(work -> work.ids().stream()).toList();
            running.incrementAndGet();
            busy.addAll(ids);
            threads.execute(() -> {
                boolean finished = false;
                try {
                    finished = finish(works);
                } finally {
                    ids.forEach(busy::remove);
                    running.decrementAndGet();
                    // NB. What failed is tried again when it is looked for the next time, not at once and forever.
                    if (finished) wake();
                }
            });
        }
    }

    /**
     * Sessions of one piece of work that have been judged.
     *
     * @param reached the work, once they are done
     */
    private record Page(Work reached, boolean last, int size, List<Ending> endings) {}

    /** @return whether all of it is done */
    private boolean finish(List<Work> works) {
        try {
            finishTogether(works);
            return true;
        } catch (RuntimeException e) {
            if (works.size() > 1)
                return works.stream().map(work -> finish(List.of(work))).reduce(true, Boolean::logicalAnd);
            LOG.errorf(
                    e,
                    "sessions of %s %s were not all looked at; they are tried again",
                    works.get(0).scope().id(),
                    works.get(0).subject());
            return false;
        }
    }

    private void finishTogether(List<Work> works) {
        endElevations(works);
        var waiting = new ArrayDeque<>(works);
        while (!waiting.isEmpty()) {
            var pages = inTransaction(session -> judge(session, waiting));
            pages.forEach(page -> waiting.remove());
            delivery.send(pages.stream()
                    .flatMap(page -> page.endings().stream())
                    .flatMap(ending -> ending.notices().stream())
                    .toList());
            take(pages, List.copyOf(waiting)).forEach(waiting::addFirst);
            confirmNowAndLater(pages);
        }
    }

    // NB. One that cannot be ended is not in effect all the same, and keeps no session from being judged.
    private void endElevations(List<Work> works) {
        try {
            var sweep = new ElevationSweep(factory);
            sweep.concerned(works).forEach(work -> sweep.all(work.realmId(), work.scope(), work.subject()));
        } catch (RuntimeException e) {
            LOG.errorf(
                    e,
                    "elevations of %s %s, and of others, were not all looked at; the next sweep will",
                    works.get(0).scope().id(),
                    works.get(0).subject());
        }
    }

    /** A page of sessions, of as many pieces of work as it takes to fill it. */
    private List<Page> judge(KeycloakSession session, Collection<Work> works) {
        var pages = new ArrayList<Page>();
        int room = PAGE;
        for (var work : works) {
            if (room == 0) break;
            var page = judge(session, work, room);
            pages.add(page);
            room -= page.size();
        }
        return pages;
    }

    private Page judge(KeycloakSession session, Work work, int room) {
        var realm = Realms.enter(session, work.realmId());
        if (realm.isEmpty()) return new Page(work, true, 0, List.of());
        if (work.scope() == Scope.USER) completeIndex(session, realm.get(), work);
        var ids = new ReevaluationQueue(session, clock).page(work, room);
        if (ids.isEmpty()) return new Page(work, true, 0, List.of());
        if (work.scope() != Scope.DEVICE) watch(session, realm.get(), ids);
        var evaluation = new SessionEvaluation(session, realm.get());
        var endings =
                ids.stream().flatMap(id -> evaluation.endings(id).stream()).toList();
        return new Page(work.at(ids.get(ids.size() - 1)), ids.size() < room, ids.size(), endings);
    }

    /** What is privileged since now is listed, though nobody did anything in it yet. */
    private static void watch(KeycloakSession session, RealmModel realm, List<String> ids) {
        try {
            ids.forEach(new PrivilegedSessions(session, realm)::watch);
        } catch (RuntimeException e) {
            // NB. What is denied ends all the same.
            LOG.errorf(e, "privileged sessions of realm %s could not be told", realm.getName());
        }
    }

    /**
     * Sessions from before there was an index; a user has few.
     *
     * <p>NB. Whoever has one that is found may have others that are not: those wait until latecomers are looked for, since
     * asking Keycloak for all costs more than the rest.
     */
    private static void completeIndex(KeycloakSession session, RealmModel realm, Work work) {
        var index = new SessionIndex(session, realm);
        if (work.latecomersSince().isEmpty() && index.any(work.subject())) return;
        Optional.ofNullable(session.users().getUserById(realm, work.subject())).ifPresent(index::keepAll);
    }

    /** @return the work of which there is more to do */
    private List<Work> take(List<Page> pages, List<Work> waiting) {
        try {
            return inTransaction(session -> {
                pages.forEach(page -> take(session, page, page.endings()));
                return turn(session, pages, waiting);
            });
        } catch (RuntimeException e) {
            LOG.warn("a page of sessions could not be ended together; each is tried by itself", e);
            pages.forEach(page -> page.endings().forEach(ending -> takeAlone(page, ending)));
            return inTransaction(session -> turn(session, pages, waiting));
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
    // Neither on a worker's thread nor on the look-out's, which has to notice what is new.
    private void confirmNowAndLater(List<Page> pages) {
        if (pages.stream().allMatch(page -> page.endings().isEmpty())) return;
        try {
            for (long seconds : CONFIRM_SECONDS)
                lookout.schedule(() -> couriers.execute(() -> confirm(pages)), seconds, TimeUnit.SECONDS);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("the server stops");
        }
    }

    /** Tells of what has ended already, and ends it once more where a request brought it back. Does not wait for it. */
    void settle(String realmId, List<Ending> endings) {
        var ended = List.of(new Page(
                new Work(List.of(), realmId, Scope.USER, "", "", Optional.empty()), true, endings.size(), endings));
        try {
            couriers.execute(() -> delivery.send(endings.stream()
                    .flatMap(ending -> ending.notices().stream())
                    .toList()));
        } catch (RejectedExecutionException stopped) {
            LOG.warn("applications were not told of sessions that ended: the server stops");
        }
        confirmNowAndLater(ended);
    }

    private void confirm(List<Page> pages) {
        try {
            inTransaction(session -> {
                for (var page : pages) {
                    Realms.enter(session, page.reached().realmId())
                            .ifPresent(realm -> page.endings().forEach(ending -> ending.confirm(session, realm)));
                }
                return pages;
            });
        } catch (RuntimeException e) {
            LOG.error("sessions that ended could not be looked for again", e);
        }
    }

    private static void take(KeycloakSession session, Page page, List<Ending> endings) {
        if (endings.isEmpty()) return;
        Realms.enter(session, page.reached().realmId()).ifPresent(realm -> take(session, realm, page, endings));
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

    private List<Work> turn(KeycloakSession session, List<Page> pages, List<Work> waiting) {
        var queue = new ReevaluationQueue(session, clock);
        queue.finish(pages.stream().filter(Page::last).map(Page::reached).toList());
        queue.hold(waiting);
        return pages.stream()
                .filter(page -> !page.last())
                .map(Page::reached)
                .filter(queue::advance)
                .toList();
    }

    private <T> T inTransaction(Function<KeycloakSession, T> job) {
        return KeycloakModelUtils.runJobInTransactionWithResult(factory, job::apply);
    }
}
