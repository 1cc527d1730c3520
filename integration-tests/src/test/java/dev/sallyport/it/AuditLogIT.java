package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.AuditExport;
import dev.sallyport.it.harness.KeycloakCluster;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The record proves itself to somebody who trusts neither an administrator nor the database. */
@SallyportTest(nodes = 2)
class AuditLogIT {

    private static final Duration UNDER_A_CHECKPOINT = Duration.ofSeconds(2);

    private static KeycloakCluster cluster;

    private GuardedRealm guarded;
    private RestApi api;

    @BeforeAll
    static void keep(KeycloakCluster two) {
        cluster = two;
    }

    @BeforeEach
    void makeRealm() {
        guarded = GuardedRealm.on(cluster.node(1), r -> r.client("viewer", c -> c.serviceAccount("viewer-secret"))
                .client("auditor", c -> c.serviceAccount("auditor-secret")));
        api = guarded.realm().api();
        awaitAllUnderACheckpoint();
    }

    @Test
    void actIsUnderACheckpointWithinTwoSeconds() {
        long before = size();

        device("noted");

        await().atMost(UNDER_A_CHECKPOINT).until(() -> size() > before);
        var last = AuditExport.of(api).entries().get((int) before);
        assertThat(last.path("type").asText()).isEqualTo("device.enrolled");
    }

    @Test
    void logOfARealmThatWasSetUpIsIntact() {
        for (int i = 0; i < 5; i++) device("device-" + i);
        awaitAllUnderACheckpoint();

        var verdict = AuditExport.of(api).verify();

        assertThat(verdict.text()).startsWith("Intact: ");
        assertThat(verdict.status()).isZero();
    }

    @Test
    void nothingThatIsHandedInKeepsTheLogFromGoingOn() throws SQLException {
        device("odd");
        var deep = "[".repeat(28) + "1.5" + "]".repeat(28);

        api.put("/devices/odd/posture", """
                        {"observedAt":"%s","attributes":{"deep":%s,"large":9007199254740993}}""".formatted(Instant.now(), deep)).expect(200);
        awaitAllUnderACheckpoint();

        var export = AuditExport.of(api);
        assertThat(export.verify().status()).isZero();
        assertThat(export.entries().stream().map(entry -> entry.path("type").asText()))
                .contains("device.posture-changed");
        api.get("/audit/entries").expect(200);
    }

    @Test
    void entryThatWasBrokenBeforeItHadAPlaceKeepsNoOtherFromTheirs() throws SQLException {
        sql("insert into sp_audit_entry (id, realm_id, entry_time, type, entry, repeats)"
                + " values ('broken', ?, 1, 'device.enrolled', '{\"id', 1)");
        awaitAllUnderACheckpoint();
        device("after");
        awaitAllUnderACheckpoint();

        assertThat(AuditExport.of(api).verify().status()).isZero();
        api.get("/audit/entries").expect(200);
    }

    @Test
    void nameOfTheLogIsTheIssuerWithoutItsScheme() {
        var issuer = guarded.realm().issuer();

        assertThat(AuditExport.checkpoint(api)).startsWith(issuer.replaceFirst("https?://", "") + "/sallyport\n");
        assertThat(api.get("/audit/key", "text/plain").text())
                .startsWith(issuer.replaceFirst("https?://", "") + "/sallyport+");
    }

    @Test
    void logThatHasNoNameYetSaysSo() {
        var bare = GuardedRealm.unguarded(cluster.node(1), r -> {}).api();

        assertThat(bare.get("/audit/checkpoint", "text/plain").expect(404).text())
                .contains("call setup");
    }

    @Test
    void everyProofLeadsToTheRootOfTheCheckpoint() {
        for (int i = 0; i < 7; i++) device("device-" + i);
        awaitAllUnderACheckpoint();
        var export = AuditExport.of(api);
        var note = export.checkpoints().get(0);
        long size = AuditExport.size(note);

        for (int leaf = 0; leaf < size; leaf++) {
            var proof = api.get("/audit/proof/inclusion?leafIndex=" + leaf + "&treeSize=" + size)
                    .expect(200)
                    .json();
            var hash = Base64.getDecoder()
                    .decode(RestApi.parse(export.lines().get(leaf))
                            .path("leafHash")
                            .asText());
            assertThat(rootByInclusion(hash, leaf, size, proof.path("hashes"))).isEqualTo(root(note));
        }
        assertThat(api.get("/audit/proof/consistency?from=1&to=" + size)
                        .expect(200)
                        .json()
                        .path("hashes"))
                .isNotEmpty();
    }

