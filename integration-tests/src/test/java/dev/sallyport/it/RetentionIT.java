package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.AuditExport;
import dev.sallyport.it.harness.KeycloakCluster;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.WebhookReceiver;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the record says can go, and what it proves stays: for its age, or since somebody is to be forgotten. */
@SallyportTest(
        nodes = 2,
        options = {
            "--spi-sallyport-audit--default--retention-grace=PT5S",
            "--spi-sallyport-outbound--default--allow=127.0.0.1/32"
        })
class RetentionIT {

    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final String TURNS_OF = "select count(*) from sp_elevation_turn where realm_id = ? and name like '%";

    private static KeycloakCluster cluster;

    private GuardedRealm guarded;
    private RestApi api;

    @BeforeAll
    static void keep(KeycloakCluster two) {
        cluster = two;
    }

    @BeforeEach
    void makeRealm() {
        guarded = GuardedRealm.on(cluster.node(1), r -> r.group("/leads")
                .clientRole("ledger-api", "db-admin")
                .user("bob", u -> u.password(GuardedRealm.PASSWORD).groups("/leads"))
                .client("desk", c -> c.publicClient().directGrants())
                .client("auditor", c -> c.serviceAccount("auditor-secret"))
                .client("manager", c -> c.serviceAccount("manager-secret")));
        SelfServiceIT.offerScope(guarded, "desk");
        api = guarded.realm().api();
        api.post("/privileges", """
                        {"name":"vault","displayName":"Vault","mode":"token","grants":{"clientRoles":{"ledger-api":["db-admin"]}},
                         "eligible":{"groups":["/finance"]},"approval":{"count":1,"approvers":{"groups":["/leads"]}},
                         "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H"}}""").expect(201);
    }

    @Test
    void everythingIsKeptForEverUnlessTheRealmSaysOtherwise() {
        assertThat(api.get("/audit/retention").expect(200).json().has("keep")).isFalse();

        var kept =
                api.put("/audit/retention", "{\"keep\":\"P400D\"}").expect(200).json();

        assertThat(kept.path("keep").asText()).isEqualTo("PT9600H");
        assertThat(kept.has("effective")).isTrue();
        assertThat(kept.path("prunedTo").asLong()).isZero();
        assertThat(guarded.audited("config.updated"))
                .anySatisfy(entry ->
                        assertThat(entry.path("subject").path("kind").asText()).isEqualTo("audit-retention"));
        var forEver = api.put("/audit/retention", "{}").expect(200).json();
        assertThat(forEver.has("keep") || forEver.has("effective")).isFalse();
    }

    @Test
    void lessIsKeptOnlyAfterAWhileInWhichSomebodyCanObject() {
        for (int i = 0; i < 2; i++) device("old-" + i);
        settled();
        api.put("/audit/retention", "{\"keep\":\"P400D\"}").expect(200);
        awaitEffect();
        older();

        var asked = Instant.now();
        var said = api.put("/audit/retention", "{\"keep\":\"P1D\"}").expect(200).json();
        // NB. Again, and a little less: what is not in effect yet is not what it is compared with.
        var less =
                api.put("/audit/retention", "{\"keep\":\"PT25H\"}").expect(200).json();

        var effective = Instant.parse(said.path("effective").asText());
        assertThat(effective)
                .isBetween(
                        asked.plus(GRACE).minusSeconds(1),
                        Instant.now().plus(GRACE).plusSeconds(1));
        assertThat(said.path("previous").asText()).isEqualTo("PT9600H");
        assertThat(less.path("previous").asText()).isEqualTo("PT9600H");
        assertThat(Instant.parse(less.path("effective").asText())).isAfterOrEqualTo(effective);
        assertThat(api.get("/findings?open=true").json())
                .filteredOn(finding -> finding.path("kind").asText().equals("retention-shortened"))
                .extracting(finding -> finding.at("/details/keep").asText())
                .containsExactlyInAnyOrder("PT9600H", "PT24H", "PT25H");
        await().atMost(PATIENCE)
                .until(() -> api.get("/audit/retention").json().path("prunedTo").asLong() > 0);
        settled();
        assertThat(guarded.audited("audit.pruned"))
                .extracting(entry -> Instant.parse(entry.path("time").asText()))
                .allMatch(time -> !time.isBefore(effective));
        assertThat(AuditExport.of(api).verify().text()).startsWith("Intact: ").contains("entries are kept for PT25H");
    }

