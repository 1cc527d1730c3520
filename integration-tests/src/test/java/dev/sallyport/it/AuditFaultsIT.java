package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.AuditExport;
import dev.sallyport.it.harness.KeycloakCluster;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever dies in the middle: what was acknowledged is in the log, once, and the log proves itself. */
@SallyportTest(nodes = 2)
class AuditFaultsIT {

    private static final int MANY = 6_000;
    private static final Duration LONG = Duration.ofMinutes(2);

    private static KeycloakCluster cluster;

    private GuardedRealm guarded;

    @BeforeAll
    static void keep(KeycloakCluster two) {
        cluster = two;
    }

    @BeforeEach
    void makeRealm() {
        guarded = GuardedRealm.on(cluster.node(1));
        awaitAllUnderACheckpoint();
    }

    @Test
    void nothingAcknowledgedIsMissingWhenANodeIsKilledInTheMiddle() {
        var over = new AtomicBoolean();
        var writing = writers(over);

        awaitEntries(30);
        cluster.node(2).kill();
        awaitEntries(size() + 10);
        over.set(true);

        assertWholeWith(acknowledged(writing));
        cluster.node(2).start();
    }

    @Test
    void nothingAcknowledgedIsMissingWhenTheDatabaseCrashes() {
        var over = new AtomicBoolean();
        var writing = writers(over);

        awaitEntries(30);
        cluster.node(1).restartDatabase();
        awaitEntries(size() + 30);
        over.set(true);

        assertWholeWith(acknowledged(writing));
    }

    @Test
    void everyEntryGetsOnePlaceThoughWhoGivesThemIsKilledInTheMiddle() throws SQLException {
        for (int victim = 1; victim <= 2; victim++) {
            long before = size();
            append(MANY);
            awaitEntries(before + 500);

            cluster.node(victim).kill();
            var survivor = api(3 - victim);
            await().atMost(LONG).until(() -> size(survivor) >= before + MANY);
            cluster.node(victim).start();
        }

        assertWholeWith(List.of());
    }

    @Test
    void refusedLoginHoldsTwoConnectionsAtMost() throws SQLException {
        guarded.realm().api().post("/privileges", """
                        {"name":"clerk","displayName":"Clerk","mode":"token","grants":{"realmRoles":["clerk"]},
                         "eligible":{"groups":["/finance"]},
                         "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H"}}""").expect(201);
        guarded.ledgerNeeds("\"acr\":\"1\"");
        awaitAllUnderACheckpoint();

        CompletableFuture<Integer> refused;
        try (var holder = cluster.node(1).jdbc();
                var statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("lock table sp_audit_entry in access exclusive mode");
            refused = CompletableFuture.supplyAsync(() -> guarded.realm()
                    .oidc("ledger")
                    .token(Map.of("grant_type", "password", "username", "ann", "password", "wrong"))
                    .status());
            await().atMost(LONG)
                    .until(() -> connections("state = 'active' and query ilike '%sp_audit_entry%repeat%'") > 0);

            assertThat(connections("state = 'idle in transaction'")).isLessThanOrEqualTo(1);
            holder.rollback();
        }

        assertThat(refused.join()).isBetween(400, 401);
        assertThat(guarded.audited("session.event"))
                .anySatisfy(
                        entry -> assertThat(entry.at("/details/error").asText()).isEqualTo("invalid_user_credentials"));
    }

    /** How many of the servers' own are like that. */
    private static int connections(String how) throws SQLException {
        try (var connection = cluster.node(1).jdbc();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
                                + " and query not like 'lock table%' and " + how)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private List<CompletableFuture<List<String>>> writers(AtomicBoolean over) {
        return IntStream.rangeClosed(1, 2)
                .mapToObj(node -> CompletableFuture.supplyAsync(() -> write(node, over)))
                .toList();
    }

    /** Enrols devices, and tries the next one where that fails. */
    private List<String> write(int node, AtomicBoolean over) {
        var acknowledged = new ArrayList<String>();
        for (int i = 0; !over.get(); i++) {
            var id = "writer-" + node + "-" + i;
            try {
                if (api(node).post("/devices", "{\"id\":\"" + id + "\"}").status() == 201) acknowledged.add(id);
            } catch (RuntimeException gone) {
                Thread.onSpinWait();
            }
        }
        return acknowledged;
    }

    private static List<String> acknowledged(List<CompletableFuture<List<String>>> writing) {
        return writing.stream().flatMap(written -> written.join().stream()).toList();
    }

    private void assertWholeWith(List<String> acknowledged) {
        awaitAllUnderACheckpoint();
        var export = AuditExport.of(api(1));
        assertThat(export.verify().status()).isZero();
        assertThat(export.entries().stream().map(entry -> entry.path("id").asText()))
                .doesNotHaveDuplicates();
        var enrolled = export.entries().stream()
                .filter(entry -> entry.path("type").asText().equals("device.enrolled"))
                .map(AuditFaultsIT::device)
                .filter(id -> id.startsWith("writer-"))
                .toList();
        assertThat(enrolled).containsAll(acknowledged).doesNotHaveDuplicates();
    }

    private static String device(JsonNode entry) {
        return entry.path("deviceId").asText(entry.path("subject").path("id").asText());
    }

    /** Entries as if they had been appended all at once: more than get their place in one go. */
    private void append(int number) throws SQLException {
        try (var connection = cluster.node(1).jdbc();
                var statement = connection.createStatement()) {
            statement.execute("""
                    insert into sp_audit_entry (id, realm_id, entry_time, type, entry, repeats)
                    select made.id, e.realm_id, e.entry_time + n, e.type, replace(e.entry, e.id, made.id), 1
                    from generate_series(1, %d) n,
                         lateral (select gen_random_uuid()::text as id where n > 0) made,
                         (select * from sp_audit_entry where realm_id = '%s' and leaf_index = 0) e""".formatted(number, realmId()));
        }
    }

    private void awaitEntries(long number) {
        await().atMost(LONG).ignoreExceptions().until(() -> size() >= number);
    }

    private long size() {
        return size(api(1));
    }

    private static long size(RestApi api) {
        return AuditExport.size(AuditExport.checkpoint(api));
    }

    private RestApi api(int node) {
        return guarded.realm().at(cluster.node(node)).api();
    }

    private String realmId() {
        return guarded.realm().admin().toRepresentation().getId();
    }

    private void awaitAllUnderACheckpoint() {
        await().atMost(LONG).ignoreExceptions().until(() -> {
            try (var connection = cluster.node(1).jdbc();
                    var query = connection.prepareStatement(
                            "select count(*) from sp_audit_entry where realm_id = ? and leaf_index is null"
                                    + " and repeat_key is null")) {
                query.setString(1, realmId());
                try (var rows = query.executeQuery()) {
                    return rows.next() && rows.getInt(1) == 0;
                }
            }
        });
    }
}