    @Test
    void proofOfWhatIsNotThereIsRefusedByName() {
        long size = size();

        assertThat(api.get("/audit/proof/inclusion?leafIndex=0&treeSize=" + (size + 1_000))
                        .expect(400)
                        .text())
                .contains("treeSize");
        assertThat(api.get("/audit/proof/inclusion?leafIndex=" + size + "&treeSize=" + size)
                        .expect(400)
                        .text())
                .contains("leafIndex");
        assertThat(api.get("/audit/proof/consistency?from=5&to=4").expect(400).text())
                .contains("from");
        assertThat(api.get("/audit/proof/inclusion?treeSize=1").expect(400).text())
                .contains("leafIndex");
        api.get("/audit/entries?fromIndex=-1", "application/jsonl").expect(400);
        api.get("/audit/entries?from=yesterday", "application/jsonl").expect(400);
    }

    @Test
    void listIsOfTheTypesThatAreAskedFor() {
        device("healthy");
        device("lost");
        api.put("/devices/lost", "{\"id\":\"lost\",\"status\":\"blocked\"}").expect(200);

        assertThat(types(list("type=device."))).containsExactly("device.blocked", "device.enrolled", "device.enrolled");
        assertThat(types(list("type=device.enrolled"))).containsExactly("device.enrolled", "device.enrolled");
        assertThat(types(list("type=device.&first=1&max=1"))).containsExactly("device.enrolled");
        for (var none : List.of("device", "evice.", "devic%25.", "Device.", "zebra."))
            assertThat(list("type=" + none)).as(none).isEmpty();
    }

    @Test
    void listGoesBackFromAnyMoment() {
        for (int i = 0; i < 4; i++) device("device-" + i);
        var all = list("type=device.enrolled");
        var second = all.get(1).path("time").asText();

        assertThat(list("type=device.enrolled&to=" + second)).isNotEmpty().allSatisfy(entry -> assertThat(
                        Instant.parse(entry.path("time").asText()))
                .isBefore(Instant.parse(second)));
        assertThat(list("type=device.enrolled&from=" + second)).isNotEmpty().allSatisfy(entry -> assertThat(
                        Instant.parse(entry.path("time").asText()))
                .isAfterOrEqualTo(Instant.parse(second)));
        for (var time : List.of("yesterday", "%2B1000000000-12-31T23:59:59Z")) {
            for (var name : List.of("from", "to")) {
                var refused = api.get("/audit/entries?" + name + "=" + time).expect(400);
                assertThat(refused.json().path("path").asText()).isEqualTo(name);
            }
        }
        // NB. Half a millisecond after the second one.
        var half = Instant.parse(second).plusNanos(500_000);
        assertThat(list("type=device.enrolled&from=" + half)).isEqualTo(all.subList(0, 1));
        assertThat(list("type=device.enrolled&to=" + half)).isEqualTo(all.subList(1, all.size()));
    }

    @Test
    void exportByPlaceAndByTimeIsThatPart() {
        for (int i = 0; i < 4; i++) device("device-" + i);
        awaitAllUnderACheckpoint();
        var all = AuditExport.of(api).lines();
        var time = RestApi.parse(all.get(3)).path("entry").path("time").asText();

        assertThat(export("?fromIndex=1&toIndex=3")).isEqualTo(all.subList(1, 3));
        assertThat(export("?from=" + time).get(0)).contains(time);
        assertThat(export("?to=" + time)).allSatisfy(line -> assertThat(
                        RestApi.parse(line).path("entry").path("time").asText())
                .isLessThan(time));
    }