    @Test
    void whatWasSaidCanBeTakenBackBeforeAnythingGoes() {
        for (int i = 0; i < 2; i++) device("old-" + i);
        settled();
        older();

        api.put("/audit/retention", "{\"keep\":\"P1D\"}").expect(200);
        api.put("/audit/retention", "{}").expect(200);
        api.put("/audit/retention", "{\"keep\":\"P400D\"}").expect(200);
        awaitEffect();
        awaitUpkeep();

        assertThat(api.get("/audit/retention").json().path("prunedTo").asLong()).isZero();
        assertThat(guarded.audited("audit.pruned")).isEmpty();
    }

    @Test
    void removalThatNobodySaidIsNoticed() throws SQLException {
        for (int i = 0; i < 2; i++) device("old-" + i);
        settled();
        older();
        api.put("/audit/retention", "{\"keep\":\"P400D\"}").expect(200);
        awaitEffect();

        sql("update sp_audit_retention set keep_for = 'PT24H' where realm_id = ?");
        await().atMost(PATIENCE)
                .until(() -> api.get("/audit/retention").json().path("prunedTo").asLong() > 0);
        settled();

        var verdict = AuditExport.of(api).verify();
        assertThat(verdict.status()).isOne();
        assertThat(verdict.text()).contains("are empty, and no entry says").contains("they are kept for PT9600H");
    }

    private void awaitEffect() {
        await().atMost(PATIENCE).until(() -> !api.get("/audit/retention").json().has("effective"));
    }

    /** Everything that has its place was written two days ago. */
    private void older() {
        try {
            sql("update sp_audit_entry set entry_time = entry_time - 172800000 where realm_id = ?");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"keep\":\"PT23H\"}",
                "{\"keep\":\"P40000D\"}",
                "{\"keep\":\"-P2D\"}",
                "{\"keep\":7}",
                "{\"days\":7}"
            })
    void whatWouldLetActsDisappearAtOnceIsRefused(String body) {
        api.put("/audit/retention", body).expect(400);
    }

    @Test
    void onlyWhoManagesTheRealmSaysHowLong() {
        var auditor = api.as(guarded.tokenOf("auditor", "auditor-secret", "audit"));

        auditor.get("/audit/retention").expect(200);
        auditor.put("/audit/retention", "{\"keep\":\"P2D\"}").expect(403);
        // NB. Behind the account of an application there may be anybody.
        var manager = api.as(guarded.tokenOf("manager", "manager-secret", "manage"));
        manager.put("/audit/retention", "{\"keep\":\"P2D\"}").expect(403);
        manager.post("/audit/erasures", "{\"user\":\"" + UUID.randomUUID() + "\"}")
                .expect(403);
        auditor.post("/audit/erasures", "{\"user\":\"" + UUID.randomUUID() + "\"}")
                .expect(403);
        api.anonymously().put("/audit/retention", "{\"keep\":\"P2D\"}").expect(401);
    }

    @Test
    void whatIsTooOldLosesItsTextAndTheLogStaysIntact() throws SQLException {
        for (int i = 0; i < 4; i++) device("old-" + i);
        settled();
        long old = size();
        device("new");
        settled();
        var hash = proof(1);
        var before = AuditExport.of(api);
        sql("update sp_audit_entry set entry_time = entry_time - 172800000 where realm_id = ? and leaf_index < " + old);

        api.put("/audit/retention", "{\"keep\":\"P1D\"}").expect(200);
        await().atMost(PATIENCE)
                .until(() -> api.get("/audit/retention").json().path("prunedTo").asLong() == old);
        settled();

        var export = AuditExport.of(api);
        for (int i = 0; i < old; i++)
            assertThat(export.entries().get(i).isNull()).isTrue();
        assertThat(export.entries().get((int) old).path("type").asText()).isEqualTo("device.enrolled");
        assertThat(guarded.audited("audit.pruned")).hasSize(1).allSatisfy(entry -> {
            assertThat(entry.path("details").path("from").asLong()).isZero();
            assertThat(entry.path("details").path("to").asLong()).isEqualTo(old);
            assertThat(entry.path("details").path("keep").asText()).isEqualTo("PT24H");
            assertThat(entry.at("/details/setBy/name").asText()).isEqualTo("admin");
            assertThat(entry.path("details").has("setAt")).isTrue();
        });
        var verdict = export.verify();
        assertThat(verdict.text())
                .startsWith("Intact: ")
                .contains("Of " + old + " of them only the hash is left")
                .contains("entries 0 to " + (old - 1) + " were pruned, since user admin");
        assertThat(proof(1)).isEqualTo(hash);
        // NB. The text says when it was written in truth, and who kept it sees that it went too early.
        assertThat(export.after(before).verify().text())
                .contains("Entry 0 of ")
                .contains("was pruned before its time.");

        sql("update sp_audit_entry set entry = null where realm_id = ? and leaf_index = " + old);
        assertThat(AuditExport.of(api).verify().text())
                .contains("Entry " + old + " is empty, and no entry says that it was pruned or erased.");
    }

