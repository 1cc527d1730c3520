package dev.sallyport.benchmarks.nodes;

import static java.util.stream.Collectors.joining;

import dev.sallyport.it.harness.KeycloakCluster;
import dev.sallyport.it.harness.LogoutReceiver;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * How long it takes from the news on one node that a hundred devices are ill until, at the other node, their sessions' refresh
 * tokens are refused and their access tokens are inactive, and until the application has been told; and what the database has
 * to read for it, with few and with many sessions that it does not concern.
 */
@SuppressWarnings("SystemOut") // NB. A command: what it prints is what it is for.
public final class ContinuousEvaluation {

    private static final int TOUCHED = 100;
    private static final int WATCHED = 20;
    private static final int ROUNDS = 15;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String HEADER = """

            From the report to one node that %d devices are ill, in milliseconds

             sessions  until                                     p50      p90      p99      max   measured
            """.formatted(TOUCHED);

    private final KeycloakCluster cluster;
    private final Company company;
    private final LogoutReceiver receiver;

    private ContinuousEvaluation(KeycloakCluster cluster, LogoutReceiver receiver) {
        this.cluster = cluster;
        this.receiver = receiver;
        this.company = Company.in(cluster, receiver);
    }

    /** What one report of illness led to, and after how long. */
    private record Round(List<Duration> refused, List<Duration> inactive, List<Duration> told) {}

    /** @param arguments numbers of sessions to measure with, in rising order */
    public static void main(String[] arguments) {
        try (var receiver = LogoutReceiver.start();
                var cluster = KeycloakCluster.start(2, "measured")) {
            var measurement = new ContinuousEvaluation(cluster, receiver);
            // NB. What a server takes to do something for the first time is not what it takes to notice an illness.
            for (int i = 0; i < 3; i++) measurement.round("warm-up-" + i);
            System.out.println(Arrays.stream(arguments)
                    .map(Integer::parseInt)
                    .map(measurement::with)
                    .collect(joining("\n", HEADER, "")));
        }
        // NB. Clients of the harness keep threads that would keep the program running.
        System.exit(0);
    }

    /** Measures with so many sessions. */
    private String with(int sessions) {
        var started = Instant.now();
        company.fill(sessions - TOUCHED);
        System.out.printf(
                "%,d sessions are there after %,d s%n",
                sessions, Duration.between(started, Instant.now()).toSeconds());
        Effort.analyse(cluster.node(1));
        var rounds = IntStream.range(0, ROUNDS)
                .mapToObj(i -> round(sessions + "-" + i))
                .toList();
        var text = line(sessions, "refresh is refused at the other node", WATCHED, rounds, Round::refused)
                + line(sessions, "token is inactive at the other node", WATCHED, rounds, Round::inactive)
                + line(sessions, "application is told of the end", TOUCHED, rounds, Round::told)
                + "           rows read: " + effort(sessions + "-counted").rows() + "\n";
        System.out.println(text);
        return text;
    }

    private static String line(
            int sessions, String until, int expected, List<Round> rounds, Function<Round, List<Duration>> measured) {
        var all =
                rounds.stream().flatMap(round -> measured.apply(round).stream()).toList();
        return "%,9d  %-38s %s%n"
                .formatted(
                        sessions,
                        until,
                        Spread.of(all, rounds.size() * expected).row());
    }

    private Round round(String series) {
        var places = company.devices(TOUCHED, series);
        var application = company.application();
        var resources = company.resourceServer();
        Predicate<Company.Place> refused =
                place -> application.refresh(place.tokens().refreshToken()).status() == 400;
        Predicate<Company.Place> inactive = place -> !resources
                .introspect(place.tokens().accessToken())
                .body()
                .path("active")
                .asBoolean();
        for (var place : places)
            if (refused.test(place) || inactive.test(place))
                throw new IllegalStateException("The session on " + place.device() + " never worked");

        var askers = Executors.newCachedThreadPool();
        try {
            var started = Instant.now();
            var refusals = Watch.overSome(WATCHED, places, refused, started, PATIENCE, askers);
            var inactivities = Watch.overSome(WATCHED, places, inactive, started, PATIENCE, askers);
            company.fallIll(places);
            return new Round(refusals.durations(), inactivities.durations(), told(places, started));
        } finally {
            askers.shutdownNow();
        }
    }

    /** What a report is to the database, while nobody asks about anything. */
    private Effort effort(String series) {
        var places = company.devices(TOUCHED, series);
        var before = Effort.soFar(cluster.node(1));
        company.fallIll(places);
        told(places, Instant.now());
        return Effort.soFar(cluster.node(1)).since(before);
    }

    private List<Duration> told(List<Company.Place> places, Instant since) {
        var ids = places.stream().map(Company.Place::sid).toList();
        return receiver.notices(Company.APPLICATION, ids, PATIENCE).stream()
                .map(notice -> Duration.between(since, notice.at()))
                .toList();
    }
}
