package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.AuditExport;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.Mailbox;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever tampers with the audit log in the database is told of soon, by the server itself. */
@SallyportTest(postgres = true)
class AuditGapsIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    private static final String GONE = "00000000-0000-0000-0000-000000000000";

    private static KeycloakServer node;

    private GuardedRealm guarded;
    private RestApi api;

    @BeforeAll
    static void keep(KeycloakServer server) {
        node = server;
    }

    @BeforeEach
    void makeRealm() {
        guarded = GuardedRealm.on(node, r -> r.user("olga", u -> u.password(GuardedRealm.PASSWORD)));
        api = guarded.realm().api();
        for (int i = 0; i < 12; i++) device("device-" + i);
        settled();
        looked();
        assertThat(gaps()).isEmpty();
    }

    @Test
    void eachWayToTamperWithAnEntryIsToldOnceWithItsPlace() throws SQLException {
        long from = size() - 12;
        sql("delete from sp_audit_entry where leaf_index in (" + from + "," + (from + 1) + ") and realm_id = ?");
        sql("update sp_audit_entry set entry = replace(entry, 'device-3', 'DEVICE-3') where leaf_index = " + (from + 3)
                + " and realm_id = ?");
        sql("update sp_audit_entry set entry = null where leaf_index = " + (from + 4) + " and realm_id = ?");
        sql("update sp_audit_entry set entry = null, redacted = '{}', removal_id = id where leaf_index = " + (from + 5)
                + " and realm_id = ?");
        sql("update sp_audit_entry set actor_id = 'nobody' where leaf_index = " + (from + 7) + " and realm_id = ?");
        sql("update sp_audit_entry set entry_time = entry_time - 86400000 where leaf_index = " + (from + 9)
                + " and realm_id = ?");
        sql("insert into sp_audit_entry (id, realm_id, entry_time, type, entry, repeats, leaf_index)"
                + " select gen_random_uuid()::text, realm_id, entry_time, type, entry, 1, leaf_index from sp_audit_entry"
                + " where leaf_index = " + (from + 11) + " and realm_id = ?");

        looked();
        looked();

        assertThat(gaps())
                .containsExactlyInAnyOrder(
                        "missing " + from + " " + (from + 2),
                        "altered " + (from + 3) + " " + (from + 4),
                        "emptied " + (from + 4) + " " + (from + 6),
                        "misfiled " + (from + 7) + " " + (from + 8),
                        "misfiled " + (from + 9) + " " + (from + 10),
                        "doubled " + (from + 11) + " " + (from + 12));
        assertThat(findings()).hasSize(1).allSatisfy(finding -> {
            assertThat(finding.path("kind").asText()).isEqualTo("sequence-gap");
            assertThat(finding.has("user")).isFalse();
        });
        assertThat(guarded.audited("finding.raised"))
                .anySatisfy(
                        entry -> assertThat(entry.at("/details/kind").asText()).isEqualTo("sequence-gap"));
    }

    @Test
    void entryThatIsFoundAsWhatItIsNotIsTold() throws SQLException {
        long from = size() - 12;
        sql("update sp_audit_entry set id = gen_random_uuid()::text where leaf_index = " + from + " and realm_id = ?");
        sql("update sp_audit_entry set session_id = 'another' where leaf_index = " + (from + 2) + " and realm_id = ?");
        sql("update sp_audit_entry set device_id = 'another' where leaf_index = " + (from + 4) + " and realm_id = ?");

        looked();

        assertThat(gaps())
                .containsExactlyInAnyOrder(
                        "misfiled " + from + " " + (from + 1),
                        "misfiled " + (from + 2) + " " + (from + 3),
                        "misfiled " + (from + 4) + " " + (from + 5));
    }

    @Test
    void whatWasMendedAndBrokenAgainIsToldAgain() throws SQLException {
        long place = size() - 1;
        var broken =
                "update sp_audit_entry set type = 'device.removed' where leaf_index = " + place + " and realm_id = ?";
        sql(broken);
        looked();
        sql("update sp_audit_entry set type = 'device.enrolled' where leaf_index = " + place + " and realm_id = ?");
        looked();
        assertThat(gaps()).hasSize(1);

        sql(broken);
        looked();

        assertThat(gaps()).hasSize(2);
    }

    @Test
    void entryBeyondTheLastOneIsTold() throws SQLException {
        sql("insert into sp_audit_entry (id, realm_id, entry_time, type, entry, repeats, leaf_index)"
                + " select gen_random_uuid()::text, realm_id, entry_time, type, entry, 1, 1000000 from sp_audit_entry"
                + " where leaf_index = 0 and realm_id = ?");

        looked();

        assertThat(gaps()).containsExactly("beyond 0 0");
    }

    @Test
    void logThatWasTakenBackIsTold() throws SQLException {
        long before = size();
        var checkpoint = AuditExport.checkpoint(api);
        var tile = tile();
        device("embarrassing");
        settled();
        looked();

        // As if a copy of that moment had been put back.
        sql("delete from sp_audit_entry where leaf_index >= " + before + " and realm_id = ?");
        set("update sp_audit_tile set hashes = ? where tile_level = 0 and realm_id = ?", tile);
        set("update sp_audit_tree set tree_size = " + before + ", checkpoint = ? where realm_id = ?", checkpoint);
        looked();

        assertThat(AuditExport.of(api).verify().status())
                .as("by its own checkpoint")
                .isZero();
        assertThat(gaps()).contains("shrunk 0 0").doesNotContain("checkpoint 0 0");
    }

    @Test
    void historyThatWasRewrittenWithItsHashesDoesNotFitTheCheckpoint() throws SQLException {
        var tile = tile();
        set(
                "update sp_audit_tile set hashes = ? where tile_level = 0 and realm_id = ?",
                (tile.charAt(0) == 'A' ? "B" : "A") + tile.substring(1));

        looked();

        assertThat(gaps()).contains("checkpoint 0 0", "forked 0 0", "altered 0 1");

        // NB. What was seen meanwhile is not what the log is held against afterwards.
        settled();
        set(
                "update sp_audit_tile set hashes = ? where tile_level = 0 and realm_id = ?",
                tile.charAt(0) + tile().substring(1));
        device("after");
        settled();
        looked();
        assertThat(one("select count(*) from sp_audit_gap where realm_id = ?")).isZero();
    }

    @Test
    void checkpointThatAnotherKeySignedIsTold() throws SQLException {
        set(
                "update sp_audit_tree set checkpoint = ? where realm_id = ?",
                AuditExport.checkpoint(api).replace("\u2014 ", "\u2014 x"));

        looked();

        assertThat(gaps()).containsExactly("checkpoint 0 0");
    }

    @Test
    void treeThatIsGoneIsTold() throws SQLException {
        sql("delete from sp_audit_tree where realm_id = ?");

        looked();

        assertThat(gaps()).containsExactly("gone 0 0");
    }

    @Test
    void entryThatGetsNoPlaceIsTold() throws SQLException {
        // NB. Without the hashes of those before it none can be added.
        sql("update sp_audit_tile set hashes = '' where tile_level = 0 and realm_id = ?");
        device("stuck");
        looked();
        assertThat(gaps()).doesNotContain("waiting 0 0");

        // As if that had been going on for an hour.
        sql("update sp_audit_check set waiting_since = waiting_since - 3600000 where waiting_id is not null"
                + " and realm_id = ?");
        looked();

        assertThat(gaps()).contains("waiting 0 0");
    }

    @Test
    void whatWasPrunedOrErasedWithItsRecordIsNoGap() throws SQLException {
        var olga = guarded.realm().userId("olga");
        api.post("/locks", "{\"user\":\"olga\",\"reason\":\"leaves\"}").expect(201);
        settled();
        var erasure = api.post("/audit/erasures", "{\"user\":\"" + olga + "\",\"force\":true}")
                .expect(202)
                .json()
                .path("id")
                .asText();
        await().atMost(Duration.ofSeconds(90)).until(() -> api.get("/audit/erasures/" + erasure)
                .json()
                .path("status")
                .asText()
                .equals("done"));
        settled();
        looked();
        assertThat(count("redacted is not null")).isPositive();
        assertThat(gaps()).isEmpty();

        // As if a day were over in a second, and the days in which somebody can object were over already.
        api.put("/audit/retention", "{\"keep\":\"P1D\"}").expect(200);
        sql("update sp_audit_retention set keep_for = 'PT1S', effective_at = null where realm_id = ?");
        await().atMost(Duration.ofSeconds(90))
                .until(() -> api.get("/audit/retention").json().path("prunedTo").asLong() > 0);
        settled();
        looked();
        looked();

        assertThat(count("entry is null and redacted is null")).isPositive();
        assertThat(gaps()).isEmpty();

        sql("update sp_audit_entry set entry = null where type = 'audit.pruned' and realm_id = ?");
        looked();
        assertThat(gaps()).anyMatch(gap -> gap.startsWith("emptied 0 "));
    }

    @Test
    void recordThatCannotBeReadExcusesNothingAndKeepsNothingFromBeingTold() throws SQLException {
        long place = size() - 12;
        var record = "(select id from sp_audit_entry where leaf_index = " + (place + 2) + " and realm_id = '"
                + realmId() + "')";
        sql("update sp_audit_entry set entry = null, removal_id = " + record + " where leaf_index = " + place
                + " and realm_id = ?");
        sql("update sp_audit_entry set entry = '{' where leaf_index = " + (place + 2) + " and realm_id = ?");

        looked();

        assertThat(gaps())
                .contains("emptied " + place + " " + (place + 1), "altered " + (place + 2) + " " + (place + 3));
    }

    @Test
    void recordThatIsNotWhatTheTreeHasExcusesNothing() throws SQLException {
        long place = size() - 12;
        sql("update sp_audit_entry set type = 'audit.erased', entry = '" + erased(place) + "' where leaf_index = "
                + (place + 2) + " and realm_id = ?");
        sql("update sp_audit_entry set entry = null, removal_id = (select id from sp_audit_entry where leaf_index = "
                + (place + 2) + " and realm_id = '" + realmId() + "') where leaf_index = " + place
                + " and realm_id = ?");

        looked();

        assertThat(gaps()).contains("emptied " + place + " " + (place + 1));
    }

    @Test
    void recordInAnotherLogExcusesNothing() throws SQLException {
        long place = size() - 12;
        var record = UUID.randomUUID().toString();
        execute(
                "insert into sp_audit_entry (id, realm_id, entry_time, type, entry, repeats, leaf_index) values (?, ?, 0,"
                        + " 'audit.erased', '" + erased(place) + "', 1, 1000000)",
                List.of(record, GONE));
        sql("update sp_audit_entry set entry = null, removal_id = '" + record + "' where leaf_index = " + place
                + " and realm_id = ?");

        looked();

        assertThat(gaps()).containsExactly("emptied " + place + " " + (place + 1));
        execute("delete from sp_audit_entry where id = ?", List.of(record));
    }

    private static String erased(long place) {
        return "{\"details\":{\"indexes\":[" + place + "]},\"type\":\"audit.erased\"}";
    }

    @Test
    void entryAfterThoseThatWerePrunedIsNotCovered() throws SQLException {
        long kept = size() - 1;
        api.put("/audit/retention", "{\"keep\":\"P1D\"}").expect(200);
        settled();
        sql("update sp_audit_retention set effective_at = null where realm_id = ?");
        sql("update sp_audit_entry set entry_time = entry_time - 172800000 where leaf_index < " + kept
                + " and realm_id = ?");
        await().atMost(Duration.ofSeconds(90))
                .until(() -> api.get("/audit/retention").json().path("prunedTo").asLong() == kept);
        settled();

        sql("update sp_audit_entry set entry = null where leaf_index = " + kept + " and realm_id = ?");
        looked();

        assertThat(gaps()).containsExactly("emptied " + kept + " " + (kept + 1));
    }

    @Test
    void logOfARealmThatIsGoneKeepsNoOtherFromBeingLookedAt() throws SQLException {
        execute(
                "insert into sp_audit_check (realm_id, due_at, next_tile, tree_size) values (?, -1, 0, 0)",
                List.of(GONE));
        sql("delete from sp_audit_entry where leaf_index = " + (size() - 1) + " and realm_id = ?");

        looked();

        assertThat(gaps()).hasSize(1);
        assertThat(one("select count(*) from sp_audit_check where due_at = -1 and realm_id <> ?"))
                .isZero();
    }

    @Test
    void ruleHasThoseToldWhoManage() throws SQLException {
        try (var mailbox = Mailbox.open()) {
            guarded.change(realm -> realm.setSmtpServer(mailbox.smtp()));
            manager("olga");
            api.post("/detections", """
                    {"name":"gaps","kind":"sequence-gap","severity":"critical","responses":["notify"]}""").expect(201);

            sql("delete from sp_audit_entry where leaf_index = 3 and realm_id = ?");
            looked();

            assertThat(mailbox.html("olga@example.com", "gaps"))
                    .contains(guarded.realm().name())
                    .contains("sequence-gap, critical");
            await().atMost(SOON).untilAsserted(() -> assertThat(guarded.audited("response.taken"))
                    .anySatisfy(entry -> {
                        assertThat(entry.at("/details/outcome").asText()).isEqualTo("taken");
                        assertThat(entry.at("/subject/kind").asText()).isEqualTo("realm");
                    }));
            assertThat(findings().get(0).path("severity").asText()).isEqualTo("critical");
        }
        assertThat(api.post("/detections", """
                        {"name":"harm","kind":"sequence-gap","severity":"low","responses":["disable-user"]}""").expect(400).json().path("path").asText())
                .isEqualTo("responses[0]");
    }

    private void manager(String name) {
        var admin = guarded.realm().admin();
        var sallyport = admin.clients().findByClientId("sallyport").get(0).getId();
        var manage = admin.clients().get(sallyport).roles().get("manage").toRepresentation();
        var user = admin.users().get(guarded.realm().userId(name));
        user.roles().clientLevel(sallyport).add(List.of(manage));
    }

    private void device(String id) {
        api.post("/devices", "{\"id\":\"" + id + "\"}").expect(201);
    }

    private long size() {
        return AuditExport.size(AuditExport.checkpoint(api));
    }

    /** Each gap that was told, as often as it was. */
    private List<String> gaps() {
        return findings().stream()
                .flatMap(finding -> nodes(finding.at("/details/gaps")))
                .map(gap -> gap.path("fault").asText() + " " + gap.path("from").asLong() + " "
                        + gap.path("to").asLong())
                .toList();
    }

    private List<JsonNode> findings() {
        return nodes(api.get("/findings?max=1000").expect(200).json())
                .filter(finding -> finding.path("kind").asText().equals("sequence-gap"))
                .toList();
    }

    private static Stream<JsonNode> nodes(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private String realmId() {
        return guarded.realm().admin().toRepresentation().getId();
    }

    /** Has the server look at all of this log, once; in between it does not. */
    private void looked() {
        await().atMost(SOON).until(() -> one("select count(*) from sp_audit_check where realm_id = ?") == 1);
        due(0);
        await().atMost(SOON)
                .until(() -> one("select count(*) from sp_audit_check where due_at > 0 and realm_id = ?") == 1);
        due(9_000_000_000_000L);
    }

    private void due(long millis) {
        try {
            sql("update sp_audit_check set next_tile = 0, due_at = " + millis + " where realm_id = ?");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void settled() {
        await().atMost(SOON).until(() -> count("leaf_index is null and repeat_key is null") == 0);
    }

    private long count(String which) throws SQLException {
        return one("select count(*) from sp_audit_entry where " + which + " and realm_id = ?");
    }

    private String tile() throws SQLException {
        try (var connection = node.jdbc();
                var query = connection.prepareStatement(
                        "select hashes from sp_audit_tile where tile_level = 0 and realm_id = ?")) {
            query.setString(1, realmId());
            try (var rows = query.executeQuery()) {
                assertThat(rows.next()).isTrue();
                return rows.getString(1);
            }
        }
    }

    private long one(String select) throws SQLException {
        try (var connection = node.jdbc();
                var query = connection.prepareStatement(select)) {
            query.setString(1, realmId());
            try (var rows = query.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    private void sql(String statement) throws SQLException {
        execute(statement, List.of(realmId()));
    }

    private void set(String statement, String value) throws SQLException {
        execute(statement, List.of(value, realmId()));
    }

    private static void execute(String statement, List<String> values) throws SQLException {
        try (var connection = node.jdbc();
                var prepared = connection.prepareStatement(statement)) {
            for (int i = 0; i < values.size(); i++) prepared.setString(i + 1, values.get(i));
            assertThat(prepared.executeUpdate()).isPositive();
        }
    }
}