    @Test
    void whatASinkDoesNotHaveYetStays() throws SQLException {
        for (int i = 0; i < 4; i++) device("old-" + i);
        settled();
        sinkThatHas(2);
        sql("update sp_audit_entry set entry_time = entry_time - 172800000 where realm_id = ?");

        api.put("/audit/retention", "{\"keep\":\"P1D\"}").expect(200);
        await().atMost(PATIENCE)
                .until(() -> api.get("/audit/retention").json().path("prunedTo").asLong() == 2);
        settled();
        assertThat(AuditExport.of(api).entries().get(2).isObject()).isTrue();

        sql("update sp_sink set enabled = false, disabled_at = " + System.currentTimeMillis() + " where realm_id = ?");
        sql("update sp_audit_retention set pruning_said_at = 0 where realm_id = ?");
        awaitUpkeep();
        assertThat(api.get("/audit/retention").json().path("prunedTo").asLong()).isEqualTo(2);
        assertThat(guarded.audited("audit.pruned")).hasSize(1);

        sql("update sp_sink set disabled_at = 0 where realm_id = ?");
        await().atMost(PATIENCE)
                .until(() -> api.get("/audit/retention").json().path("prunedTo").asLong() > 2);
    }

    /** A sink that has so many entries and gets no more. */
    private void sinkThatHas(int entries) throws SQLException {
        sql(
                "insert into sp_sink (sink_id, realm_id, enabled, opened_at, next_index, again, checkpoint_size, checkpoint_at,"
                        + " failures, refusals, next_try, lease_until) select '" + UUID.randomUUID()
                        + "', realm_id, true, 0, " + entries
                        + ", false, 0, 0, 0, 0, 9000000000000, 9000000000000 from sp_audit_tree where realm_id = ?");
    }

    /** Upkeep looks for what is too old before it looks for what is to be erased; one of its looks has begun before. */
    private void awaitUpkeep() {
        for (int i = 0; i < 2; i++) {
            done(api.post("/audit/erasures", "{\"user\":\"" + UUID.randomUUID() + "\"}")
                    .expect(202)
                    .json());
        }
    }

    private JsonNode proof(int leaf) {
        return api.get("/audit/proof/inclusion?leafIndex=" + leaf + "&treeSize=4")
                .expect(200)
                .json();
    }

