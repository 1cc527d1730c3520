package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import java.io.IOException;
import java.io.StringReader;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** Auditors read who asked for what, who decided, and who may have it: ann of /finance asks, bob of /leads decides. */
@SallyportTest(postgres = true)
class ReportsIT {

    private static final String HOSTILE = "=HYPERLINK(1) <script>alert(1)</script>, \"x\"";

    private static GuardedRealm guarded;
    private static RestApi api;
    private static RestApi ann;
    private static RestApi bob;
    private static String approved;
    private static String emergency;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server, r -> r.group("/leads")
                .clientRole("ledger-api", "db-admin")
                .user("bob", u -> u.password(GuardedRealm.PASSWORD).groups("/leads"))
                .user("carol", u -> u.password(GuardedRealm.PASSWORD)
                        .totp(GuardedRealm.OTP_SECRET)
                        .clientRoles("ledger-api", "db-admin"))
                .client("desk", c -> c.publicClient().directGrants())
                .client("auditor", c -> c.serviceAccount("auditor-secret"))
                .client("viewer", c -> c.serviceAccount("viewer-secret")));
        SelfServiceIT.offerScope(guarded, "desk");
        api = guarded.realm().api();
        ann = as("ann");
        bob = as("bob");
        privilege("reported", ",'approval':{'count':1,'approvers':{'groups':['/leads']}}");
        privilege("unused", "");
        approved =
                asked("{\"privilege\":\"reported\",\"justification\":" + quoted(HOSTILE) + ",\"ticket\":\"@CHG-1\"}");
        bob.post("/elevations/" + approved + "/approve", "{\"comment\":" + quoted("+1 " + HOSTILE) + "}")
                .expect(200);
        ann.post("/elevations/" + approved + "/end", "{}").expect(200);
        privilege(
                "alarm",
                ",'approval':{'count':1,'approvers':{'groups':['/leads']}},"
                        + "'emergency':{'eligible':{'groups':['/finance']},'maxDuration':'PT30M','perDay':2,"
                        + "'officers':{'groups':['/leads']}}");
        emergency = asked("{\"privilege\":\"alarm\",\"emergency\":true,\"justification\":\"fire\"}");
    }

    private static RestApi as(String user) {
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

    private static String quoted(String text) {
        return "\"" + text.replace("\"", "\\\"") + "\"";
    }

    private static void privilege(String name, String more) {
        api.post("/privileges", """
                        {'name':'%s','displayName':'Ledger','mode':'token','grants':{'clientRoles':{'ledger-api':['db-admin']}},
                         'eligible':{'groups':['/finance']},
                         'activation':{'maxDuration':'PT4H','defaultDuration':'PT1H','acr':'1'}%s}""".formatted(name, more).replace('\'', '"')).expect(201);
    }

    private static String asked(String body) {
        return ann.post("/elevations", body).expect(201).json().path("id").asText();
    }

    @Test
    void everyRequestIsReportedWithWhoApprovedItAndHowItEnded() {
        var row = row(report("elevations"), "id", approved);

        assertThat(row.path("privilege").asText()).isEqualTo("reported");
        assertThat(row.path("requester").asText()).isEqualTo("ann");
        assertThat(row.path("status").asText()).isEqualTo("ended");
        assertThat(row.path("endedBy").asText()).isEqualTo("user");
        assertThat(row.path("emergency").isBoolean()).isTrue();
        assertThat(row.path("justification").asText()).isEqualTo(HOSTILE);
        assertThat(row.path("ticket").asText()).isEqualTo("@CHG-1");
        assertThat(row.path("approvers")).hasSize(1);
        assertThat(row.path("approvers").path(0).asText()).isEqualTo("bob");
        for (var time : List.of("requestedAt", "decidedAt", "start", "end")) {
            assertThat(Instant.parse(row.path(time).asText())).isBeforeOrEqualTo(Instant.now());
        }
    }

    @Test
    void everyVoteIsReportedWithWhoGaveIt() {
        var row = row(report("approvals"), "elevation", approved);

        assertThat(row.path("approver").asText()).isEqualTo("bob");
        assertThat(row.path("requester").asText()).isEqualTo("ann");
        assertThat(row.path("decision").asText()).isEqualTo("approved");
        assertThat(row.path("comment").asText()).isEqualTo("+1 " + HOSTILE);
        assertThat(row.has("onBehalfOf")).isFalse();
        Instant.parse(row.path("at").asText());
    }

    @Test
    void emergencyIsUnreviewedUntilASecondPersonLookedAtIt() {
        var before = row(report("emergency"), "id", emergency);
        assertThat(before.path("review").asText()).isEqualTo("unreviewed");
        assertThat(before.has("reviewer")).isFalse();

        bob.post("/emergency-reviews/" + emergency, "{\"outcome\":\"justified\",\"comment\":\"there was fire\"}")
                .expect(200);

        var after = row(report("emergency"), "id", emergency);
        assertThat(after.path("review").asText()).isEqualTo("justified");
        assertThat(after.path("reviewer").asText()).isEqualTo("bob");
        assertThat(after.path("reviewComment").asText()).isEqualTo("there was fire");
        assertThat(report("emergency").path("rows").findValuesAsText("id")).doesNotContain(approved);
    }

    @Test
    void whatSomebodyMayHaveAndDidNotUseIsDormant() {
        var rows = report("dormant-privileges").path("rows");

        assertThat(rows)
                .extracting(row -> text(row, "user", "held", "name", "known"))
                .contains("ann eligible unused never", "carol standing ledger-api.db-admin unknown")
                .doesNotContain("ann eligible reported never", "ann eligible reported not-in-this-time");
        var earlier = LocalDate.now(ZoneOffset.UTC).minusDays(2);
        assertThat(api.get("/reports/dormant-privileges?to=" + earlier)
                        .expect(200)
                        .json()
                        .path("rows"))
                .extracting(row -> text(row, "user", "held", "name", "known"))
                .contains("ann eligible reported never");
    }

    @Test
    void credentialsOfWhoMayHavePrivilegeAreReported() {
        var rows = report("privileged-accounts").path("rows");

        assertThat(rows)
                .extracting(row -> text(row, "user", "credential", "secondFactor"))
                .contains("ann password false", "carol password true", "carol otp true")
                .noneMatch(row -> row.startsWith("bob ") || row.startsWith("ben "));
        var anns = row(report("privileged-accounts"), "user", "ann");
        assertThat(anns.path("eligible").toString()).contains("reported", "unused");
        assertThat(anns.path("ageDays").asInt(-1)).isZero();
        assertThat(Instant.parse(anns.path("createdAt").asText())).isBeforeOrEqualTo(Instant.now());
        assertThat(row(report("privileged-accounts"), "user", "carol")
                        .path("roles")
                        .toString())
                .contains("ledger-api.db-admin");
    }

    @Test
    void credentialsThatWereGivenWereUsedThenAndNoOthers() {
        var before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        assertThat(lastUsed("carol", "password")).isEmpty();
        assertThat(lastUsed("carol", "otp")).isEmpty();

        guarded.ledger().tokens("carol", GuardedRealm.PASSWORD);

        assertThat(lastUsed("carol", "password").orElseThrow()).isBetween(before, Instant.now());
        assertThat(lastUsed("carol", "otp")).isEmpty();

        var ledger = guarded.ledger();
        var page = ledger.login("carol", GuardedRealm.PASSWORD, Map.of("acr_values", "2"))
                .page();
        ledger.submitOtp(page, GuardedRealm.OTP_SECRET).code();

        assertThat(lastUsed("carol", "otp").orElseThrow()).isBetween(before, Instant.now());
    }

    private static Optional<Instant> lastUsed(String user, String kind) {
        return StreamSupport.stream(report("privileged-accounts").path("rows").spliterator(), false)
                .filter(row -> row.path("user").asText().equals(user)
                        && row.path("credential").asText().equals(kind))
                .findFirst()
                .orElseThrow()
                .findValuesAsText("lastUsed")
                .stream()
                .map(Instant::parse)
                .findFirst();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "standing-privileges",
                "elevations",
                "approvals",
                "emergency",
                "dormant-privileges",
                "policy-impact",
                "privileged-accounts"
            })
    void everyReportSaysWhenAndForWhichTreeItWasMadeInEveryForm(String name) {
        var treeSize = api.get("/audit/checkpoint", "text/plain").text().lines().toList();

        var json = report(name);
        var csv = api.get("/reports/" + name + "?format=csv", "text/csv").expect(200);
        var html = api.get("/reports/" + name + "?format=html", "text/html").expect(200);

        assertThat(json.path("report").asText()).isEqualTo(name);
        assertThat(json.path("realm").asText()).isEqualTo(guarded.realm().name());
        assertThat(Instant.parse(json.path("madeAt").asText()))
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
        assertThat(json.path("audit").path("origin").asText()).isEqualTo(treeSize.get(0));
        assertThat(json.path("audit").path("treeSize").asLong())
                .isGreaterThanOrEqualTo(Long.parseLong(treeSize.get(1)));
        assertThat(json.path("audit").path("rootHash").asText()).hasSize(44);
        assertThat(json.path("rows").isArray()).isTrue();
        assertThat(csv.header("Content-Type")).startsWith("text/csv");
        assertThat(csv.header("Content-Disposition")).contains("attachment", name + "-");
        assertThat(csv.text().lines().findFirst().orElseThrow()).endsWith(",treeSize,madeAt");
        var page = Jsoup.parse(html.text());
        assertThat(page.selectFirst("dl").text())
                .contains(treeSize.get(0))
                .contains(guarded.realm().name());
        assertThat(page.selectFirst("table > caption").text()).isNotBlank().doesNotContain("sallyport.");
        assertThat(page.select("th[scope=col]").eachText()).isNotEmpty().noneMatch(text -> text.contains("sallyport."));
        assertThat(page.select("tbody tr"))
                .hasSize(page.select("tbody th[scope=row]").size());
        assertThat(html.header("Content-Security-Policy"))
                .contains("default-src 'none'", "sandbox")
                .doesNotContain("unsafe");
        assertThat(html.headers().allValues("Content-Security-Policy")).hasSize(1);
        assertThat(html.header("X-Content-Type-Options")).isEqualTo("nosniff");
        for (var each : List.of(csv, html))
            assertThat(each.header("Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void whatPeopleTypedIsTextInASpreadsheetAndOnAPage() {
        var csv = api.get("/reports/elevations?format=csv", "text/csv")
                .expect(200)
                .text();
        var html = api.get("/reports/elevations?format=html", "text/html")
                .expect(200)
                .text();

        assertThat(cells(csv)).contains("'" + HOSTILE, "'@CHG-1").doesNotContain(HOSTILE, "@CHG-1");
        assertThat(cells(api.get("/reports/approvals?format=csv", "text/csv").text()))
                .contains("'+1 " + HOSTILE);
        var page = Jsoup.parse(html);
        assertThat(page.select("script, link, img, a, form")).isEmpty();
        assertThat(page.select("td").eachText()).contains(HOSTILE);
    }

    private static List<String> cells(String csv) {
        var cells = new ArrayList<String>();
        try (var parsed = CSVParser.parse(new StringReader(csv), CSVFormat.RFC4180)) {
            parsed.forEach(record -> record.forEach(cells::add));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return cells;
    }

    @Test
    void pagesFollowEachOtherWithoutARowLostOrTwice(KeycloakServer server) throws Exception {
        var other = GuardedRealm.on(server);
        try (var connection = server.jdbc();
                var insert = connection.prepareStatement(
                        "insert into SP_ELEVATION (ID, REALM_ID, PRIVILEGE, REQUESTER_ID, STATUS, EMERGENCY, REQUESTED_AT,"
                                + " DURATION_MILLIS, EXPIRES_AT, BOUND_TO, BY_ITSELF, SLOT, VERSION)"
                                + " values (?, ?, 'many', 'gone', 'denied', false, ?, 1000, ?, 'user', true, ?, 0)")) {
            var realmId = other.realm().admin().toRepresentation().getId();
            long now = System.currentTimeMillis();
            for (int i = 0; i < 1_203; i++) {
                var id = UUID.randomUUID().toString();
                insert.setString(1, id);
                insert.setString(2, realmId);
                // NB. Many of one moment, so that pages end among them.
                insert.setLong(3, now - i / 400);
                insert.setLong(4, now);
                insert.setString(5, id);
                insert.addBatch();
            }
            insert.executeBatch();
        }

        var ids = other.realm()
                .api()
                .get("/reports/elevations")
                .expect(200)
                .json()
                .path("rows")
                .findValuesAsText("id");

        assertThat(ids).hasSize(1_203).doesNotHaveDuplicates();
        assertThat(report("elevations").path("rows").findValuesAsText("privilege"))
                .doesNotContain("many");
    }

    @ParameterizedTest
    @ValueSource(strings = {"elevations", "approvals", "emergency", "dormant-privileges", "privileged-accounts"})
    void reportIsOfItsRealmOnly(String name, KeycloakServer server) {
        assertThat(report(name).path("rows")).isNotEmpty();

        var other = GuardedRealm.on(server).realm().api();

        assertThat(other.get("/reports/" + name).expect(200).json().path("rows"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"elevations", "approvals", "emergency"})
    void reportIsOfItsDaysOnly(String name) {
        var today = LocalDate.now(ZoneOffset.UTC);

        // NB. The day may change meanwhile.
        assertThat(between(name, today.minusDays(1), today.plusDays(1))).isNotEmpty();
        assertThat(between(name, today.minusDays(9), today.minusDays(2))).isEmpty();
        assertThat(between(name, today.plusDays(2), today.plusDays(9))).isEmpty();
    }

    private static JsonNode between(String name, LocalDate from, LocalDate to) {
        return api.get("/reports/%s?from=%s&to=%s".formatted(name, from, to))
                .expect(200)
                .json()
                .path("rows");
    }

    @Test
    void whoDeniedIsNoApprover() {
        var denied = asked("{\"privilege\":\"reported\",\"justification\":\"once more\"}");
        bob.post("/elevations/" + denied + "/deny", "{\"comment\":\"not today\"}")
                .expect(200);

        var row = row(report("elevations"), "id", denied);

        assertThat(row.path("status").asText()).isEqualTo("denied");
        assertThat(row.path("approvers")).isEmpty();
        assertThat(row(report("approvals"), "elevation", denied)
                        .path("decision")
                        .asText())
                .isEqualTo("denied");
    }

    @Test
    void everybodyWhoHoldsARoleForGoodIsReportedOnceHoweverManyTheyAre(KeycloakServer server) throws Exception {
        var other = GuardedRealm.on(server, r -> r.group("/keepers").role("keeper"));
        var admin = other.realm().admin();
        var keeper = admin.roles().get("keeper").toRepresentation();
        var group = admin.getGroupByPath("/keepers").getId();
        admin.groups().group(group).roles().realmLevel().add(List.of(keeper));
        other.realm().api().post("/privileges", """
                        {"name":"keeping","displayName":"Keeping","mode":"token","grants":{"realmRoles":["keeper"]},
                         "eligible":{"users":["ann"]},
                         "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H"}}""").expect(201);
        var realmId = admin.toRepresentation().getId();
        // NB. In the group as many as there are in a page.
        people(server, realmId, "member-", 500, "USER_GROUP_MEMBERSHIP (GROUP_ID, USER_ID, MEMBERSHIP_TYPE)", group);
        people(server, realmId, "holder-", 703, "USER_ROLE_MAPPING (ROLE_ID, USER_ID)", keeper.getId());
        var path = "/reports/standing-privileges";
        var api = other.realm().api();

        var rows = api.get(path).expect(200).json().path("rows");
        var csv = api.get(path + "?format=csv", "text/csv").expect(200).text();
        var html = api.get(path + "?format=html", "text/html").expect(200).text();

        assertThat(rows)
                .filteredOn(row -> row.path("role").asText().equals("keeper"))
                .extracting(row ->
                        row.path("user").asText() + " " + row.path("group").asText())
                .hasSize(1_203)
                .doesNotHaveDuplicates()
                .contains("member-0 /keepers", "member-499 /keepers", "holder-0 ", "holder-702 ");
        assertThat(csv.lines().filter(line -> line.contains(",keeper,"))).hasSize(1_203);
        assertThat(Jsoup.parse(html).select("tbody th[scope=row]").eachText())
                .filteredOn(user -> user.startsWith("member-") || user.startsWith("holder-"))
                .hasSize(1_203);
    }

    private static void people(KeycloakServer server, String realmId, String name, int count, String into, String what)
            throws SQLException {
        var type = into.contains("MEMBERSHIP_TYPE") ? ", 'UNMANAGED'" : "";
        try (var connection = server.jdbc();
                var user = connection.prepareStatement(
                        "insert into USER_ENTITY (ID, USERNAME, REALM_ID, ENABLED, EMAIL_VERIFIED, EMAIL_CONSTRAINT,"
                                + " CREATED_TIMESTAMP, NOT_BEFORE) values (?, ?, ?, true, false, ?, 0, 0)");
                var held = connection.prepareStatement("insert into " + into + " values (?, ?" + type + ")")) {
            for (int i = 0; i < count; i++) {
                var id = UUID.randomUUID().toString();
                user.setString(1, id);
                user.setString(2, name + i);
                user.setString(3, realmId);
                user.setString(4, id);
                user.addBatch();
                held.setString(1, what);
                held.setString(2, id);
                held.addBatch();
            }
            user.executeBatch();
            held.executeBatch();
        }
    }

    @Test
    void userWhoIsGoneIsReportedByTheirId() {
        guarded.realm().admin().users().create(user("dave")).close();
        var id = guarded.realm().userId("dave");
        guarded.realm()
                .admin()
                .users()
                .get(id)
                .joinGroup(guarded.realm().admin().getGroupByPath("/finance").getId());
        await().until(() -> report("dormant-privileges")
                .path("rows")
                .findValuesAsText("user")
                .contains("dave"));
        var dave = as("dave");
        var request = dave.post("/elevations", "{\"privilege\":\"reported\"}")
                .expect(201)
                .json()
                .path("id")
                .asText();

        guarded.realm().admin().users().delete(id).close();

        assertThat(row(report("elevations"), "id", request).path("requester").asText())
                .isEqualTo(id);
        assertThat(report("dormant-privileges").path("rows").findValuesAsText("user"))
                .doesNotContain("dave");
    }

    static UserRepresentation user(String name) {
        var user = new UserRepresentation();
        user.setUsername(name);
        user.setEnabled(true);
        user.setEmail(name + "@example.com");
        user.setFirstName(name);
        user.setLastName("Example");
        var credential = new CredentialRepresentation();
        credential.setType("password");
        credential.setValue(GuardedRealm.PASSWORD);
        user.setCredentials(List.of(credential));
        return user;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "standing-privileges",
                "elevations",
                "approvals",
                "emergency",
                "dormant-privileges",
                "policy-impact",
                "privileged-accounts"
            })
    void reportsAreForAuditors(String name) {
        var path = "/reports/" + name;

        api.as(guarded.tokenOf("auditor", "auditor-secret", "audit")).get(path).expect(200);
        api.as(guarded.tokenOf("viewer", "viewer-secret", "view")).get(path).expect(403);
        api.anonymously().get(path).expect(401);
        assertThat(api.get(path + "?format=xml").expect(400).json().path("path").asText())
                .isEqualTo("format");
    }

    @Test
    void malformedTimeIsRefusedByName() {
        assertThat(api.get("/reports/elevations?from=yesterday")
                        .expect(400)
                        .json()
                        .path("path")
                        .asText())
                .isEqualTo("from");
        assertThat(api.get("/reports/approvals?from=2020-01-01&to=2026-01-01")
                        .expect(400)
                        .json()
                        .path("path")
                        .asText())
                .isEqualTo("from");
        api.get("/reports/none").expect(404);
    }

    private static JsonNode report(String name) {
        return api.get("/reports/" + name).expect(200).json();
    }

    private static JsonNode row(JsonNode report, String column, String value) {
        for (var row : report.path("rows")) {
            if (row.path(column).asText().equals(value)) return row;
        }
        throw new AssertionError("no row of " + value + " in " + report);
    }

    private static String text(JsonNode row, String... columns) {
        return String.join(
                " ",
                Arrays.stream(columns).map(column -> row.path(column).asText()).toList());
    }
}
