package dev.sallyport.benchmarks.nodes;

import static java.util.stream.Collectors.toMap;
import static org.awaitility.Awaitility.await;

import dev.sallyport.benchmarks.nodes.RecordedRefresh.Kind;
import dev.sallyport.it.harness.KeycloakCluster;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.Realm;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/**
 * What the record costs: a refresh that is recorded beside one that is not, against what Keycloak's own stored events cost;
 * and whether listing, proving and appending stay as fast as they are when the log grows.
 *
 * <p>JMH runs in this process and without forks: what is measured is another process, one server that all of them share.
 */
@SuppressWarnings("SystemOut") // NB. A command: what it prints is what it is for.
public final class AuditVolume {

    /** A type of which there are twenty in a log of any size, spread over all of it. */
    static final String RARE = "lock.lifted";

    private static final String REFRESH = "refresh";
    private static final int FEW = 20;
    private static final int ROUNDS = 9;
    private static final List<Integer> CLIENTS = List.of(1, 4);

    // NB. JMH makes the objects that hold its benchmarks, so they cannot be given it.
    private static KeycloakServer server;
    private static Map<Kind, Realm> realms = Map.of();

    private AuditVolume() {}

    static KeycloakServer server() {
        return server;
    }

    static Realm realm(Kind kind) {
        return realms.get(kind);
    }

    /** How many entries of the log have their place. */
    static int size() {
        return Integer.parseInt(
                log().api().get("/audit/checkpoint", "text/plain").text().split("\n")[1]);
    }

    /** When the first entry of the log was written. */
    static Instant oldest() {
        return Instant.ofEpochMilli(number("SELECT min(ENTRY_TIME) FROM SP_AUDIT_ENTRY WHERE REALM_ID = '%s'"
                .formatted(log().admin().toRepresentation().getId())));
    }

    private static Realm log() {
        return realms.get(Kind.RECORDED);
    }

    /** @param arguments {@code refresh}, and numbers of entries to measure with, in rising order and from 100,000 on */
    public static void main(String[] arguments) throws RunnerException {
        var asked = List.of(arguments);
        var sizes = asked.stream()
                .filter(word -> !word.equals(REFRESH))
                .map(Integer::parseInt)
                .toList();
        boolean refresh = asked.contains(REFRESH);
        if (refresh) on(false, () -> compare(1));
        on(true, () -> {
            if (refresh) for (int clients : CLIENTS) compare(clients);
            for (int size : sizes) volume(size);
        });
        // NB. Clients of the harness keep threads that would keep the program running.
        System.exit(0);
    }

    private interface Measurement {
        void run() throws RunnerException;
    }

    /** @param durable whether the database waits for the disk, which an event of Keycloak's own does not ask it to */
    private static void on(boolean durable, Measurement measurement) throws RunnerException {
        try (var cluster = KeycloakCluster.start(1, "volume", durable)) {
            System.out.printf("%nA database that %s for the disk%n", durable ? "waits" : "does not wait");
            server = cluster.node(1);
            realms = new EnumMap<>(RecordedRefresh.realms());
            run(refreshes(1, Kind.values()).measurementTime(TimeValue.seconds(20)));
            measurement.run();
        }
    }

    /** In turns, so that whatever else the machine does meanwhile it does to all of them. */
    private static void compare(int clients) throws RunnerException {
        var rounds = new ArrayList<Map<Kind, Statistics>>();
        for (int round = 0; round < ROUNDS; round++) rounds.add(byKind(run(refreshes(clients, Kind.values()))));
        System.out.printf("%nA refresh, %d at a time, in milliseconds%n%n", clients);
        System.out.println("    mean      p50      p99  refreshes/s");
        for (var kind : Kind.values()) {
            var all = rounds.stream().map(round -> round.get(kind)).toList();
            System.out.printf(
                    "%8.2f %8.2f %8.2f %12.0f   %s%n",
                    middle(all.stream().map(Statistics::getMean)),
                    middle(all.stream().map(one -> one.getPercentile(50))),
                    middle(all.stream().map(one -> one.getPercentile(99))),
                    clients * 1_000 / middle(all.stream().map(Statistics::getMean)),
                    kind);
        }
        System.out.println();
        ratio(rounds, Kind.STORED, Kind.STOCK);
        ratio(rounds, Kind.RECORDED, Kind.ORDINARY);
        ratio(rounds, Kind.RECORDED, Kind.STORED);
        ratio(rounds, Kind.RECORDED, Kind.STOCK);
    }

    private static void ratio(List<Map<Kind, Statistics>> rounds, Kind what, Kind against) {
        var ratios = rounds.stream()
                .map(round -> round.get(what).getMean() / round.get(against).getMean())
                .sorted()
                .toList();
        System.out.printf(
                "%s / %s: %.2f (%.2f to %.2f)%n",
                what.name(), against.name(), middle(ratios.stream()), ratios.get(0), ratios.get(ratios.size() - 1));
    }

