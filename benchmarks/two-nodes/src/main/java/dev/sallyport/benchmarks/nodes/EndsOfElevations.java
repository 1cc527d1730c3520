package dev.sallyport.benchmarks.nodes;

import dev.sallyport.benchmarks.nodes.Staff.Elevated;
import dev.sallyport.benchmarks.nodes.Staff.Member;
import dev.sallyport.it.harness.KeycloakCluster;
import dev.sallyport.it.harness.LogoutReceiver;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * How long it takes from the moment at which elevations were to end until the role that they mapped is gone, until refresh is
 * refused at the other node, and until the application has been told that the session is over.
 */
@SuppressWarnings("SystemOut") // NB. A command: what it prints is what it is for.
public final class EndsOfElevations {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LENGTH = Duration.ofSeconds(8);
    private static final Duration LOOK = Duration.ofMillis(5);
    private static final Duration AGAIN = Duration.ofMillis(50);

    // NB. Keycloak knows the second in which a session began: one that begins in the second of an end is ended with it.
    private static final Duration NEXT_SECOND = Duration.ofSeconds(1);

    private static final int ASKERS = 4;

    private static final int WATCHED = 20;
    private static final int WARM_UPS = 8;
    private static final int ENOUGH = 100;

    private final Staff staff;
    private final LogoutReceiver receiver;

    private EndsOfElevations(Staff staff, LogoutReceiver receiver) {
        this.staff = staff;
        this.receiver = receiver;
    }

    /** @param arguments how many elevations a round has, for each measurement */
    public static void main(String[] arguments) {
        var sizes = Arrays.stream(arguments).map(Integer::parseInt).toList();
        var most = Collections.max(sizes);
        try (var receiver = LogoutReceiver.start();
                var cluster = KeycloakCluster.start(2, "ends")) {
            var measurement = new EndsOfElevations(Staff.in(cluster, receiver, most), receiver);
            // NB. What a server takes to do something for the first time is not what it takes to end an elevation.
            for (int i = 0; i < WARM_UPS; i++) measurement.told(most, () -> one -> LENGTH.dividedBy(2));
            System.out.println("\nFrom the planned end of an elevation, in milliseconds\n");
            System.out.println(
                    "                                                p50      p90      p99      max   measured");
            for (int people : sizes) {
                measurement.print(people + " one after the other", people, () -> one -> LENGTH);
                measurement.print(people + " at the same moment", people, EndsOfElevations::together);
            }
        }
        // NB. Clients of the harness keep threads that would keep the program running.
        System.exit(0);
    }

    private static Function<Instant, Duration> together() {
        var end = Instant.now().plus(LENGTH);
        return now -> Duration.between(now, end);
    }

    private void print(String how, int people, Supplier<Function<Instant, Duration>> until) {
        System.out.println(how);
        var mapping = new ArrayList<Duration>();
        var told = new ArrayList<Duration>();
        int rounds = (ENOUGH + people - 1) / people;
        for (int i = 0; i < rounds; i++) {
            var round = told(people, until);
            mapping.addAll(round.mapping());
            told.addAll(round.told());
        }
        row("mapping is gone", mapping, rounds * people);
        row("application is told of the end", told, rounds * people);
        var refused = new ArrayList<Duration>();
        int watched = Math.min(people, WATCHED);
        int more = (ENOUGH + watched - 1) / watched;
        for (int i = 0; i < more; i++) refused.addAll(refused(people, until));
        row("refresh is refused at the other node", refused, more * watched);
    }

    private static void row(String what, List<Duration> measured, int expected) {
        System.out.printf("  %-38s %s%n", what, Spread.of(measured, expected).row());
    }

    private record Round(List<Duration> mapping, List<Duration> told) {}

    // NB. Nothing is asked of the servers here: a request for a token would take the mapping away by itself.
    private Round told(int people, Supplier<Function<Instant, Duration>> until) {
        var elevated = elevated(people, until);
        var mapping = unmapped(elevated);
        var sids = elevated.stream().map(one -> one.member().sid()).toList();
        receiver.notices(Staff.APPLICATION, sids, PATIENCE);
        var told = elevated.stream()
                .flatMap(one -> receiver.notice(Staff.APPLICATION, one.member().sid()).stream()
                        .map(notice -> Duration.between(one.end(), notice.at())))
                .toList();
        return new Round(mapping, told);
    }

    private List<Elevated> elevated(int people, Supplier<Function<Instant, Duration>> until) {
        LockSupport.parkNanos(NEXT_SECOND.toNanos());
        var members = staff.atWork(people);
        return staff.elevate(members, until.get());
    }

    private List<Duration> unmapped(List<Elevated> elevated) {
        var waiting = new ArrayList<>(elevated);
        var gone = new ArrayList<Duration>();
        var last = elevated.stream()
                .map(Elevated::end)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        try (var mappings = staff.mappings()) {
            while (!waiting.isEmpty() && Instant.now().isBefore(last.plus(PATIENCE))) {
                var mapped = mappings.now();
                var now = Instant.now();
                waiting.removeIf(one -> {
                    if (mapped.contains(one.member().userId())) return false;
                    return gone.add(Duration.between(one.end(), now));
                });
                LockSupport.parkNanos(LOOK.toNanos());
            }
        }
        return gone;
    }

    // NB. Of some, drawn by lot: whoever asks about all of them all the time measures the asking.
    private List<Duration> refused(int people, Supplier<Function<Instant, Duration>> until) {
        var application = staff.atTheOtherNode();
        var elevated = new ArrayList<>(elevated(people, until));
        Collections.shuffle(elevated);
        return watched(
                elevated.subList(0, Math.min(people, WATCHED)),
                member -> application.refresh(member.tokens().refreshToken()).status() == 400);
    }

    /** From the planned end to the first yes, asked from then on, for each that had one. */
    private static List<Duration> watched(List<Elevated> elevated, Predicate<Member> over) {
        var askers = Executors.newScheduledThreadPool(ASKERS);
        try {
            var watches =
                    elevated.stream().map(one -> new Asking(askers, one, over)).toList();
            watches.forEach(Asking::begin);
            return watches.stream()
                    .map(Asking::duration)
                    .filter(Objects::nonNull)
                    .toList();
        } finally {
            askers.shutdownNow();
        }
    }

    /** About one of them, again and again, without keeping the others waiting. */
    private static final class Asking {

        private final ScheduledExecutorService askers;
        private final Elevated one;
        private final Predicate<Member> over;
        private final CompletableFuture<Duration> answer = new CompletableFuture<>();

        Asking(ScheduledExecutorService askers, Elevated one, Predicate<Member> over) {
            this.askers = askers;
            this.one = one;
            this.over = over;
        }

        void begin() {
            var wait = Duration.between(Instant.now(), one.end()).toMillis();
            askers.schedule(this::ask, Math.max(0, wait), TimeUnit.MILLISECONDS);
        }

        private void ask() {
            try {
                if (over.test(one.member())) answer.complete(Duration.between(one.end(), Instant.now()));
                else if (Instant.now().isAfter(one.end().plus(PATIENCE))) answer.complete(null);
                else askers.schedule(this::ask, AGAIN.toMillis(), TimeUnit.MILLISECONDS);
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        }

        Duration duration() {
            return answer.join();
        }
    }
}
