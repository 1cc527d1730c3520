package dev.sallyport.benchmarks.nodes;

import static org.awaitility.Awaitility.await;

import dev.sallyport.it.harness.KeycloakServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/** How many rows the servers have had read of each table that this is about, as the database itself counts. */
record Effort(Map<String, Long> rows) {

    private static final String COUNTERS = """
            SELECT relname, COALESCE(seq_tup_read, 0) + COALESCE(idx_tup_fetch, 0) FROM pg_stat_user_tables
            WHERE relname IN ('sp_session', 'sp_reevaluation', 'sp_device', 'sp_posture', 'offline_user_session',
                              'offline_client_session')""";

    /** NB. Servers hand in their counts up to a second late, so this waits until two readings agree. */
    static Effort soFar(KeycloakServer server) {
        var last = new AtomicReference<>(read(server));
        await().atMost(Duration.ofMinutes(1))
                .pollDelay(Duration.ofMillis(1_500))
                .pollInterval(Duration.ofMillis(1_500))
                .until(() -> {
                    var now = read(server);
                    return now.equals(last.getAndSet(now));
                });
        return last.get();
    }

    /** The database knows the size of its tables, as it does in the long run by itself. */
    static void analyse(KeycloakServer server) {
        try (var connection = server.jdbc();
                var statement = connection.createStatement()) {
            statement.execute("VACUUM ANALYZE");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    Effort since(Effort before) {
        var more = new TreeMap<String, Long>();
        rows.forEach((table, count) -> {
            var difference = count - before.rows.getOrDefault(table, 0L);
            if (difference > 0) more.put(table, difference);
        });
        return new Effort(more);
    }

    private static Effort read(KeycloakServer server) {
        try (var connection = server.jdbc();
                var statement = connection.createStatement();
                var result = statement.executeQuery(COUNTERS)) {
            var rows = new TreeMap<String, Long>();
            while (result.next()) rows.put(result.getString(1), result.getLong(2));
            return new Effort(rows);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