    private static void volume(int size) throws RunnerException {
        System.out.printf("%n%,d entries, given their places at %,.0f/s%n%n", size, grow(size));
        System.out.println("    mean      p50      p99      per second, 4 at a time");
        var one = byName(run(longLog(1)));
        var many = byName(run(longLog(4)));
        one.forEach((name, result) -> row(name, result, many.get(name)));
        var refresh = byKind(run(refreshes(1, Kind.RECORDED).measurementTime(TimeValue.seconds(20))));
        var sustained = byKind(run(refreshes(4, Kind.RECORDED).measurementTime(TimeValue.seconds(60))));
        long without = waiting();
        row("recorded refresh", refresh.get(Kind.RECORDED), sustained.get(Kind.RECORDED));
        var ended = Instant.now();
        await().atMost(Duration.ofMinutes(10)).until(() -> waiting() == 0);
        System.out.printf(
                "After a minute of them %,d entries had no place yet, %.1f s later all had.%n",
                without, Duration.between(ended, Instant.now()).toMillis() / 1e3);
    }

    private static void row(String name, Statistics one, Statistics many) {
        System.out.printf(
                "%8.2f %8.2f %8.2f %12.0f   %s%n",
                one.getMean(), one.getPercentile(50), one.getPercentile(99), 4_000 / many.getMean(), name);
    }

    /** Fills the log with copies of a recorded refresh, on to ever earlier times, and waits until each has its place. */
    private static double grow(int size) {
        await().atMost(Duration.ofMinutes(5)).until(() -> waiting() == 0);
        int missing = size - size();
        sql("""
                INSERT INTO SP_AUDIT_ENTRY (ID, REALM_ID, ENTRY_TIME, TYPE, ENTRY, REPEATS, SESSION_ID, ACTOR_ID)
                SELECT made.id, e.REALM_ID, e.ENTRY_TIME - n * 100, CASE n %% %d WHEN 0 THEN '%s' ELSE e.TYPE END,
                       replace(replace(e.ENTRY, e.ID, made.id), e.SESSION_ID, made.session), 1, made.session, e.ACTOR_ID
                FROM generate_series(1, %d) n,
                     LATERAL (SELECT gen_random_uuid()::text AS id, md5((n / 100)::text)::uuid::text AS session) made,
                     (SELECT * FROM SP_AUDIT_ENTRY WHERE REALM_ID = '%s' AND TYPE = 'session.event'
                       AND LEAF_INDEX IS NOT NULL ORDER BY LEAF_INDEX LIMIT 1) e""".formatted(
                missing / FEW, RARE, missing, log().admin().toRepresentation().getId()));
        var started = Instant.now();
        await().atMost(Duration.ofHours(2)).pollInterval(Duration.ofSeconds(1)).until(() -> size() >= size);
        var seconds = Duration.between(started, Instant.now()).toMillis() / 1e3;
        sql("VACUUM ANALYZE");
        return missing / seconds;
    }

    private static long waiting() {
        return number("SELECT count(*) FROM SP_AUDIT_ENTRY WHERE LEAF_INDEX IS NULL");
    }

    private static ChainedOptionsBuilder refreshes(int clients, Kind... kinds) {
        return options(clients, RecordedRefresh.class)
                .param("kind", Arrays.stream(kinds).map(Kind::name).toArray(String[]::new));
    }

    private static ChainedOptionsBuilder longLog(int clients) {
        return options(clients, LongLog.class);
    }

    private static ChainedOptionsBuilder options(int clients, Class<?> what) {
        return new OptionsBuilder()
                .include("\\." + what.getSimpleName() + "\\.")
                .forks(0)
                .threads(clients)
                .warmupIterations(1)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(1)
                .measurementTime(TimeValue.seconds(4))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
    }

    private static List<RunResult> run(ChainedOptionsBuilder options) throws RunnerException {
        return List.copyOf(new Runner(options.build()).run());
    }

    private static Map<Kind, Statistics> byKind(List<RunResult> results) {
        return results.stream()
                .collect(toMap(result -> Kind.valueOf(result.getParams().getParam("kind")), AuditVolume::times));
    }

    private static Map<String, Statistics> byName(List<RunResult> results) {
        return results.stream()
                .collect(toMap(
                        result -> result.getPrimaryResult().getLabel(), AuditVolume::times, (a, b) -> a, TreeMap::new));
    }

    private static Statistics times(RunResult result) {
        return result.getPrimaryResult().getStatistics();
    }

    private static double middle(Stream<Double> numbers) {
        var sorted = numbers.sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }

    private static long number(String query) {
        try (var connection = server.jdbc();
                var statement = connection.createStatement();
                var result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void sql(String text) {
        try (var connection = server.jdbc();
                var statement = connection.createStatement()) {
            statement.execute(text);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
