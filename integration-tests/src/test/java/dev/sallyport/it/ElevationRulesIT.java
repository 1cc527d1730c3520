package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.ClientBuilder;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.Mailbox;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/**
 * What the rules of a privilege come to in a realm: who decides, in whose place, how long, and what is told. Ann and dave of
 * /finance ask; bob, carol and erin of /leads decide; frank of /staff stands in.
 */
@SallyportTest
class ElevationRulesIT {

    private static final String LEADS = "'approvers':{'groups':['/leads']}";
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static GuardedRealm guarded;
    private static Mailbox mail;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        mail = Mailbox.open();
        guarded = GuardedRealm.on(server, r -> r.group("/leads")
                .group("/staff")
                .group("/security")
                .role("lead")
                .role("chief")
                .clientRole("ledger-api", "db-admin")
                .role("reader")
                .user("grace", u -> u.password(GuardedRealm.PASSWORD)
                        .clientRoles("realm-management", "manage-realm", "manage-users"))
                .client("robot", c -> c.serviceAccount("robot-secret")
                        .serviceAccountRoles("realm-management", "manage-realm", "manage-users"))
                .user(
                        "bob",
                        u -> u.password(GuardedRealm.PASSWORD).groups("/leads").email("bob@example.com"))
                .user("carol", u -> u.password(GuardedRealm.PASSWORD).groups("/leads", "/security"))
                .user("dave", u -> u.password(GuardedRealm.PASSWORD)
                        .groups("/finance")
                        .attribute("locale", "de")
                        .email("dave@example.com"))
                .user("erin", u -> u.password(GuardedRealm.PASSWORD).groups("/leads"))
                .user("frank", u -> u.password(GuardedRealm.PASSWORD).groups("/staff"))
                .user("greta", u -> u.password(GuardedRealm.PASSWORD).groups("/finance"))
                .user("hugo", u -> u.password(GuardedRealm.PASSWORD).groups("/finance"))
                .user("ivo", u -> u.password(GuardedRealm.PASSWORD).groups("/finance"))
                .client("console", ClientBuilder::publicClient)
                .client("desk", c -> c.publicClient().directGrants())
                .with(realm -> {
                    realm.setSmtpServer(mail.smtp());
                    realm.setInternationalizationEnabled(true);
                    realm.setSupportedLocales(Set.of("en", "de"));
                    realm.setDefaultLocale("en");
                }));
        SelfServiceIT.offerScope(guarded, "desk");
        Person.mayAskFrom(guarded, "console");
    }

    @AfterAll
    static void closeMailbox() {
        mail.close();
    }

    /** A new session of that user. */
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

    private static void privilege(String name, String activation, String more) {
        guarded.realm()
                .api()
                .post("/privileges", """
                        {'name':'%s','displayName':'Ledger %s','mode':'token','grants':{'clientRoles':{'ledger-api':['db-admin']}},
                         'eligible':{'groups':['/finance']},
                         'activation':{'maxDuration':'PT4H','defaultDuration':'PT1H'%s}%s}""".formatted(name, name, activation, more).replace('\'', '"'))
                .expect(201);
    }

    private static String approval(int count, String more) {
        return ",'approval':{'count':%d,%s%s}".formatted(count, LEADS, more);
    }

    private static String ask(RestApi who, String privilege) {
        return ask(who, privilege, "");
    }

    private static String ask(RestApi who, String privilege, String more) {
        return who.post(
                        "/elevations",
                        "{\"privilege\":\"%s\",\"justification\":\"quarter end\"%s}".formatted(privilege, more))
                .expect(201)
                .json()
                .path("id")
                .asText();
    }

    private static RestApi.Response approve(RestApi who, String id) {
        return who.post("/elevations/" + id + "/approve", "{}");
    }

    private static JsonNode see(RestApi who, String id) {
        return who.get("/elevations/" + id).expect(200).json();
    }

    private static String status(RestApi.Response response) {
        return response.expect(200).json().path("status").asText();
    }

    private static List<String> unmet(RestApi.Response response) {
        return response.json().path("unmet").findValuesAsText("control");
    }

    private static void recorded(String type, String id) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(guarded.audited(type))
                .anySatisfy(
                        entry -> assertThat(entry.path("elevationId").asText()).isEqualTo(id)));
    }

    private static void delegate(RestApi from, String to, String privilege, int status) {
        from.post(
                        "/delegations",
                        "{\"to\":\"%s\",\"privileges\":[\"%s\"],\"until\":\"%s\"}"
                                .formatted(to, privilege, Instant.now().plusSeconds(3600)))
                .expect(status);
    }

    @Test
    void twoDifferentApproversAreNeededWhereTwoAreAskedFor() {
        privilege("two", "", approval(2, ",'atLeast':{'/security':1}"));
        var ann = as("ann");
        var id = ask(ann, "two");

        assertThat(status(approve(as("bob"), id))).isEqualTo("pending");
        approve(as("bob"), id).expect(409);
        assertThat(status(approve(as("erin"), id))).isEqualTo("pending");
        assertThat(status(approve(as("carol"), id))).isEqualTo("active");
    }

    @Test
    void approvalsAtTheSameMomentCountOnceEach() {
        privilege("at-once-two", "", approval(2, ""));
        var id = ask(as("ann"), "at-once-two");
        var approvers = Stream.of("bob", "carol").map(ElevationRulesIT::as).toList();

        var answers =
                approvers.stream().map(who -> CompletableFuture.supplyAsync(() -> approve(who, id))).toList().stream()
                        .map(CompletableFuture::join)
                        .map(ElevationRulesIT::status)
                        .toList();

        assertThat(answers).containsExactlyInAnyOrder("pending", "active");
    }

    @Test
    void requestsAtTheSameMomentAreOneElevation() {
        privilege("once", "", "");
        var ann = as("ann");

        var answers = IntStream.range(0, 4)
                .mapToObj(i -> CompletableFuture.supplyAsync(() ->
                        ann.post("/elevations", "{\"privilege\":\"once\"}").status()))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();

        assertThat(answers).containsOnlyOnce(201).allMatch(status -> status == 201 || status == 403 || status == 409);
        assertThat(ann.get("/elevations?status=active").json().findValuesAsText("privilege"))
                .containsOnlyOnce("once");
    }

    @Test
    void whoWasNoApproverThenOrIsNoneNowDoesNotDecide() {
        privilege("joiners", "", approval(1, ""));
        var id = ask(as("ann"), "joiners");
        var admin = guarded.realm().admin();
        var leads = admin.getGroupByPath("/leads").getId();
        var frank = admin.users().get(guarded.realm().userId("frank"));
        var erin = admin.users().get(guarded.realm().userId("erin"));

        frank.joinGroup(leads);
        erin.leaveGroup(leads);
        try {
            approve(as("frank"), id).expect(404);
            approve(as("erin"), id).expect(404);
            as("erin").get("/elevations/" + id).expect(404);
        } finally {
            frank.leaveGroup(leads);
            erin.joinGroup(leads);
        }
    }

    @Test
    void approvalOfOneWhoHasLeftDoesNotCountAnyMore() {
        privilege("leavers", "", approval(2, ""));
        var id = ask(as("ann"), "leavers");
        approve(as("erin"), id).expect(200);
        var admin = guarded.realm().admin();
        var leads = admin.getGroupByPath("/leads").getId();
        var erin = admin.users().get(guarded.realm().userId("erin"));

        erin.leaveGroup(leads);
        try {
            assertThat(status(approve(as("bob"), id))).isEqualTo("pending");
        } finally {
            erin.joinGroup(leads);
        }
    }

    @Test
    void standInDecidesInThePlaceOfAnApproverAndBothAreHeardOnce() {
        privilege("absent", "", approval(2, ",'delegates':{'groups':['/staff']}"));
        var id = ask(as("ann"), "absent");
        approve(as("frank"), id).expect(404);

        delegate(as("bob"), "frank", "absent", 201);

        var vote = approve(as("frank"), id).expect(200).json();
        assertThat(vote.path("approvals").path(0).path("onBehalfOf").asText()).isEqualTo("bob");
        assertThat(vote.path("status").asText()).isEqualTo("pending");
        approve(as("bob"), id).expect(409);
        assertThat(status(approve(as("carol"), id))).isEqualTo("active");
    }

    @Test
    void dutyIsHandedToNobodyWhoMayNotHaveItAndNotOn() {
        privilege("handed", "", approval(1, ",'delegates':{'groups':['/staff','/finance']}"));
        var dave = as("dave");
        delegate(as("bob"), "erin", "handed", 400);
        delegate(dave, "frank", "handed", 404);

        delegate(as("bob"), "dave", "handed", 201);
        delegate(dave, "frank", "handed", 404);

        approve(dave, ask(dave, "handed")).expect(403);
        approve(as("frank"), ask(as("ann"), "handed")).expect(404);
    }

    @Test
    void dutyIsTriedFirstAndHandedToNobodyByThat() {
        privilege("tried", "", approval(1, ",'approverAcr':'2','delegates':{'groups':['/staff']}"));
        var bob = as("bob");
        var request = "{\"to\":\"frank\",\"privileges\":[\"tried\"],\"until\":\"%s\",\"dryRun\":true}"
                .formatted(Instant.now().plusSeconds(3600));

        var tried = bob.post("/delegations", request).expect(200);

        assertThat(unmet(tried)).containsExactly("acr");
        assertThat(tried.json().path("met").toString()).contains("lock");
        delegate(bob, "frank", "tried", 401);
        assertThat(bob.get("/delegations").expect(200).text()).doesNotContain("tried");
    }

    @Test
    void dutyIsTakenBackByThoseItConcernsOnly() {
        privilege("lent", "", approval(1, ",'delegates':{'groups':['/staff']}"));
        var bob = as("bob");
        delegate(bob, "frank", "lent", 201);
        var lent = delegation(bob, "lent");

        as("carol").delete("/delegations/" + lent).expect(404);
        as("ann").delete("/delegations/" + lent).expect(404);
        assertThat(delegation(as("frank"), "lent")).isEqualTo(lent);

        as("frank").delete("/delegations/" + lent).expect(204);
        approve(as("frank"), ask(as("ann"), "lent")).expect(404);
    }

    private static String delegation(RestApi of, String privilege) {
        for (var delegation : of.get("/delegations").expect(200).json()) {
            if (delegation.path("privileges").path(0).asText().equals(privilege))
                return delegation.path("id").asText();
        }
        throw new AssertionError("no delegation of " + privilege);
    }

    @Test
    void deviceOfTheApproverIsJudgedToo() {
        privilege("healthy", ",'device':{'compliant':true}", approval(1, ""));
        var ann = Person.loggedIn(guarded, "ann", Optional.of(guarded.healthyDevice("device-of-ann")));
        var device = Optional.of(guarded.healthyDevice("device-of-bob"));
        var bob = guarded.realm()
                .publicApi()
                .as(Person.loggedIn(guarded, "bob", device).tokens().accessToken());
        var id = ann.elevated("healthy").path("id").asText();

        assertThat(unmet(approve(as("bob"), id).expect(403))).isNotEmpty().allMatch(name -> name.startsWith("device."));
        guarded.fallIll("device-of-bob");
        assertThat(unmet(approve(bob, id).expect(403))).containsExactly("device.compliant");
        guarded.heal("device-of-bob");

        assertThat(status(approve(bob, id))).isEqualTo("active");
    }

    @Test
    void privilegeIsHadInItsHoursOnlySaveInAnEmergency() {
        var later = ZonedDateTime.now(ZoneOffset.UTC).plusDays(2).withHour(12);
        var day = later.getDayOfWeek().name().substring(0, 3);
        var hours = ",'acr':'1','schedule':{'days':['" + day + "'],'zone':'UTC'}";
        var emergency = ",'emergency':{'eligible':{'groups':['/finance']},'maxDuration':'PT30M','perDay':2,"
                + "'officers':{'groups':['/leads']}}";
        privilege("hours", hours, emergency);
        privilege("hours-approved", hours, approval(1, ""));
        var hugo = as("hugo");

        for (var privilege : List.of("hours", "hours-approved")) {
            var now = hugo.post("/elevations", "{\"privilege\":\"" + privilege + "\"}");
            assertThat(unmet(now.expect(403))).containsExactly("schedule");
        }
        var then = ask(hugo, "hours-approved", ",\"start\":\"" + later.toInstant() + "\"");
        assertThat(status(approve(as("bob"), then))).isEqualTo("scheduled");

        var urgent = ask(hugo, "hours", ",\"emergency\":true");
        assertThat(see(hugo, urgent).path("status").asText()).isEqualTo("active");
    }

    @Test
    void emergencyLastsNoLongerThanItsOwnRule() {
        privilege(
                "blaze",
                ",'acr':'1'",
                ",'emergency':{'eligible':{'groups':['/finance']},'maxDuration':'PT30M','perDay':2,"
                        + "'officers':{'groups':['/leads']}}");
        var ivo = as("ivo");
        var body = "{\"privilege\":\"blaze\",\"emergency\":true,\"duration\":\"PT31M\"}";

        assertThat(ivo.post("/elevations", body).expect(400).json().path("path").asText())
                .isEqualTo("duration");
        var emergency = see(ivo, ask(ivo, "blaze", ",\"emergency\":true"));

        var start = Instant.parse(emergency.path("start").asText());
        assertThat(Duration.between(start, Instant.parse(emergency.path("end").asText())))
                .isEqualTo(Duration.ofMinutes(30));
    }

    @Test
    void nobodyHasMoreThanFiftyOpenRequests() {
        privilege("many", "", ",'approval':{'count':1,'approvers':{'users':['erin']}}");
        var first = ask(as("greta"), "many");
        for (int i = 1; i < 50; i++) ask(as("greta"), "many");

        var refused = as("greta").post("/elevations", "{\"privilege\":\"many\"}");
        assertThat(unmet(refused.expect(403))).containsExactly("openRequests");
        as("greta").post("/elevations/" + first + "/cancel", "{}").expect(200);

        ask(as("greta"), "many");
    }

    @Test
    void nobodyIsEligibleAnyMoreOnceTheirTimeIsOver() {
        privilege("expiring", "", "");
        var until = Instant.now().plusSeconds(5);
        var limited = document("expiring")
                .replace(
                        "\"eligible\":{\"groups\":[\"/finance\"]}",
                        "\"eligible\":{\"groups\":[\"/finance\"],\"until\":\"" + until + "\"}");
        assertThat(limited).contains("until");
        guarded.realm().api().put("/privileges/expiring", limited).expect(200);
        var ann = as("ann");
        assertThat(ann.get("/privileges").json().findValuesAsText("name")).contains("expiring");

        await().atMost(PATIENCE).until(() -> Instant.now().isAfter(until));

        assertThat(ann.get("/privileges").json().findValuesAsText("name")).doesNotContain("expiring");
        ann.post("/elevations", "{\"privilege\":\"expiring\"}").expect(404);
    }

    @Test
    void approversAreFoundByRoleHoweverTheyHaveIt() {
        var roles = guarded.realm().admin().roles();
        var users = guarded.realm().admin().users();
        var lead = roles.get("lead").toRepresentation();
        roles.get("chief").addComposites(List.of(lead));
        users.get(guarded.realm().userId("erin"))
                .roles()
                .realmLevel()
                .add(List.of(roles.get("chief").toRepresentation()));
        var staff = guarded.realm().admin().getGroupByPath("/staff").getId();
        guarded.realm().admin().groups().group(staff).roles().realmLevel().add(List.of(lead));
        privilege("by-role", "", ",'approval':{'count':3,'approvers':{'roles':['lead'],'users':['bob']}}");
        var id = ask(as("ann"), "by-role");

        approve(as("carol"), id).expect(404);
        assertThat(status(approve(as("bob"), id))).isEqualTo("pending");
        assertThat(status(approve(as("erin"), id))).isEqualTo("pending");
        assertThat(status(approve(as("frank"), id))).isEqualTo("active");
    }

    @Test
    void requesterIsJudgedAgainAtTheLastApproval() {
        privilege("payer", "", approval(1, ""));
        privilege("payee", "", ",'incompatibleWith':['payer']");
        var dave = as("dave");
        var id = ask(dave, "payer");
        var other = ask(dave, "payee");
        assertThat(unmet(approve(as("bob"), id).expect(403))).containsExactly("incompatibleWith");
        dave.post("/elevations/" + other + "/end", "{}").expect(200);
        var admin = guarded.realm().admin();
        var finance = admin.getGroupByPath("/finance").getId();
        var user = admin.users().get(guarded.realm().userId("dave"));

        user.leaveGroup(finance);
        try {
            assertThat(unmet(approve(as("bob"), id).expect(403))).containsExactly("eligible");
            assertThat(see(dave, id).path("approvals")).isEmpty();
        } finally {
            user.joinGroup(finance);
        }

        assertThat(status(approve(as("bob"), id))).isEqualTo("active");
    }

    @Test
    void privilegesThatExcludeEachOtherAreNotHadTogetherInWhateverSessions() {
        privilege("writer", "", "");
        privilege("auditor", "", ",'incompatibleWith':['writer']");
        ask(as("ann"), "auditor");

        var refused =
                as("ann").post("/elevations", "{\"privilege\":\"writer\"}").expect(403);

        assertThat(unmet(refused)).containsExactly("incompatibleWith");
        var greta = as("greta");
        ask(greta, "writer");
        assertThat(unmet(
                        greta.post("/elevations", "{\"privilege\":\"auditor\"}").expect(403)))
                .containsExactly("incompatibleWith");
    }

    private static String document(String privilege) {
        return guarded.realm().api().get("/privileges/" + privilege).expect(200).text();
    }

    /** Has an administrator write another role into it. */
    private static void swap(String privilege) {
        var reader = document(privilege)
                .replace("{\"clientRoles\":{\"ledger-api\":[\"db-admin\"]}}", "{\"realmRoles\":[\"reader\"]}");
        assertThat(reader).contains("reader");
        guarded.realm().api().put("/privileges/" + privilege, reader).expect(200);
    }

    @Test
    void whatIsHadUnderANameIsLostWithWhatTheNameStoodFor() {
        privilege("swelling", "", "");
        var ann = as("ann");
        var id = ask(ann, "swelling");

        swap("swelling");

        recorded("elevation.ended", id);
        assertThat(see(ann, id).path("endedBy").asText()).isEqualTo("eligibility");
    }

    @Test
    void approvalUnderANameIsNoneOfWhatTheNameStandsForLater() {
        privilege("renamed", "", approval(2, ""));
        var ann = as("ann");
        var id = ask(ann, "renamed");
        approve(as("bob"), id).expect(200);

        swap("renamed");
        approve(as("carol"), id).expect(409);
        guarded.realm().api().delete("/privileges/renamed").expect(204);
        privilege("renamed", "", approval(1, ""));
        approve(as("carol"), id).expect(409);

        assertThat(see(ann, id).path("status").asText()).isEqualTo("pending");
        ann.post("/elevations/" + id + "/cancel", "{}").expect(200);
    }

    @Test
    void whatWasGrantedForLaterIsNotWhatTheNameStandsForThen() {
        privilege("ahead", "", "");
        var ann = as("ann");
        var id = ask(ann, "ahead", ",\"start\":\"" + Instant.now().plusSeconds(3) + "\"");

        swap("ahead");
        await().atMost(PATIENCE).until(() -> Instant.now()
                .isAfter(Instant.parse(see(ann, id).path("start").asText()).plusSeconds(1)));

        var answer = ann.post("/elevations/" + id + "/activate", "{}");
        assertThat(answer.status()).as(answer.text()).isIn(409, 404);
        assertThat(ann.get("/elevations?status=active").json().findValuesAsText("id"))
                .doesNotContain(id);
    }

    @Test
    void whoEditedByTheAccountOfAnApplicationDoesNotHideBehindIt() {
        privilege("automated", "", "");
        var token = guarded.realm()
                .oidc("robot")
                .secret("robot-secret")
                .clientCredentials()
                .accessToken();
        var grace = guarded.realm()
                .api()
                .as(guarded.realm()
                        .oidc("desk")
                        .passwordGrant("grace", GuardedRealm.PASSWORD)
                        .accessToken());
        guarded.realm()
                .api()
                .as(token)
                .put("/privileges/automated", document("automated"))
                .expect(200);

        var refused =
                as("ann").post("/elevations", "{\"privilege\":\"automated\"}").expect(403);
        var confirmation =
                grace.post("/privileges/automated/confirm", "").expect(200).json();

        assertThat(unmet(refused)).containsExactly("lastEditor");
        assertThat(confirmation.path("anybody").asBoolean()).isFalse();
        assertThat(confirmation.path("editors").findValuesAsText("username")).containsExactly("grace");
        ask(as("ann"), "automated");
    }

    @Test
    void voteOfAStandInWhoIsNoneAnyMoreDoesNotCount() {
        privilege("lapsed", "", approval(2, ",'delegates':{'groups':['/staff']}"));
        var id = ask(as("ann"), "lapsed");
        delegate(as("bob"), "frank", "lapsed", 201);
        approve(as("frank"), id).expect(200);
        var admin = guarded.realm().admin();
        var staff = admin.getGroupByPath("/staff").getId();
        var frank = admin.users().get(guarded.realm().userId("frank"));

        frank.leaveGroup(staff);
        try {
            assertThat(status(approve(as("carol"), id))).isEqualTo("pending");
        } finally {
            frank.joinGroup(staff);
        }
    }

    @Test
    void approvalThatComesLaterThanAnAuthenticationIsGoodForWaitsForTheRequester() {
        privilege("attended", ",'freshAuthentication':'PT4S'", approval(1, ""));
        var gone = as("ann");
        var id = ask(gone, "attended");
        var asked = Instant.parse(see(gone, id).path("requestedAt").asText());
        await().atMost(PATIENCE).until(() -> Instant.now().isAfter(asked.plusSeconds(5)));

        assertThat(status(approve(as("bob"), id))).isEqualTo("scheduled");

        gone.post("/elevations/" + id + "/activate", "{}").expect(401);
        assertThat(status(as("ann").post("/elevations/" + id + "/activate", "{}")))
                .isEqualTo("active");
    }

    @Test
    void extensionMovesTheEndUpToTheGreatestLength() {
        privilege("longer", "", "");
        var ann = as("ann");
        var id = ask(ann, "longer");
        var end = Instant.parse(see(ann, id).path("end").asText());

        as("ann")
                .post("/elevations/" + id + "/extend", "{\"duration\":\"PT1H\"}")
                .expect(409);
        ann.post("/elevations/" + id + "/extend", "{\"duration\":\"PT4H\"}").expect(400);
        var longer = ann.post("/elevations/" + id + "/extend", "{\"duration\":\"PT1H\"}")
                .expect(200)
                .json();

        assertThat(Instant.parse(longer.path("end").asText())).isEqualTo(end.plus(Duration.ofHours(1)));
        recorded("elevation.extended", id);
    }

    @Test
    void extensionOfWhatNeedsApprovalNeedsItAgain() {
        privilege("again", "", approval(1, ""));
        var ann = as("ann");
        var bob = as("bob");
        var id = ask(ann, "again");
        approve(bob, id).expect(200);
        var end = Instant.parse(see(ann, id).path("end").asText());

        var request = ann.post("/elevations/" + id + "/extend", "{\"duration\":\"PT1H\"}")
                .expect(200)
                .json();
        assertThat(request.path("status").asText()).isEqualTo("pending");
        assertThat(Instant.parse(see(ann, id).path("end").asText())).isEqualTo(end);
        approve(ann, request.path("id").asText()).expect(403);
        approve(bob, request.path("id").asText()).expect(200);

        assertThat(Instant.parse(see(ann, id).path("end").asText())).isEqualTo(end.plus(Duration.ofHours(1)));
        assertThat(ann.get("/elevations?status=active").json().findValuesAsText("privilege"))
                .containsOnlyOnce("again");
    }

    @Test
    void whatIsOverIsNotProlonged() {
        privilege("too-late", "", approval(1, ""));
        var ann = as("ann");
        var bob = as("bob");
        var id = ask(ann, "too-late");
        approve(bob, id).expect(200);
        var request = ann.post("/elevations/" + id + "/extend", "{\"duration\":\"PT1H\"}")
                .expect(200)
                .json()
                .path("id")
                .asText();
        bob.post("/elevations/" + id + "/end", "{}").expect(200);

        approve(bob, request).expect(409);

        assertThat(see(ann, request).path("status").asText()).isEqualTo("pending");
        assertThat(see(ann, id).path("endedBy").asText()).isEqualTo("approver");
    }

    @Test
    void whatHasATimeEndsWithItAndThatIsWrittenDown() {
        privilege("brief", "", "");
        privilege("undecided", "", approval(1, ",'requestTtl':'PT2S'"));
        var ann = as("ann");
        var brief = ask(ann, "brief", ",\"duration\":\"PT2S\"");
        var undecided = ask(ann, "undecided");

        recorded("elevation.ended", brief);
        recorded("elevation.expired", undecided);

        assertThat(see(ann, brief).path("endedBy").asText()).isEqualTo("time");
        assertThat(see(ann, undecided).path("status").asText()).isEqualTo("expired");
        approve(as("bob"), undecided).expect(409);
        ask(ann, "brief");
    }

    @Test
    void whatIsForLaterBeginsAtItsStart() {
        privilege("later", "", "");
        var ann = as("ann");
        ann.post("/elevations", "{\"privilege\":\"later\",\"start\":\"2020-01-01T00:00:00Z\"}")
                .expect(400);
        var id = ask(ann, "later", ",\"start\":\"" + Instant.now().plusSeconds(4) + "\"");
        assertThat(see(ann, id).path("status").asText()).isEqualTo("scheduled");

        recorded("elevation.activated", id);

        assertThat(see(ann, id).path("status").asText()).isEqualTo("active");
    }

    @Test
    void whatIsApprovedAfterItsSessionCanBeActivatedInAnotherOne() {
        privilege("patient", "", approval(1, ""));
        var tokens = guarded.realm()
                .oidc("desk")
                .token(Map.of(
                        "grant_type",
                        "password",
                        "username",
                        "ann",
                        "password",
                        GuardedRealm.PASSWORD,
                        "scope",
                        "openid sallyport"));
        var gone = guarded.realm().server().selfService(guarded.realm().name(), tokens.accessToken());
        var id = ask(gone, "patient");
        guarded.realm().oidc("desk").logout(tokens.refreshToken());

        assertThat(status(approve(as("bob"), id))).isEqualTo("scheduled");
        assertThat(mail.html("ann@example.com", "Ledger patient was approved")).contains("ask for it once more");
        as("dave").post("/elevations/" + id + "/activate", "{}").expect(404);
        var ann = as("ann");
        assertThat(status(ann.post("/elevations/" + id + "/activate", "{}"))).isEqualTo("active");
        ann.post("/elevations/" + id + "/activate", "{}").expect(409);
    }

    @Test
    void emergencyNeedsNoApprovalIsToldAtOnceAndBlocksTheNextUntilItIsReviewed() {
        var rule = ",'emergency':{'eligible':{'groups':['/finance']},'maxDuration':'PT30M','perDay':2,"
                + "'officers':{'groups':['/leads','/finance']}}";
        privilege("alarm", ",'acr':'1'", approval(2, "") + rule);
        var dave = as("dave");
        var waiting = ask(dave, "alarm");

        var first = ask(dave, "alarm", ",\"emergency\":true");

        assertThat(see(dave, first).path("status").asText()).isEqualTo("active");
        assertThat(see(dave, waiting).path("status").asText()).isEqualTo("cancelled");
        recorded("emergency.activated", first);
        await().atMost(PATIENCE).until(() -> mail.received("bob@example.com", "Emergency access"));
        dave.post("/elevations/" + first + "/end", "{}").expect(200);
        assertThat(unmet(again(dave))).containsExactly("emergency.reviewed");

        review(dave, first).expect(403);
        review(as("frank"), first).expect(404);
        review(as("bob"), first).expect(200);
        review(as("carol"), first).expect(409);

        var second = again(dave).expect(201).json().path("id").asText();
        dave.post("/elevations/" + second + "/end", "{}").expect(200);
        review(as("bob"), second).expect(200);
        assertThat(unmet(again(as("ann")))).containsExactly("emergency.perDay");
    }

    private static RestApi.Response again(RestApi who) {
        return who.post("/elevations", "{\"privilege\":\"alarm\",\"emergency\":true}");
    }

    private static RestApi.Response review(RestApi who, String id) {
        return who.post("/emergency-reviews/" + id, "{\"outcome\":\"justified\"}");
    }

    @Test
    void approversGetALinkAndTheRequesterIsToldWhatBecameOfIt() {
        privilege("told", "", approval(1, ""));
        var id = ask(as("dave"), "told");
        assertThat(mail.linkFor("bob@example.com")).startsWith("http");
        await().atMost(PATIENCE).until(() -> mail.received("bob@example.com", "dave asks for Ledger told"));

        as("bob").post("/elevations/" + id + "/deny", "{}").expect(200);

        await().atMost(PATIENCE).until(() -> mail.received("dave@example.com", "Ledger told wurde abgelehnt"));
    }

    @Test
    void requesterIsToldOfEachApprovalThoughItIsNotTheLast() {
        privilege("shared", "", approval(2, ""));
        var id = ask(as("dave"), "shared");

        assertThat(status(approve(as("bob"), id))).isEqualTo("pending");

        assertThat(mail.html("dave@example.com", "Ledger shared hat eine Zustimmung mehr"))
                .contains("Weitere stehen noch aus.");
        assertThat(mail.received("dave@example.com", "Ledger shared wurde genehmigt"))
                .isFalse();
        approve(as("carol"), id);
        await().atMost(PATIENCE).until(() -> mail.received("dave@example.com", "Ledger shared wurde genehmigt"));
    }

    @Test
    void whatSomebodyTypedIsOnlyTextInAMail() {
        privilege("typed", "", approval(1, ""));

        as("ann")
                .post(
                        "/elevations",
                        "{\"privilege\":\"typed\",\"justification\":\"<a href='https://example.com'>{0} here</a>\"}")
                .expect(201);

        assertThat(mail.html("bob@example.com", "asks for Ledger typed"))
                .contains("{0} here&lt;/a&gt;")
                .doesNotContain("<a href='https://example.com'>");
    }

    @Test
    void whatAUserHadIsOverWithTheUserAndStaysOnRecord() {
        privilege("orphan", "", "");
        var admin = guarded.realm().admin();
        var user = new UserRepresentation();
        user.setUsername("heidi");
        user.setEnabled(true);
        user.setEmail("heidi@example.com");
        user.setEmailVerified(true);
        user.setFirstName("Heidi");
        user.setLastName("Test");
        user.setGroups(List.of("/finance"));
        var password = new CredentialRepresentation();
        password.setType("password");
        password.setValue(GuardedRealm.PASSWORD);
        user.setCredentials(List.of(password));
        admin.users().create(user).close();
        var id = ask(as("heidi"), "orphan");

        admin.users().get(guarded.realm().userId("heidi")).remove();

        var ended = guarded.realm()
                .api()
                .get("/elevations?privilege=orphan")
                .expect(200)
                .json();
        assertThat(ended.findValuesAsText("id")).containsExactly(id);
        assertThat(ended.findValuesAsText("endedBy")).containsExactly("eligibility");
    }
}