    @Test
    void userWhoIsGoneIsForgottenAndTheLogStaysIntact() throws SQLException {
        var ann = guarded.realm().userId("ann");
        var bob = guarded.realm().userId("bob");
        var request = elevation();
        deviceOf("ann", "C02A");
        othersWroteAbout(ann);
        settled();
        var before = AuditExport.of(api);
        turnForFindingsAbout(ann);
        guarded.realm().admin().users().delete(ann).close();
        assertThat(count(TURNS_OF + ann + "'")).isZero();
        // NB. As a response to what was found takes it that was on its way.
        turnForFindingsAbout(ann);

        var begun = api.post("/audit/erasures", "{\"user\":\"" + ann + "\"}")
                .expect(202)
                .json();
        var pseudonym = begun.path("pseudonym").asText();
        done(begun);
        settled();

        var export = AuditExport.of(api);
        assertThat(String.join("\n", before.lines()))
                .contains(ann, "because of the quarter", "fine with me", "\"owner\":\"ann\"", "Laptop of Ann");
        assertThat(String.join("\n", export.lines()))
                .doesNotContain(ann, "because of the quarter", "fine with me", "\"ann\"", "Laptop of Ann")
                .contains(pseudonym, bob);
        assertThat(export.verify().text()).startsWith("Intact: ").contains("only the hash is left");
        for (var line : export.lines()) {
            var redacted = RestApi.parse(line).path("redacted");
            assertThat(redacted.has("salt") || redacted.has("ip")).isFalse();
            if (redacted.isObject())
                assertThat(RestApi.parse(line).path("entry").isNull()).isTrue();
        }
        var reported = row(api.get("/reports/elevations").json(), "id", request);
        assertThat(reported.path("requester").asText()).isEqualTo(pseudonym);
        assertThat(reported.has("justification")).isFalse();
        var vote = row(api.get("/reports/approvals").json(), "elevation", request);
        assertThat(vote.path("approver").asText()).isEqualTo("bob");
        assertThat(count("select count(*) from sp_device where realm_id = ? and owner_id = '" + pseudonym + "'"))
                .isOne();
        assertThat(vote.has("comment")).isFalse();
        assertThat(count("select count(*) from sp_elevation where realm_id = ? and review_comment is not null"))
                .isZero();
        assertThat(count("select count(*) from sp_finding where realm_id = ? and resolution is not null"))
                .isZero();
        assertThat(count(TURNS_OF + ann + "'")).isZero();
        assertThat(count("select count(*) from sp_erasure where realm_id = ? and user_id is not null"))
                .isZero();
        assertThat(guarded.audited("audit.erased")).isNotEmpty().allSatisfy(entry -> {
            assertThat(entry.path("actor").path("name").asText()).isEqualTo("admin");
            assertThat(entry.path("subject").path("id").asText()).isEqualTo(pseudonym);
        });
        assertThat(export.against(
                                before.checkpoints().get(0),
                                export.checkpoints().get(0))
                        .verify()
                        .status())
                .isZero();
        assertThat(export.against(before.checkpoints().get(0)).verify().text())
                .as("the record of it is under no checkpoint yet")
                .contains("That counts for nothing: it is under no checkpoint.");

        var approver = api.post("/audit/erasures", "{\"user\":\"" + bob + "\",\"force\":true}")
                .expect(202)
                .json();
        done(approver);
        settled();
        assertThat(approver.path("pseudonym").asText()).isNotEqualTo(pseudonym);
        assertThat(String.join("\n", AuditExport.of(api).lines())).doesNotContain(bob);
        assertThat(row(api.get("/reports/approvals").json(), "elevation", request)
                        .path("approver")
                        .asText())
                .isEqualTo(approver.path("pseudonym").asText());
        assertThat(AuditExport.of(api).verify().text()).startsWith("Intact: ");
        var again = api.post("/audit/erasures", "{\"user\":\"" + ann + "\"}")
                .expect(202)
                .json();
        assertThat(again.path("pseudonym").asText()).isEqualTo(pseudonym);
    }

    private void othersWroteAbout(String user) throws SQLException {
        sql("update sp_elevation set review_comment = 'so she said' where realm_id = ?");
        sql("insert into sp_finding (id, realm_id, kind, user_id, details, raised_at, resolved_at, resolution) select '"
                + UUID.randomUUID() + "', realm_id, 'emergency', '" + user
                + "', '{}', 0, 1, 'so she said' from sp_audit_tree where realm_id = ?");
    }

    private void turnForFindingsAbout(String user) throws SQLException {
        sql("insert into sp_elevation_turn (realm_id, name) select realm_id, 'findings " + user
                + "' from sp_audit_tree where realm_id = ?");
    }

