package dev.sallyport.benchmarks.nodes;

import static org.awaitility.Awaitility.await;

import dev.sallyport.it.harness.KeycloakCluster;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.Realm;
import dev.sallyport.it.harness.RealmBuilder;
import dev.sallyport.it.harness.RestApi;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * What the record costs: a refresh that is recorded beside one that is not, against what Keycloak's own stored events cost;
 * and whether listing, proving and appending stay as fast as they are when the log grows.
 */
@SuppressWarnings("SystemOut") // NB. A command: what it prints is what it is for.
public final class AuditVolume {

    private static final String CLIENT = "console";
    private static final String PASSWORD = "a password that is long enough";
    private static final String ORDINARY = "reader";
    private static final String PRIVILEGED = "keeper";
    private static final int ROUNDS = 60;
    private static final int IN_A_ROW = 25;
    private static final int REPETITIONS = 200;

    private final KeycloakServer server;

    private AuditVolume(KeycloakServer server) {
        this.server = server;
    }

    /** Whose refreshes are compared: of people with one role each, since roles make tokens longer. */
    private enum Kind {
        STOCK("Keycloak by itself", "ann"),
        STOCK_RECORDED("the same, its events stored", "ann"),
        GUARDED("a realm with the pack, an ordinary session", "ann"),
        GUARDED_RECORDED("the same, a privileged session, recorded", "bob");

        private final String text;
        private final String username;

        Kind(String text, String username) {
            this.text = text;
            this.username = username;
        }
    }

    /** @param arguments numbers of entries to measure with, in rising order */
    public static void main(String[] arguments) {
        try (var cluster = KeycloakCluster.start(1, "volume")) {
            var measurement = new AuditVolume(cluster.node(1));
            measurement.refreshes();
            measurement.volumes(Arrays.stream(arguments).map(Integer::parseInt).toList());
        }
        // NB. Clients of the harness keep threads that would keep the program running.
        System.exit(0);
    }

    private void refreshes() {
        var stock = realm(r -> {});
        var stored = realm(r -> r.with(representation -> {
            representation.setEventsEnabled(true);
            representation.setEnabledEventTypes(List.of("REFRESH_TOKEN"));
        }));
        var guarded = realm(r -> {});
        guarded.setup();
        guarded.api().post("/privileges", """
                        {"name":"keeping","displayName":"Keeping","mode":"token","grants":{"realmRoles":["%s"]},
                         "eligible":{"users":["ann"]},"activation":{"maxDuration":"PT1H","defaultDuration":"PT1H"}}""".formatted(PRIVILEGED)).expect(201);
        var doors = new EnumMap<>(Map.of(
                Kind.STOCK, signedIn(stock, Kind.STOCK),
                Kind.STOCK_RECORDED, signedIn(stored, Kind.STOCK_RECORDED),
                Kind.GUARDED, signedIn(guarded, Kind.GUARDED),
                Kind.GUARDED_RECORDED, signedIn(guarded, Kind.GUARDED_RECORDED)));
        doors.values().forEach(door -> repeat(ROUNDS * IN_A_ROW / 3, i -> door.run()));
        long before = rows("SP_AUDIT_ENTRY");
        long eventsBefore = rows("EVENT_ENTITY");
        var nanos = new EnumMap<Kind, List<Long>>(Kind.class);
        // NB. In turns, so that whatever else the machine does meanwhile it does to all of them.
        repeat(
                ROUNDS,
                round -> doors.forEach((kind, door) -> {
                    var durations = nanos.computeIfAbsent(kind, none -> new ArrayList<>());
                    repeat(IN_A_ROW, i -> durations.add(timed(door)));
                }));
        System.out.println("\nA refresh, in milliseconds\n\n    mean      p50");
        nanos.forEach(
                (kind, all) -> System.out.printf("%8.2f %8.2f   %s%n", mean(all) / 1e6, median(all) / 1e6, kind.text));
        System.out.printf(
                "%nStored events cost %.2f times an unrecorded refresh, the record %.2f times one. Rows: %,d and %,d for %,d each.%n",
                mean(nanos.get(Kind.STOCK_RECORDED)) / mean(nanos.get(Kind.STOCK)),
                mean(nanos.get(Kind.GUARDED_RECORDED)) / mean(nanos.get(Kind.GUARDED)),
                rows("EVENT_ENTITY") - eventsBefore,
                rows("SP_AUDIT_ENTRY") - before,
                ROUNDS * IN_A_ROW);
    }

