package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.KeycloakCluster;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** People lose what a reviewer does not let them keep: bob and carol of /leads review, ann of /finance and others have. */
@SallyportTest(nodes = 2)
class ReviewsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

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
                .user("carol", u -> u.password(GuardedRealm.PASSWORD).groups("/leads"))
                .user("dave", u -> u.password(GuardedRealm.PASSWORD).clientRoles("ledger-api", "db-admin"))
                .user("erin", u -> u.password(GuardedRealm.PASSWORD).groups("/finance/audit"))
                .client("desk", c -> c.publicClient().directGrants())
                .client("game", c -> c.publicClient().directGrants())
                .client("manager", c -> c.serviceAccount("manager-secret"))
                .client("auditor", c -> c.serviceAccount("auditor-secret")));
        SelfServiceIT.offerScope(guarded, "desk");
        api = guarded.realm().api();
        api.post("/privileges", """
                        {"name":"vault","displayName":"Vault","mode":"token","grants":{"clientRoles":{"ledger-api":["db-admin"]}},
                         "eligible":{"users":["dave","carol"],"groups":["/finance"]},
                         "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H"}}""").expect(201);
    }

    /** What keeps memberships as they are. */
    private static final String RECORDED = ",\"memberships\":false";

    private JsonNode opened(String more) {
        return opened(more, Instant.now().plusSeconds(7_200));
    }

    private JsonNode opened(String more, Instant deadline) {
        return api.post("/reviews", campaign(more, deadline)).expect(201).json();
    }

    private static String campaign(String more, Instant deadline) {
        return """
                {"name":"autumn","scope":{"privileges":["vault"],"standing":true},"reviewers":{"groups":["/leads"]},
                 "deadline":"%s","onSilence":"revoke"%s}""".formatted(deadline, more.contains("memberships") ? more : RECORDED + more);
    }

    @Test
    void reviewListsEachWayInWhichSomebodyHasSomething() {
        var review = opened("");

        assertThat(review.path("items"))
                .extracting(ReviewsIT::way)
                .contains(
                        "dave user vault dave",
                        "carol user vault carol",
                        "ann group vault /finance",
                        "erin group vault /finance",
                        "dave standing  ledger-api.db-admin");
        assertThat(review.path("status").asText()).isEqualTo("open");
        assertThat(review.path("undecided").asInt())
                .isEqualTo(review.path("items").size());
        assertThat(guarded.audited("review.opened")).hasSize(1);
    }

    private static String way(JsonNode item) {
        return Stream.of("user", "kind", "privilege", "target")
                .map(name -> item.path(name).asText())
                .reduce((a, b) -> a + " " + b)
                .orElse("");
    }

    @Test
    void whatIsRevokedIsGoneAtOnceAndWhatIsKeptStays() {
        var review = opened("");
        var bob = as("bob");

        var decided = decide(bob, review, "dave user", "revoke").expect(200).json();
        decide(bob, review, "dave standing", "revoke").expect(200);
        decide(bob, review, "carol user", "keep").expect(200);
        decide(bob, review, "ann group", "revoke").expect(200);

        assertThat(decided.path("undecided").asInt())
                .isEqualTo(review.path("undecided").asInt() - 1);
        var privilege = api.get("/privileges/vault").expect(200).json();
        assertThat(privilege.path("eligible").path("users")).hasSize(1);
        assertThat(privilege.path("eligible").path("users").path(0).asText()).isEqualTo("carol");
        assertThat(privilege.path("eligible").path("groups").path(0).asText()).isEqualTo("/finance");
        assertThat(roles("dave")).doesNotContain("db-admin");
        assertThat(groups("ann")).contains("/finance");
        assertThat(item(review, "dave user").path("effect").asText()).isEqualTo("removed");
        assertThat(item(review, "dave standing").path("effect").asText()).isEqualTo("removed");
        assertThat(item(review, "carol user").path("effect").asText()).isEqualTo("kept");
        assertThat(item(review, "ann group").path("effect").asText()).isEqualTo("recorded");
        assertThat(guarded.audited("review.decided")).hasSize(4).allSatisfy(entry -> {
            assertThat(entry.path("actor").path("name").asText()).isEqualTo("bob");
            assertThat(entry.path("details").path("comment").asText()).isEqualTo("why");
        });
        // NB. Who only takes away has edited nothing, and may still ask and approve.
        assertThat(api.get("/privileges/vault").json().toString())
                .doesNotContain(guarded.realm().userId("bob"));
    }

    @Test
    void membershipEndsUnlessTheCampaignSaysOtherwise() {
        var campaign = campaign("", Instant.now().plusSeconds(7_200)).replace(RECORDED, "");
        var review = api.post("/reviews", campaign).expect(201).json();

        decide(as("bob"), review, "erin group", "revoke").expect(200);

        assertThat(groups("erin")).isEmpty();
        assertThat(groups("ann")).contains("/finance");
        assertThat(item(review, "erin group").path("effect").asText()).isEqualTo("removed");
    }

    @Test
    void roleThatAGroupGivesStaysWhereTheCampaignDoesNotSaySo() {
        groupGives("/finance/audit", "ledger-api", "db-admin");
        var review = opened("");

        decide(as("bob"), review, "erin standing", "revoke").expect(200);

        assertThat(groups("erin")).contains("/finance/audit");
        assertThat(item(review, "erin standing").path("effect").asText()).isEqualTo("recorded");
    }

    @Test
    void whatSomebodyHasForAWhileIsNotReviewed() {
        api.post("/privileges", """
                        {"name":"lead","displayName":"Lead","mode":"assignment","grants":{"groups":["/leads"]},
                         "eligible":{"groups":["/finance"]},
                         "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H"}}""").expect(201);
        api.post("/privileges", """
                        {"name":"safe","displayName":"Safe","mode":"token","grants":{"realmRoles":["clerk"]},
                         "eligible":{"groups":["/leads"]},
                         "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H"}}""").expect(201);
        as("desk", "ann").post("/elevations", "{\"privilege\":\"lead\"}").expect(201);
        assertThat(groups("ann")).contains("/leads");

        var review = api.post(
                        "/reviews",
                        campaign("", Instant.now().plusSeconds(7_200)).replace("\"vault\"", "\"safe\""))
                .expect(201)
                .json();

        assertThat(review.path("items"))
                .extracting(ReviewsIT::way)
                .contains("bob group safe /leads", "carol group safe /leads")
                .doesNotContain("ann group safe /leads");
    }

    @Test
    void whoIsNamedForEmergenciesStaysWhileOneIsUnreviewed() {
        api.post("/privileges", """
                        {"name":"alarm","displayName":"Alarm","mode":"token","grants":{"realmRoles":["clerk"]},
                         "eligible":{"groups":["/finance"]},
                         "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H","acr":"1"},
                         "approval":{"count":1,"approvers":{"groups":["/leads"]}},
                         "emergency":{"eligible":{"users":["dave"]},"maxDuration":"PT30M","perDay":2,
                                      "officers":{"groups":["/leads"]}}}""").expect(201);
        var emergency = as("desk", "dave")
                .post("/elevations", "{\"privilege\":\"alarm\",\"emergency\":true,\"justification\":\"fire\"}")
                .expect(201)
                .json();
        var before = ofAlarm();

        decide(as("bob"), before, "dave user", "revoke").expect(200);

        assertThat(item(before, "dave user").path("effect").asText()).isEqualTo("failed");
        assertThat(api.get("/privileges/alarm").json().has("emergency")).isTrue();
        as("desk", "bob")
                .post("/emergency-reviews/" + emergency.path("id").asText(), "{\"outcome\":\"justified\"}")
                .expect(200);
        var after = ofAlarm();
        decide(as("bob"), after, "dave user", "revoke").expect(200);
        assertThat(item(after, "dave user").path("effect").asText()).isEqualTo("removed");
        assertThat(api.get("/privileges/alarm").json().has("emergency")).isFalse();
    }

    private JsonNode ofAlarm() {
        return api.post(
                        "/reviews",
                        campaign("", Instant.now().plusSeconds(7_200))
                                .replace("[\"vault\"],\"standing\":true", "[\"alarm\"]"))
                .expect(201)
                .json();
    }

    @Test
    void lastDecisionClosesTheReview() {
        var review = api.post(
                        "/reviews",
                        campaign("", Instant.now().plusSeconds(7_200)).replace(",\"standing\":true", ""))
                .expect(201)
                .json();
        var items = review.path("items");
        for (var item : items) {
            assertThat(review(review).path("status").asText()).isEqualTo("open");
            var by = item.path("user").asText().equals("carol") ? "bob" : "carol";
            decide(
                            as(by),
                            review,
                            item.path("user").asText() + " " + item.path("kind").asText(),
                            "keep")
                    .expect(200);
        }

        assertThat(review(review).path("status").asText()).isEqualTo("closed");
        assertThat(review(review).path("undecided").asInt()).isZero();
        assertThat(guarded.audited("review.closed")).singleElement().satisfies(entry -> assertThat(
                        entry.at("/details/keep-kept").asInt())
                .isEqualTo(items.size()));
    }

    @Test
    void whoIsTheLastOneThatIsNamedDoesNotLeaveThePrivilegeToEverybody() {
        api.put("/privileges/vault", """
                        {"name":"vault","displayName":"Vault","mode":"token","grants":{"clientRoles":{"ledger-api":["db-admin"]}},
                         "eligible":{"users":["dave"],"expression":"user.username != ''"},
                         "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H"}}""").expect(200);
        var review = opened("");

        decide(as("bob"), review, "dave user", "revoke").expect(200);

        for (var user : List.of("dave", "ann", "bob")) {
            assertThat(as("desk", user).get("/privileges").expect(200).json())
                    .as(user)
                    .isEmpty();
        }
    }

    @Test
    void nobodyDecidesAboutThemselvesTwiceOrTooLate() throws SQLException {
        var review = opened("");

        decide(as("carol"), review, "carol user", "keep").expect(403);
        decide(as("bob"), review, "carol user", "revoke").expect(200);
        decide(as("bob"), review, "carol user", "keep").expect(409);
        sql("update sp_review set due_at = 1 where realm_id = ? and closed_at is null");
        assertThat(decide(as("bob"), review, "ann group", "keep").status()).isEqualTo(409);
    }

    @Test
    void itemIsDecidedByReviewersOfItsOwnReviewOnly() {
        var carols = api.post(
                        "/reviews",
                        campaign("", Instant.now().plusSeconds(7_200))
                                .replace("\"groups\":[\"/leads\"]", "\"users\":[\"carol\"]"))
                .expect(201)
                .json();
        var bobs = opened("");
        var path = "/items/" + item(carols, "dave user").path("id").asText();
        var body = "{\"decision\":\"revoke\"}";

        as("bob").post("/reviews/" + bobs.path("id").asText() + path, body).expect(404);

        assertThat(item(carols, "dave user").has("decision")).isFalse();
        as("carol").post("/reviews/" + carols.path("id").asText() + path, body).expect(200);
    }

    @Test
    void wordInAReviewersNameIsNotTheirsUnlessTheyAreThere() {
        var review = api.post(
                        "/reviews",
                        campaign("", Instant.now().plusSeconds(7_200))
                                .replace("\"groups\":[\"/leads\"]", "\"users\":[\"ann\"]"))
                .expect(201)
                .json();
        var desk = guarded.realm().oidc("desk");
        var full = "openid sallyport";
        var administrator = cluster.node(1).admin().tokenManager().getAccessTokenString();
        assertThat(desk.impersonate(guarded.realm().userId("ann"), administrator))
                .isEqualTo(200);
        var impersonated = desk.exchange(desk.authorize(Map.of("scope", full)));
        var left = desk.token(Map.of(
                "grant_type",
                "password",
                "username",
                "ann",
                "password",
                GuardedRealm.PASSWORD,
                "scope",
                full + " offline_access"));
        var offline = desk.refresh(left.refreshToken());

        for (var tokens : List.of(impersonated, offline)) {
            var who = api.as(tokens.accessToken());
            assertThat(who.get("/reviews").expect(200).json()).isEmpty();
            decide(who, review, "dave user", "revoke").expect(404);
        }

        decide(api.as(token("desk", "ann", full)), review, "dave user", "revoke")
                .expect(200);
    }

    @Test
    void onlyReviewersDecideAndWhoIsNoneCannotTellWhetherThereIsAReview() {
        var review = opened("");
        var id = review.path("id").asText();
        var item = item(review, "dave user").path("id").asText();
        var body = "{\"decision\":\"revoke\"}";
        var path = "/reviews/" + id + "/items/" + item;

        for (var stranger : List.of("ann", "dave", "erin")) {
            var there = as(stranger).post(path, body).expect(404).text();
            assertThat(as(stranger)
                            .post("/reviews/" + UUID.randomUUID() + "/items/" + item, body)
                            .expect(404)
                            .text())
                    .isEqualTo(there);
            as(stranger).get("/reviews/" + id).expect(404);
            assertThat(as(stranger).get("/reviews").expect(200).json()).isEmpty();
        }
        assertThat(as("bob").get("/reviews").expect(200).json()).hasSize(1);
        as("bob").get("/reviews/" + id).expect(200);
        as("bob")
                .post("/reviews", campaign("", Instant.now().plusSeconds(7_200)))
                .expect(403);
        api.anonymously().post(path, body).expect(401);
        // NB. An administrator is no reviewer, and neither is an application.
        api.post(path, body).expect(404);
        api.as(guarded.tokenOf("manager", "manager-secret", "manage"))
                .post(path, body)
                .expect(404);
        api.as(guarded.tokenOf("auditor", "auditor-secret", "audit"))
                .get("/reviews/" + id)
                .expect(200);
        // NB. A token that bob gave to some other application is not his word.
        api.as(token("game", "bob", "openid")).post(path, body).expect(404);
        api.as(token("desk", "bob", "openid")).post(path, body).expect(404);
        var other = GuardedRealm.on(cluster.node(2));
        other.realm().api().get("/reviews/" + id).expect(404);
        assertThat(api.get("/privileges/vault").json().path("eligible").path("users"))
                .hasSize(2);
        assertThat(guarded.audited("review.decided")).isEmpty();
    }

    @Test
    void membershipThatAnElevationMadeMakesNobodyAReviewer() {
        api.post("/privileges", """
                        {"name":"lead","displayName":"Lead","mode":"assignment","grants":{"groups":["/leads"]},
                         "eligible":{"groups":["/finance"]},
                         "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H"}}""").expect(201);
        var review = opened("");
        as("desk", "ann").post("/elevations", "{\"privilege\":\"lead\"}").expect(201);
        assertThat(groups("ann")).contains("/leads");

        decide(as("ann"), review, "dave user", "revoke").expect(404);
        as("ann").get("/reviews/" + review.path("id").asText()).expect(404);
    }

    @Test
    void silenceHasItsEffectAtTheDeadlineOnce() throws SQLException {
        var review = opened(",\"memberships\":true");
        decide(as("bob"), review, "carol user", "keep").expect(200);

        sql("update sp_review set due_at = 1 where realm_id = ? and closed_at is null");

        await().atMost(PATIENCE)
                .until(() -> review(review).path("status").asText().equals("closed"));
        assertThat(review(review).path("undecided").asInt()).isZero();
        assertThat(roles("dave")).doesNotContain("db-admin");
        assertThat(groups("ann")).isEmpty();
        assertThat(api.get("/privileges/vault")
                        .json()
                        .path("eligible")
                        .path("users")
                        .toString())
                .isEqualTo("[\"carol\"]");
        assertThat(item(review, "dave user").has("decidedBy")).isFalse();
        assertThat(guarded.audited("review.closed")).hasSize(1);
        assertThat(guarded.audited("review.decided"))
                .hasSize(review.path("items").size());
    }

    @Test
    void silenceThatKeepsTakesNothing() throws SQLException {
        var review = api.post(
                        "/reviews",
                        campaign("", Instant.now().plusSeconds(7_200)).replace("revoke", "keep"))
                .expect(201)
                .json();

        sql("update sp_review set due_at = 1 where realm_id = ? and closed_at is null");

        await().atMost(PATIENCE)
                .until(() -> review(review).path("status").asText().equals("closed"));
        assertThat(roles("dave")).contains("db-admin");
        assertThat(api.get("/privileges/vault").json().path("eligible").path("users"))
                .hasSize(2);
    }

    @Test
    void ofTwoWhoDecideAtOnceOnTwoNodesOneIsHeard() {
        var review = opened("");
        var path = "/reviews/" + review.path("id").asText() + "/items/"
                + item(review, "dave user").path("id").asText();
        var bob = as("bob");
        var carol = guarded.realm().at(cluster.node(2)).api().as(token("admin-cli", "carol", "openid"));

        var answers = Stream.of(
                        CompletableFuture.supplyAsync(
                                () -> bob.post(path, "{\"decision\":\"keep\"}").status()),
                        CompletableFuture.supplyAsync(() ->
                                carol.post(path, "{\"decision\":\"revoke\"}").status()))
                .map(CompletableFuture::join)
                .toList();

        assertThat(answers).containsExactlyInAnyOrder(200, 409);
        assertThat(guarded.audited("review.decided")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"name\":\"x\",\"scope\":{},\"reviewers\":{\"users\":[\"bob\"]},\"deadline\":\"2030-01-01T00:00:00Z\",\"onSilence\":\"keep\"}",
                "{\"name\":\"x\",\"scope\":{\"privileges\":[\"none\"]},\"reviewers\":{\"users\":[\"bob\"]},\"deadline\":\"%s\",\"onSilence\":\"keep\"}",
                "{\"name\":\"x\",\"scope\":{\"standing\":true},\"reviewers\":{},\"deadline\":\"%s\",\"onSilence\":\"keep\"}",
                "{\"name\":\"x\",\"scope\":{\"standing\":true},\"reviewers\":{\"users\":[\"bob\"]},\"deadline\":\"2001-01-01T00:00:00Z\",\"onSilence\":\"keep\"}",
                "{\"name\":\"x\",\"scope\":{\"standing\":true},\"reviewers\":{\"users\":[\"bob\"]},\"deadline\":\"%s\",\"onSilence\":\"ask\"}",
                "{\"name\":\"x\",\"scope\":{\"standing\":true},\"reviewers\":{\"users\":[\"bob\"]},\"deadline\":\"%s\",\"onSilence\":\"keep\",\"more\":1}"
            })
    void malformedCampaignIsRefused(String body) {
        api.post("/reviews", body.formatted(Instant.now().plusSeconds(7_200))).expect(400);
        assertThat(api.get("/reviews").json()).isEmpty();
    }

    @Test
    void whoMayNotTakeRolesAwayOpensNoReviewThatDoes() {
        var manager = api.as(guarded.tokenOf("manager", "manager-secret", "manage"));
        var later = Instant.now().plusSeconds(7_200);

        manager.post("/reviews", campaign("", later)).expect(403);
        manager.post("/reviews", campaign("", later).replace(",\"standing\":true", ""))
                .expect(403);
        assertThat(api.get("/reviews").json()).isEmpty();
    }

    @Test
    void whoManagesUsersOnlyReviewsNoAdministrators() {
        administers(guarded.realm().userId("dave"), "realm-admin");
        var account = guarded.realm()
                .admin()
                .clients()
                .get(client("manager"))
                .getServiceAccountUser()
                .getId();
        administers(account, "manage-users");
        var manager = api.as(guarded.tokenOf("manager", "manager-secret", "manage"));
        var later = Instant.now().plusSeconds(7_200);

        manager.post("/reviews", campaign("", later).replace("\"standing\":true", "\"standing\":false"))
                .expect(201);
        manager.post("/reviews", campaign("", later)).expect(403);
        var takingMemberships =
                campaign(",\"memberships\":true", later).replace("\"standing\":true", "\"standing\":false");
        manager.post("/reviews", takingMemberships).expect(201);
        groupGives("/finance", "realm-management", "realm-admin");
        manager.post("/reviews", takingMemberships).expect(403);
    }

    @Test
    void nobodyIsGivenTooLittleTimeToDecide() {
        api.post("/reviews", campaign("", Instant.now().plusSeconds(3_000))).expect(400);
    }

    @Test
    void silenceLeavesTheRealmItsLastAdministrator() throws SQLException {
        administers(guarded.realm().userId("dave"), "realm-admin");
        var review = opened("");

        sql("update sp_review set due_at = 1 where realm_id = ? and closed_at is null");

        await().atMost(PATIENCE)
                .until(() -> review(review).path("status").asText().equals("closed"));
        assertThat(effect(review, "realm-management.realm-admin")).isEqualTo("last");
        assertThat(effect(review, "ledger-api.db-admin")).isEqualTo("removed");
    }

    @Test
    void silenceLeavesTheRealmItsLastAdministratorByMembershipToo() throws SQLException {
        groupGives("/finance/audit", "realm-management", "realm-admin");
        var review = opened(",\"memberships\":true");

        sql("update sp_review set due_at = 1 where realm_id = ? and closed_at is null");

        await().atMost(PATIENCE)
                .until(() -> review(review).path("status").asText().equals("closed"));
        assertThat(groups("erin")).contains("/finance/audit");
        assertThat(item(review, "erin group").path("effect").asText()).isEqualTo("last");
        assertThat(groups("ann")).isEmpty();
    }

    @Test
    void silenceCountsNobodyAsAnAdministratorWhoCannotSignIn() throws SQLException {
        administers(guarded.realm().userId("dave"), "realm-admin");
        administers(guarded.realm().userId("erin"), "realm-admin");
        administers(
                guarded.realm()
                        .admin()
                        .clients()
                        .get(client("manager"))
                        .getServiceAccountUser()
                        .getId(),
                "realm-admin");
        var erin = guarded.realm().admin().users().get(guarded.realm().userId("erin"));
        var disabled = erin.toRepresentation();
        disabled.setEnabled(false);
        erin.update(disabled);
        var review = opened("");

        sql("update sp_review set due_at = 1 where realm_id = ? and closed_at is null");

        await().atMost(PATIENCE)
                .until(() -> review(review).path("status").asText().equals("closed"));
        assertThat(review(review).path("items"))
                .filteredOn(item -> item.path("user").asText().equals("dave")
                        && item.path("target").asText().equals("realm-management.realm-admin"))
                .extracting(item -> item.path("effect").asText())
                .containsExactly("last");
    }

    @Test
    void silenceTakesFromWhoIsNotTheOnlyOne() throws SQLException {
        administers(guarded.realm().userId("dave"), "realm-admin");
        administers(guarded.realm().userId("carol"), "realm-admin");
        var review = opened("");

        sql("update sp_review set due_at = 1 where realm_id = ? and closed_at is null");

        await().atMost(PATIENCE)
                .until(() -> review(review).path("status").asText().equals("closed"));
        assertThat(review(review).path("items"))
                .filteredOn(item -> item.path("target").asText().equals("realm-management.realm-admin"))
                .extracting(item -> item.path("effect").asText())
                .containsExactlyInAnyOrder("removed", "last");
    }

    @Test
    void reviewersFindTheirsOnTheFirstPageHoweverManyOthersThereAre() {
        var theirs = opened("").path("id").asText();
        var later = campaign("", Instant.now().plusSeconds(7_200))
                .replace("\"groups\":[\"/leads\"]", "\"users\":[\"ann\"]");
        for (int i = 0; i < 2; i++) api.post("/reviews", later).expect(201);
        var bob = as("bob");

        var page = bob.get("/reviews?max=1").expect(200).json();

        assertThat(page.findValuesAsText("id")).containsExactly(theirs);
        assertThat(bob.get("/reviews?first=1").expect(200).json()).isEmpty();
        assertThat(as("ann").get("/reviews?first=1&max=1").expect(200).json()).hasSize(1);
        assertThat(api.get("/reviews?first=2&max=2").expect(200).json().findValuesAsText("id"))
                .containsExactly(theirs);
    }

    @Test
    void whoIsCalledSomethingElseLosesItAllTheSame() {
        var review = opened("");
        var dave = guarded.realm().admin().users().get(guarded.realm().userId("dave"));
        var item = item(review, "dave user");
        var renamed = dave.toRepresentation();
        guarded.change(realm -> realm.setEditUsernameAllowed(true));
        renamed.setUsername("david");
        dave.update(renamed);

        as("bob")
                .post(
                        "/reviews/" + review.path("id").asText() + "/items/"
                                + item.path("id").asText(),
                        "{\"decision\":\"revoke\"}")
                .expect(200);

        assertThat(api.get("/privileges/vault")
                        .json()
                        .path("eligible")
                        .path("users")
                        .toString())
                .isEqualTo("[\"carol\"]");
    }

    private void administers(String userId, String role) {
        var admin = guarded.realm().admin();
        var management = client("realm-management");
        admin.users()
                .get(userId)
                .roles()
                .clientLevel(management)
                .add(List.of(admin.clients().get(management).roles().get(role).toRepresentation()));
    }

    private void groupGives(String path, String clientId, String role) {
        var admin = guarded.realm().admin();
        admin.groups()
                .group(admin.getGroupByPath(path).getId())
                .roles()
                .clientLevel(client(clientId))
                .add(List.of(
                        admin.clients().get(client(clientId)).roles().get(role).toRepresentation()));
    }

    private String client(String clientId) {
        return guarded.realm().admin().clients().findByClientId(clientId).get(0).getId();
    }

    private String effect(JsonNode opened, String target) {
        for (var item : review(opened).path("items")) {
            if (item.path("target").asText().equals(target) && !item.has("through")) {
                return item.path("effect").asText();
            }
        }
        throw new AssertionError("no item of " + target);
    }

    private RestApi.Response decide(RestApi by, JsonNode review, String whose, String decision) {
        return by.post(
                "/reviews/" + review.path("id").asText() + "/items/"
                        + item(review, whose).path("id").asText(),
                "{\"decision\":\"" + decision + "\",\"comment\":\"why\"}");
    }

    private JsonNode review(JsonNode opened) {
        return api.get("/reviews/" + opened.path("id").asText()).expect(200).json();
    }

    private JsonNode item(JsonNode opened, String whose) {
        for (var item : review(opened).path("items")) if (way(item).startsWith(whose + " ")) return item;
        throw new AssertionError("no item of " + whose);
    }

    private RestApi as(String user) {
        return api.as(token("admin-cli", user, "openid"));
    }

    private RestApi as(String client, String user) {
        return guarded.realm().server().selfService(guarded.realm().name(), token(client, user, "openid sallyport"));
    }

    private String token(String client, String user, String scope) {
        return guarded.realm()
                .oidc(client)
                .token(Map.of(
                        "grant_type", "password", "username", user, "password", GuardedRealm.PASSWORD, "scope", scope))
                .accessToken();
    }

    private List<String> roles(String user) {
        var admin = guarded.realm().admin();
        var client = admin.clients().findByClientId("ledger-api").get(0).getId();
        return admin.users().get(guarded.realm().userId(user)).roles().clientLevel(client).listAll().stream()
                .map(role -> role.getName())
                .toList();
    }

    private List<String> groups(String user) {
        return guarded.realm().admin().users().get(guarded.realm().userId(user)).groups().stream()
                .map(group -> group.getPath())
                .toList();
    }

    private void sql(String statement) throws SQLException {
        try (var connection = cluster.node(1).jdbc();
                var prepared = connection.prepareStatement(statement)) {
            prepared.setString(1, guarded.realm().admin().toRepresentation().getId());
            assertThat(prepared.executeUpdate()).isPositive();
        }
    }
}