    @Test
    void whoOnlyEverHadADeviceIsForgottenAsItsOwner() {
        var bob = guarded.realm().userId("bob");
        deviceOf("bob", "C02B");
        device("shared");
        api.put("/devices/C02B", "{\"displayName\":\"Laptop of Ann\",\"owner\":\"ann\"}")
                .expect(200);
        settled();
        guarded.realm().admin().users().delete(bob).close();

        done(api.post("/audit/erasures", "{\"user\":\"" + bob + "\"}")
                .expect(202)
                .json());
        settled();

        var export = AuditExport.of(api);
        assertThat(String.join("\n", export.lines()))
                .doesNotContain(bob, "\"bob\"")
                .contains("\"shared\"");
        assertThat(export.verify().text()).startsWith("Intact: ");
    }

    @Test
    void entryThatSomebodyEmptiedByHandIsNotCoveredByAnErasureAroundIt() throws SQLException {
        var ann = guarded.realm().userId("ann");
        elevation();
        device("between");
        settled();
        var between = size() - 1;
        elevation();
        settled();
        guarded.realm().admin().users().delete(ann).close();
        done(api.post("/audit/erasures", "{\"user\":\"" + ann + "\"}")
                .expect(202)
                .json());
        settled();
        assertThat(AuditExport.of(api).verify().status()).isZero();

        sql("update sp_audit_entry set entry = null where realm_id = ? and leaf_index = " + between);

        assertThat(AuditExport.of(api).verify().text()).contains("Entry " + between + " is empty");
    }

    @Test
    void nobodyHidesATrailThatIsStillBeingMade() {
        var ann = guarded.realm().userId("ann");
        var body = "{\"user\":\"" + ann + "\"}";

        assertThat(api.post("/audit/erasures", body).expect(409).text()).contains("still there");
        ask("open");
        assertThat(api.post("/audit/erasures", "{\"user\":\"" + ann + "\",\"force\":true}")
                        .expect(409)
                        .text())
                .contains("is not over");
        api.post("/audit/erasures", "{\"user\":\"a\"}").expect(400);
        api.post("/audit/erasures", "{}").expect(400);
        api.get("/audit/erasures/" + UUID.randomUUID()).expect(404);
        var manager = api.as(guarded.tokenOf("manager", "manager-secret", "manage"));
        var client = guarded.realm()
                .admin()
                .clients()
                .findByClientId("manager")
                .get(0)
                .getId();
        var itself = guarded.realm()
                .admin()
                .clients()
                .get(client)
                .getServiceAccountUser()
                .getId();
        manager.post("/audit/erasures", "{\"user\":\"" + itself + "\",\"force\":true}")
                .expect(403);
        assertThat(guarded.audited("audit.erased")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\\"%s",
                "id\\\":\\\"%s",
                "%s\\\",\\\"kind\\\":\\\"user\\\"",
                "%s ",
                "type\\\":\\\"audit.pruned\\\",\\\"actor\\\":{\\\"id\\\""
            })
    void pieceOfAnEntryIsNoUser(String piece) {
        var body = "{\"user\":\"" + piece.formatted(guarded.realm().userId("ann")) + "\",\"force\":true}";

        api.post("/audit/erasures", body).expect(400);
    }

    @Test
    void idOfSomethingElseTakesNothingOut() {
        var request = elevation();
        manages(guarded.realm().userId("bob"));
        var finding = api.get("/findings?open=true").json().get(0).path("id").asText();
        settled();

        for (var id : List.of(request, finding)) {
            done(api.post("/audit/erasures", "{\"user\":\"" + id + "\"}")
                    .expect(202)
                    .json());
        }

        assertThat(String.join("\n", AuditExport.of(api).lines())).contains("because of the quarter", request, finding);
        assertThat(guarded.audited("audit.erased")).hasSize(2).allSatisfy(entry -> assertThat(
                        entry.at("/details/entries").asLong())
                .isZero());
    }