    @Test
    void entryThatWasAlteredInTheDatabaseIsNamed() throws SQLException {
        device("altered");
        awaitAllUnderACheckpoint();
        var place = AuditExport.of(api).lines().size() - 1;

        sql(
                "update sp_audit_entry set entry = replace(entry, 'altered', 'ALTERED') where realm_id = ? and leaf_index = "
                        + place);

        var verdict = AuditExport.of(api).verify();
        assertThat(verdict.status()).isEqualTo(1);
        assertThat(verdict.text().lines().findFirst().orElseThrow())
                .matches("Entry " + place + " was altered: its hash is [0-9a-f]{64}, and was [0-9a-f]{64}\\.");
    }

    @Test
    void entryThatWasRemovedFromTheDatabaseIsMissed() throws SQLException {
        device("removed");
        device("kept");
        awaitAllUnderACheckpoint();
        var place = AuditExport.of(api).lines().size() - 2;

        sql("delete from sp_audit_entry where realm_id = ? and leaf_index = " + place);

        var verdict = AuditExport.of(api).verify();
        assertThat(verdict.status()).isEqualTo(1);
        assertThat(verdict.text()).startsWith("Entry " + place + " was removed.\n");
    }

    @Test
    void entryThatWasRemovedFromTheDatabaseWithTheOthersMovedUpIsNamed() throws SQLException {
        for (var id : List.of("removed", "kept", "last")) device(id);
        awaitAllUnderACheckpoint();
        var place = AuditExport.of(api).lines().size() - 3;

        sql("delete from sp_audit_entry where realm_id = ? and leaf_index = " + place);
        sql("update sp_audit_entry set leaf_index = leaf_index - 1 where realm_id = ? and leaf_index > " + place);

        var verdict = AuditExport.of(api).verify();
        assertThat(verdict.status()).isEqualTo(1);
        assertThat(verdict.text())
                .startsWith("Entry " + place + " was removed.\nThe entries of places " + (place + 1) + " to "
                        + (place + 2) + " stand at places " + place + " to " + (place + 1) + ".\n");
    }

    @Test
    void entriesThatChangedPlacesInTheDatabaseAreSeen() throws SQLException {
        device("one");
        device("other");
        awaitAllUnderACheckpoint();
        var place = AuditExport.of(api).lines().size() - 2;

        sql("update sp_audit_entry set leaf_index = case when leaf_index = " + place + " then " + (place + 1) + " else "
                + place + " end where realm_id = ? and leaf_index in (" + place + ", " + (place + 1) + ")");

        var verdict = AuditExport.of(api).verify();
        assertThat(verdict.status()).isEqualTo(1);
        assertThat(verdict.text())
                .startsWith("The entry of place " + (place + 1) + " stands at place " + place + ".\nThe entry of place "
                        + place + " stands at place " + (place + 1) + ".\n");
    }

    @Test
    void entryThatWasInsertedIntoTheDatabaseIsSeen() throws SQLException {
        device("real");
        awaitAllUnderACheckpoint();
        var place = AuditExport.of(api).lines().size() - 1;

        sql("insert into sp_audit_entry (id, realm_id, entry_time, type, entry, repeats, leaf_index)"
                + " select 'inserted', realm_id, entry_time, type, replace(entry, 'real', 'made up'), 1, leaf_index"
                + " from sp_audit_entry where realm_id = ? and leaf_index = " + place);

        var verdict = AuditExport.of(api).verify();
        assertThat(verdict.status()).isEqualTo(1);
        assertThat(verdict.text()).startsWith("An entry was inserted at place " + place + ".\n");
    }

    @Test
    void entryThatWasShiftedIntoTheDatabaseIsNamed() throws SQLException {
        for (var id : List.of("real", "other", "last")) device(id);
        awaitAllUnderACheckpoint();
        var place = AuditExport.of(api).lines().size() - 3;

        sql("update sp_audit_entry set leaf_index = leaf_index + 1 where realm_id = ? and leaf_index >= " + place);
        sql("insert into sp_audit_entry (id, realm_id, entry_time, type, entry, repeats, leaf_index)"
                + " select 'shifted', realm_id, entry_time, type, replace(entry, 'real', 'made up'), 1, " + place
                + " from sp_audit_entry where realm_id = ? and leaf_index = " + (place + 1));

        var verdict = AuditExport.of(api).verify();
        assertThat(verdict.status()).isEqualTo(1);
        assertThat(verdict.text())
                .startsWith("An entry was inserted at place " + place + ".\nThe entries of places " + place + " to "
                        + (place + 1) + " stand at places " + (place + 1) + " to " + (place + 2) + ".\n");
    }