    private void volumes(List<Integer> sizes) {
        var realm = realm(r -> {});
        realm.setup();
        var api = realm.api();
        System.out.printf("%n%12s %14s %10s %10s %10s%n", "entries", "given a place", "list", "prove", "append");
        for (int size : sizes) {
            var perSecond = grow(realm, api, size);
            var list = median(times(() -> api.get("/audit/entries?max=100").expect(200)));
            var prove = median(times(() -> api.get("/audit/proof/inclusion?treeSize=" + size + "&leafIndex="
                            + ThreadLocalRandom.current().nextInt(size))
                    .expect(200)));
            var counter = new int[1];
            var append = median(times(() -> realm.device("{\"id\":\"d-%d-%d\"}".formatted(size, counter[0]++))));
            System.out.printf(
                    "%,12d %,12.0f/s %7.2f ms %7.2f ms %7.2f ms%n",
                    size, perSecond, list / 1e6, prove / 1e6, append / 1e6);
        }
    }

    /** Fills the log with copies of an entry and waits until each has its place. */
    private double grow(Realm realm, RestApi api, int size) {
        await().atMost(Duration.ofSeconds(30)).until(() -> size(api) > 0);
        long missing = size - size(api);
        sql("""
                INSERT INTO SP_AUDIT_ENTRY (ID, REALM_ID, ENTRY_TIME, TYPE, ENTRY, REPEATS)
                SELECT made.id, e.REALM_ID, e.ENTRY_TIME + n, e.TYPE, replace(e.ENTRY, e.ID, made.id), 1
                FROM generate_series(1, %d) n,
                     LATERAL (SELECT gen_random_uuid()::text AS id WHERE n > 0) made,
                     (SELECT * FROM SP_AUDIT_ENTRY WHERE REALM_ID = '%s' AND LEAF_INDEX = 0) e""".formatted(Math.max(0, missing), realm.admin().toRepresentation().getId()));
        var started = Instant.now();
        await().atMost(Duration.ofHours(2)).pollInterval(Duration.ofSeconds(1)).until(() -> size(api) >= size);
        var seconds = Duration.between(started, Instant.now()).toMillis() / 1e3;
        sql("VACUUM ANALYZE");
        return missing / seconds;
    }

    private static long size(RestApi api) {
        return Long.parseLong(api.get("/audit/checkpoint", "text/plain").text().split("\n")[1]);
    }

    private Realm realm(Consumer<RealmBuilder> details) {
        return server.realm(r -> {
            r.client(CLIENT, c -> c.publicClient().directGrants());
            r.role(ORDINARY).role(PRIVILEGED);
            r.user("ann", u -> u.password(PASSWORD).roles(ORDINARY));
            r.user("bob", u -> u.password(PASSWORD).roles(PRIVILEGED));
            details.accept(r);
        });
    }

    private static Runnable signedIn(Realm realm, Kind kind) {
        OidcClient door = realm.oidc(CLIENT);
        var token = door.passwordGrant(kind.username, PASSWORD).refreshToken();
        return () -> {
            int status = door.refresh(token).status();
            if (status != 200) throw new IllegalStateException(kind + " is answered " + status);
        };
    }

    private static List<Long> times(Runnable work) {
        repeat(REPETITIONS / 4, i -> work.run());
        return IntStream.range(0, REPETITIONS).mapToObj(i -> timed(work)).toList();
    }

    private static void repeat(int times, IntConsumer work) {
        IntStream.range(0, times).forEach(work);
    }

    private static long timed(Runnable work) {
        long started = System.nanoTime();
        work.run();
        return System.nanoTime() - started;
    }

    private static double mean(List<Long> durations) {
        return durations.stream().mapToLong(d -> d).average().orElseThrow();
    }

    private static double median(List<Long> durations) {
        return durations.stream().sorted().toList().get(durations.size() / 2);
    }

    private long rows(String table) {
        try (var connection = server.jdbc();
                var statement = connection.createStatement();
                var result = statement.executeQuery("SELECT count(*) FROM " + table)) {
            result.next();
            return result.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void sql(String text) {
        try (var connection = server.jdbc();
                var statement = connection.createStatement()) {
            statement.execute(text);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