    @Test
    void whoHadSomebodyErasedCannotBeErasedFromTheReason() throws SQLException {
        var ann = guarded.realm().userId("ann");
        var bob = guarded.realm().userId("bob");
        elevation();
        settled();
        guarded.realm().admin().users().delete(ann).close();
        manages(bob);
        var token = guarded.realm()
                .oidc("admin-cli")
                .token(Map.of("grant_type", "password", "username", "bob", "password", GuardedRealm.PASSWORD))
                .accessToken();
        api.as(token)
                .post("/audit/erasures", "{\"user\":\"" + bob + "\",\"force\":true}")
                .expect(403);
        counted();
        done(api.as(token)
                .post("/audit/erasures", "{\"user\":\"" + ann + "\"}")
                .expect(202)
                .json());
        guarded.realm().admin().users().get(bob).logout();
        settled();

        var body = "{\"user\":\"" + bob + "\",\"force\":true}";
        // NB. That bob was made an administrator is something to look at first.
        api.post("/audit/erasures", body).expect(409);
        counted();
        for (var finding : api.get("/findings?open=true").json()) {
            api.post("/findings/" + finding.path("id").asText() + "/resolve", "{}")
                    .expect(200);
        }
        done(api.post("/audit/erasures", body).expect(202).json());
        settled();

        assertThat(AuditExport.of(api).verify().text()).startsWith("Intact: ").contains("erased by user bob (" + bob);
        assertThat(guarded.audited("audit.erased"))
                .anySatisfy(
                        entry -> assertThat(entry.at("/actor/name").asText()).isEqualTo("bob"));
    }

    private void manages(String user) {
        var clients = guarded.realm().admin().clients();
        var sallyport = clients.findByClientId("sallyport").get(0).getId();
        guarded.realm()
                .admin()
                .users()
                .get(user)
                .roles()
                .clientLevel(sallyport)
                .add(List.of(clients.get(sallyport).roles().get("manage").toRepresentation()));
    }

    @Test
    void erasureWaitsForSinks() throws SQLException {
        var ann = guarded.realm().userId("ann");
        elevation();
        settled();
        sinkThatHas(0);
        guarded.realm().admin().users().delete(ann).close();

        var begun = api.post("/audit/erasures", "{\"user\":\"" + ann + "\"}")
                .expect(202)
                .json();
        await().atMost(PATIENCE).until(() -> phase().equals("placing"));
        awaitUpkeep();
        assertThat(String.join("\n", AuditExport.of(api).lines())).contains("because of the quarter");

        sql("update sp_sink set enabled = false where realm_id = ?");
        done(begun);
        assertThat(String.join("\n", AuditExport.of(api).lines())).doesNotContain("because of the quarter");
    }

    @Test
    void erasureDoesNotWaitForASinkForEver() throws SQLException {
        var ann = guarded.realm().userId("ann");
        elevation();
        settled();
        sinkThatHas(0);
        guarded.realm().admin().users().delete(ann).close();
        var begun = api.post("/audit/erasures", "{\"user\":\"" + ann + "\"}")
                .expect(202)
                .json();
        await().atMost(PATIENCE).until(() -> phase().equals("placing"));

        sql("update sp_erasure set requested_at = requested_at - 604800000 where realm_id = ?");
        done(begun);

        settled();
        assertThat(guarded.audited("audit.erased"))
                .anySatisfy(entry ->
                        assertThat(entry.at("/details/sinksBehind").asLong()).isOne());
    }

    @Test
    void sinkThatWasSwitchedOffIsWaitedForAWhile() throws SQLException {
        try (var receiver = WebhookReceiver.start()) {
            var sink = "{\"name\":\"soc\",\"type\":\"webhook\",\"url\":\"" + receiver.url()
                    + "\",\"format\":\"ocsf\",\"enabled\":%s}";
            api.post("/sinks", sink.formatted(true)).expect(201);
            assertThat(disabled()).isZero();

            api.put("/sinks/soc", sink.formatted(false)).expect(200);
            assertThat(disabled()).isOne();

            api.put("/sinks/soc", sink.formatted(true)).expect(200);
            assertThat(disabled()).isZero();
        }
    }

    private long disabled() throws SQLException {
        return count("select count(*) from sp_sink where realm_id = ? and disabled_at > "
                + Instant.now().minusSeconds(600).toEpochMilli());
    }