    @Test
    void logThatWasCutOffAndGrownAnewIsNotTheOneThatWasCommittedTo() throws SQLException {
        device("embarrassing");
        awaitAllUnderACheckpoint();
        var taken = AuditExport.of(api);
        var kept = taken.checkpoints().get(0);
        long before = AuditExport.size(kept);

        sql("delete from sp_audit_entry where realm_id = ? and leaf_index = " + (before - 1));
        sql("update sp_audit_entry set leaf_index = null where realm_id = ?");
        sql("delete from sp_audit_tile where realm_id = ?");
        sql("update sp_audit_tree set tree_size = 0 where realm_id = ?");
        device("harmless");
        awaitAllUnderACheckpoint();

        var anew = AuditExport.of(api);
        assertThat(anew.verify().status()).as("by its own checkpoint").isZero();
        var verdict = anew.against(kept).after(taken).verify();
        assertThat(verdict.status()).isEqualTo(1);
        assertThat(verdict.text())
                .contains("Entries are not those that the checkpoint of size " + before + " covers: one from 0 to "
                        + (before - 1) + " was altered, removed, inserted or moved, or the log was forked.")
                .contains("Entry " + firstThatDiffers(taken, anew) + " is not the one that ");
    }

    // NB. Not always the last one: entries of one moment may have come to their places in another order.
    private static int firstThatDiffers(AuditExport one, AuditExport other) {
        int place = 0;
        while (one.lines().get(place).equals(other.lines().get(place))) place++;
        return place;
    }

    @Test
    void entriesBeyondTheCheckpointAreNotSaidToBeIntact() {
        var earlier = AuditExport.checkpoint(api);
        long covered = AuditExport.size(earlier);
        for (int i = 0; i < 3; i++) device("device-" + i);
        awaitAllUnderACheckpoint();
        var export = AuditExport.of(api);

        var verdict = export.against(earlier).verify();

        assertThat(verdict.status()).isEqualTo(3);
        assertThat(verdict.text())
                .startsWith(covered + " of " + export.lines().size()
                        + " entries are under a checkpoint; nothing is proven of those from " + covered + " on. ")
                .doesNotContain("Intact");
    }

    @Test
    void checkpointOfALogThatGrewContinuesTheEarlierOne() {
        var earlier = AuditExport.checkpoint(api);
        for (int i = 0; i < 3; i++) device("device-" + i);
        awaitAllUnderACheckpoint();
        var export = AuditExport.of(api);

        assertThat(export.against(earlier, export.checkpoints().get(0)).verify().status())
                .isZero();
    }

    @Test
    void newKeySignsAndTheOldOneStillCounts() {
        var earlier = AuditExport.checkpoint(api);

        var keys = api.post("/audit/key", "").expect(200).text().lines().toList();
        awaitAllUnderACheckpoint();

        assertThat(keys).hasSize(2);
        var export = AuditExport.of(api);
        assertThat(export.against(earlier, export.checkpoints().get(0)).verify().status())
                .isZero();
        var onlyNew = new AuditExport(keys.get(0), List.of(earlier), export.lines(), List.of());
        assertThat(onlyNew.verify().status()).as("signed by the old key alone").isEqualTo(2);
        assertThat(export.entries())
                .anySatisfy(entry ->
                        assertThat(entry.path("subject").path("kind").asText()).isEqualTo("audit-key"));
    }

    @Test
    void privateKeyIsNeitherExportedNorInTheAudit() throws SQLException {
        String secret;
        try (var connection = cluster.node(1).jdbc();
                var query = connection.prepareStatement("select private_key from sp_audit_key where realm_id = ?")) {
            query.setString(1, realmId());
            try (var rows = query.executeQuery()) {
                assertThat(rows.next()).isTrue();
                secret = rows.getString(1);
            }
        }

        assertThat(String.join("", AuditExport.of(api).lines())).doesNotContain(secret);
        assertThat(guarded.realm()
                        .admin()
                        .partialExport(true, true)
                        .getAttributes()
                        .toString())
                .doesNotContain(secret);
    }