    @Test
    void moreErasuresThanALogCanBearAreRefused() throws SQLException {
        elevation();
        settled();
        sinkThatHas(0);
        for (int i = 0; i < 20; i++) {
            sql(
                    "insert into sp_erasure (id, realm_id, user_id, pseudonym, requested_by, requested_at, phase, reached, limit_at,"
                            + " entries) select '" + UUID.randomUUID() + "', realm_id, '" + UUID.randomUUID()
                            + "', 'held', '{}', "
                            + System.currentTimeMillis()
                            + ", 'placing', 0, 1, 0 from sp_audit_tree where realm_id = ?");
        }
        var ann = guarded.realm().userId("ann");
        guarded.realm().admin().users().delete(ann).close();

        assertThat(api.post("/audit/erasures", "{\"user\":\"" + ann + "\"}")
                        .expect(409)
                        .text())
                .contains("As many erasures");
        sql("delete from sp_erasure where pseudonym = 'held' and realm_id = ?");
        api.post("/audit/erasures", "{\"user\":\"" + ann + "\"}").expect(202);
    }

    private String phase() throws SQLException {
        try (var connection = cluster.node(1).jdbc();
                var prepared = connection.prepareStatement(
                        "select phase from sp_erasure where realm_id = ? order by requested_at")) {
            prepared.setString(1, realmId());
            try (var rows = prepared.executeQuery()) {
                rows.next();
                return rows.getString(1);
            }
        }
    }

    @Test
    void otherRealmForgetsNobodyOfThisOne() {
        var ann = guarded.realm().userId("ann");
        elevation();
        settled();
        var other = GuardedRealm.on(cluster.node(2));

        var begun = other.realm()
                .api()
                .post("/audit/erasures", "{\"user\":\"" + ann + "\"}")
                .expect(202)
                .json();
        await().atMost(PATIENCE).until(() -> status(other.realm().api(), begun).equals("done"));

        api.get("/audit/erasures/" + begun.path("id").asText()).expect(404);
        assertThat(String.join("\n", AuditExport.of(api).lines())).contains(ann, "because of the quarter");
    }

    private String elevation() {
        var ann = as("ann");
        var id = ask("because of the quarter");
        as("bob")
                .post("/elevations/" + id + "/approve", "{\"comment\":\"fine with me\"}")
                .expect(200);
        ann.post("/elevations/" + id + "/end", "{}").expect(200);
        return id;
    }

    private String ask(String why) {
        return as("ann")
                .post("/elevations", "{\"privilege\":\"vault\",\"justification\":\"" + why + "\"}")
                .expect(201)
                .json()
                .path("id")
                .asText();
    }

    private RestApi as(String user) {
        var token = guarded.realm()
                .oidc("desk")
                .token(Map.of(
                        "grant_type",
                        "password",
                        "username",
                        user,
                        "password",
                        GuardedRealm.PASSWORD,
                        "scope",
                        "openid sallyport"))
                .accessToken();
        return guarded.realm().server().selfService(guarded.realm().name(), token);
    }

    private void done(JsonNode begun) {
        await().atMost(PATIENCE).until(() -> status(api, begun).equals("done"));
    }

    private static String status(RestApi api, JsonNode begun) {
        return api.get("/audit/erasures/" + begun.path("id").asText())
                .expect(200)
                .json()
                .path("status")
                .asText();
    }

    private void device(String id) {
        api.post("/devices", "{\"id\":\"" + id + "\"}").expect(201);
    }

    private void deviceOf(String owner, String id) {
        api.post("/devices", "{\"id\":\"" + id + "\",\"owner\":\"" + owner + "\",\"displayName\":\"Laptop of Ann\"}")
                .expect(201);
    }

    private long size() {
        return AuditExport.size(AuditExport.checkpoint(api));
    }

    private void settled() {
        await().atMost(PATIENCE)
                .until(() -> count("select count(*) from sp_audit_entry where realm_id = ? and leaf_index is null"
                                + " and repeat_key is null")
                        == 0);
    }

    /** Refusals are over that would be counted for another while before they have their place. */
    private void counted() throws SQLException {
        sql("update sp_audit_entry set entry_time = entry_time - 60000 where realm_id = ? and repeat_key is not null");
    }

    private long count(String query) throws SQLException {
        try (var connection = cluster.node(1).jdbc();
                var prepared = connection.prepareStatement(query)) {
            prepared.setString(1, realmId());
            try (var rows = prepared.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
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

    private static JsonNode row(JsonNode report, String column, String value) {
        for (var row : report.path("rows")) {
            if (row.path(column).asText().equals(value)) return row;
        }
        throw new AssertionError("no row of " + value + " in " + List.of(report));
    }
}