    @Test
    void whoMayNotReadTheLogGetsNothingOfIt() {
        var ann = api.as(guarded.wiki().tokens("ann", GuardedRealm.PASSWORD).accessToken());
        var viewer = api.as(guarded.tokenOf("viewer", "viewer-secret", "view"));
        var auditor = api.as(guarded.tokenOf("auditor", "auditor-secret", "audit"));
        for (var path : List.of(
                "/audit/checkpoint",
                "/audit/key",
                "/audit/entries",
                "/audit/proof/consistency?from=0&to=1",
                "/audit/proof/inclusion?leafIndex=0&treeSize=1")) {
            api.anonymously().get(path).expect(401);
            ann.get(path).expect(403);
            viewer.get(path).expect(403);
            auditor.get(path).expect(200);
        }
        viewer.get("/audit/entries", "application/jsonl").expect(403);
        api.anonymously().get("/audit/entries", "application/jsonl").expect(401);
        for (var caller : List.of(viewer, auditor))
            caller.post("/audit/key", "").expect(403);
        api.anonymously().post("/audit/key", "").expect(401);
    }

    @Test
    void repetitionsAreOneEntryThatIsCountedBeforeItHasItsPlace() throws SQLException {
        guarded.policy("closed", "enforced", "\"clients\":{\"include\":[\"wiki\"]}", "\"block\":true");
        for (int i = 0; i < 3; i++) {
            assertThat(guarded.wiki().login("ann", GuardedRealm.PASSWORD).page().status())
                    .isEqualTo(403);
        }

        // As if their minute were over.
        sql("update sp_audit_entry set entry_time = entry_time - 120000 where realm_id = ? and repeat_key is not null");

        await().untilAsserted(() -> assertThat(AuditExport.of(api).entries())
                .filteredOn(entry -> entry.path("type").asText().equals("access.denied"))
                .extracting(entry -> entry.path("details").path("count").asInt())
                .first()
                .isIn(1, 2, 3));
        assertThat(AuditExport.of(api).verify().status()).isZero();
        int counted = AuditExport.of(api).entries().stream()
                .filter(entry -> entry.path("type").asText().equals("access.denied"))
                .mapToInt(entry -> entry.path("details").path("count").asInt())
                .sum();
        assertThat(counted).isEqualTo(3);
    }

    private void device(String id) {
        api.post("/devices", "{\"id\":\"" + id + "\"}").expect(201);
    }

    private long size() {
        return AuditExport.size(AuditExport.checkpoint(api));
    }

    private List<JsonNode> list(String query) {
        return StreamSupport.stream(
                        api.get("/audit/entries?" + query).expect(200).json().spliterator(), false)
                .toList();
    }

    private static List<String> types(List<JsonNode> entries) {
        return entries.stream().map(entry -> entry.path("type").asText()).toList();
    }

    private List<String> export(String query) {
        return api.get("/audit/entries" + query, "application/jsonl")
                .expect(200)
                .text()
                .lines()
                .toList();
    }

    private void awaitAllUnderACheckpoint() {
        await().until(() -> {
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

    private void sql(String statement) throws SQLException {
        try (var connection = cluster.node(1).jdbc();
                var prepared = connection.prepareStatement(statement)) {
            prepared.setString(1, realmId());
            assertThat(prepared.executeUpdate()).isPositive();
        }
    }

    private String realmId() {
        return guarded.realm().admin().toRepresentation().getId();
    }

    private static byte[] root(String note) {
        return Base64.getDecoder().decode(note.lines().toList().get(2));
    }

    /** As RFC 9162, section 2.1.3.2, tells a client to. */
    private static byte[] rootByInclusion(byte[] leafHash, long leaf, long size, JsonNode hashes) {
        long fn = leaf;
        long sn = size - 1;
        var r = leafHash;
        for (var hash : hashes) {
            var p = Base64.getDecoder().decode(hash.asText());
            if (fn % 2 == 1 || fn == sn) {
                r = node(p, r);
                while (fn % 2 == 0 && fn != 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                r = node(r, p);
            }
            fn >>= 1;
            sn >>= 1;
        }
        return sn == 0 ? r : new byte[0];
    }

    private static byte[] node(byte[] left, byte[] right) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update((byte) 1);
            digest.update(left);
            return digest.digest(right);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
