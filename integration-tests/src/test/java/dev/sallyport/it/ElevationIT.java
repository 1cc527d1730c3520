package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The life of an elevation over REST: ann of /finance asks, bob and carol of /leads decide. */
@SallyportTest
class ElevationIT {

    private static GuardedRealm guarded;
    private static RestApi ann;
    private static RestApi bob;
    private static RestApi carol;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = realm(server);
        ann = as(guarded, "ann");
        bob = as(guarded, "bob");
        carol = as(guarded, "carol");
    }

    private static GuardedRealm realm(KeycloakServer server) {
        var made = GuardedRealm.on(server, r -> r.group("/leads")
                .clientRole("ledger-api", "db-admin")
                .user("bob", u -> u.password(GuardedRealm.PASSWORD).groups("/leads"))
                .user("carol", u -> u.password(GuardedRealm.PASSWORD).groups("/leads"))
                .client("desk", c -> c.publicClient().directGrants()));
        SelfServiceIT.offerScope(made, "desk");
        return made;
    }

    private static RestApi as(GuardedRealm in, String user) {
        var token = in.realm()
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
        return in.realm().server().selfService(in.realm().name(), token);
    }

    private static final String APPROVED = ",'approval':{'count':1,'approvers':{'groups':['/leads']}}";

    private static void privilege(GuardedRealm in, String name, String activation, String more) {
        in.realm()
                .api()
                .post("/privileges", """
                        {'name':'%s','displayName':'Ledger','mode':'token','grants':{'clientRoles':{'ledger-api':['db-admin']}},
                         'eligible':{'groups':['/finance']},
                         'activation':{'maxDuration':'PT4H','defaultDuration':'PT1H'%s}%s}""".formatted(name, activation, more).replace('\'', '"'))
                .expect(201);
    }

    private static void privilege(String name, String activation, String more) {
        privilege(guarded, name, activation, more);
    }

    private static JsonNode requested(String privilege) {
        return ann.post("/elevations", "{\"privilege\":\"" + privilege + "\",\"justification\":\"quarter end\"}")
                .expect(201)
                .json();
    }

    private static String id(JsonNode elevation) {
        return elevation.path("id").asText();
    }

    private static String status(JsonNode elevation) {
        return elevation.path("status").asText();
    }

    @Test
    void requestIsApprovedUsedAndEnded() {
        privilege("whole-life", "", APPROVED);

        var request = requested("whole-life");
        assertThat(status(request)).isEqualTo("pending");
        assertThat(request.path("requester").asText()).isEqualTo("ann");
        assertThat(bob.get("/elevations?role=approver&status=pending")
                        .expect(200)
                        .json()
                        .findValuesAsText("id"))
                .contains(id(request));
        var approved = bob.post("/elevations/" + id(request) + "/approve", "{\"comment\":\"go on\"}")
                .expect(200)
                .json();
        assertThat(status(approved)).isEqualTo("active");
        assertThat(approved.path("approvals").path(0).path("approver").asText()).isEqualTo("bob");
        assertThat(approved.path("approvals").path(0).path("comment").asText()).isEqualTo("go on");
        assertThat(ann.get("/elevations?status=active").expect(200).json().findValuesAsText("id"))
                .contains(id(request));

        var ended = ann.post("/elevations/" + id(request) + "/end", "{}")
                .expect(200)
                .json();

        assertThat(status(ended)).isEqualTo("ended");
        assertThat(ended.path("endedBy").asText()).isEqualTo("user");
        ann.post("/elevations/" + id(request) + "/end", "").expect(409);
        for (var type :
                List.of("elevation.requested", "elevation.approved", "elevation.activated", "elevation.ended")) {
            assertThat(guarded.audited(type))
                    .anySatisfy(entry ->
                            assertThat(entry.path("elevationId").asText()).isEqualTo(id(request)));
        }
    }

    @Test
    void whatNobodyHasToApproveIsActiveAtOnce() {
        privilege("at-once", "", "");

        var dry = ann.post("/elevations", "{\"privilege\":\"at-once\",\"dryRun\":true}")
                .expect(200)
                .json();
        assertThat(dry.path("unmet")).isEmpty();
        assertThat(ann.get("/elevations").json().findValuesAsText("privilege")).doesNotContain("at-once");

        assertThat(status(requested("at-once"))).isEqualTo("active");
        ann.post("/elevations", "{\"privilege\":\"at-once\"}").expect(403);
    }

    @Test
    void whatIsOfferedSaysWhatDoesNotHold() {
        privilege("offered", ",'acr':'2','ticket':'^CHG-'", APPROVED);

        var offer = offer(ann, "offered");

        assertThat(offer.path("approvals").asInt()).isEqualTo(1);
        assertThat(offer.path("unmet").findValuesAsText("control")).contains("acr", "ticket");
        assertThat(bob.get("/privileges").expect(200).json().findValuesAsText("name"))
                .doesNotContain("offered");
        assertThat(ann.get("/me").json().path("features").path("elevation").asBoolean())
                .isTrue();
        assertThat(bob.get("/me").json().path("features").path("approvals").asBoolean())
                .isTrue();
    }

    private static JsonNode offer(RestApi user, String name) {
        for (var offer : user.get("/privileges").expect(200).json()) {
            if (offer.path("name").asText().equals(name)) return offer;
        }
        throw new AssertionError("no offer of " + name);
    }

    @Test
    void whoIsNotEligibleCannotTellWhetherThePrivilegeIsThere() {
        privilege("secret", "", "");

        var there = carol.post("/elevations", "{\"privilege\":\"secret\"}")
                .expect(404)
                .text();
        var notThere = carol.post("/elevations", "{\"privilege\":\"nothing\"}")
                .expect(404)
                .text();

        assertThat(there).isEqualTo(notThere);
        carol.post("/elevations", "{\"privilege\":\"secret\",\"dryRun\":true}").expect(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 400",
                "[] | 400",
                "{'privilege':'bounds','durations':'PT1H'} | 400",
                "{'privilege':'bounds','duration':3600} | 400",
                "{'privilege':'bounds','duration':'PT0S'} | 400",
                "{'privilege':'bounds','duration':'-PT1H'} | 400",
                "{'privilege':'bounds','duration':'PT4H1S'} | 400",
                "{'privilege':'bounds','duration':'P99999999D'} | 400",
                "{'privilege':'bounds','start':'2001-01-01T00:00:00Z'} | 400",
                "{'privilege':'bounds','start':'tomorrow'} | 400",
                "{'privilege':'bounds','emergency':'yes'} | 400",
                "{'privilege':'bounds','justification':'\\u0000'} | 400",
                "{'privilege':['bounds']} | 400",
                "{'privilege':'bounds'} | 403",
                "{'privilege':'bounds','justification':'short'} | 403"
            })
    void whatIsMalformedOrOutOfBoundsIsRefused(String body, int status) {
        if (guarded.realm().api().get("/privileges/bounds").status() == 404) {
            privilege("bounds", ",'justification':'^.{10,}$'", APPROVED);
        }

        ann.post("/elevations", body.replace('\'', '"')).expect(status);
    }

    @Test
    void whatIsTooLargeIsRefused() {
        ann.post("/elevations", "{\"privilege\":\"" + "x".repeat(1024 * 1024) + "\"}")
                .expect(413);
        ann.post("/elevations", "{\"privilege\":\"x\",\"justification\":\"" + "x".repeat(2_001) + "\"}")
                .expect(400);
        ann.get("/elevations?max=1001").expect(400);
        ann.get("/elevations?status=done").expect(400);
        ann.get("/elevations?role=admin").expect(400);
    }

    @Test
    void weakAuthenticationIsAnsweredByAChallenge() {
        privilege("strong", ",'acr':'2'", "");

        var answer = ann.post("/elevations", "{\"privilege\":\"strong\"}").expect(401);

        assertThat(answer.header("WWW-Authenticate"))
                .contains("Bearer error=\"insufficient_user_authentication\"", "acr_values=\"2\"");
        assertThat(answer.json().path("error").asText()).isEqualTo("insufficient_user_authentication");
    }

    @Test
    void nobodyApprovesTheirOwnRequest() {
        privilege("own", "", ",'approval':{'count':1,'approvers':{'users':['ann','bob']}}");
        var request = requested("own");

        ann.post("/elevations/" + id(request) + "/approve", "{}").expect(403);

        assertThat(status(ann.get("/elevations/" + id(request)).expect(200).json()))
                .isEqualTo("pending");
    }

    @Test
    void requestsOfOthersAreUnknownToWhomTheyDoNotConcern(KeycloakServer server) {
        privilege("private", "", ",'approval':{'count':1,'approvers':{'users':['bob']}}");
        var request = requested("private");
        var elsewhere = realm(server);
        var stranger = as(elsewhere, "bob");

        for (var id : List.of(id(request), UUID.randomUUID().toString(), "x", "%27")) {
            for (var act : List.of("approve", "deny", "cancel", "end", "activate")) {
                carol.post("/elevations/" + id + "/" + act, "{}").expect(404);
                stranger.post("/elevations/" + id + "/" + act, "{}").expect(404);
            }
            carol.post("/elevations/" + id + "/extend", "{\"duration\":\"PT1H\"}")
                    .expect(404);
            carol.post("/emergency-reviews/" + id, "{\"outcome\":\"justified\"}")
                    .expect(404);
            carol.get("/elevations/" + id).expect(404);
            carol.delete("/delegations/" + id).expect(404);
        }
        assertThat(carol.get("/elevations?role=approver").json().findValuesAsText("id"))
                .doesNotContain(id(request));
        assertThat(status(bob.get("/elevations/" + id(request)).expect(200).json()))
                .isEqualTo("pending");
    }

    @Test
    void elevationOfAnotherRealmIsUnknownWhateverIsHeldHere(KeycloakServer server) {
        privilege("bordered", "", APPROVED);
        var request = id(requested("bordered"));
        var elsewhere = realm(server);
        privilege(elsewhere, "bordered", "", APPROVED);
        var approver = as(elsewhere, "bob");
        var administrator = elsewhere.realm().api();

        administrator
                .post("/elevations/" + request + "/revoke", "{\"reason\":\"not ours\"}")
                .expect(404);
        for (var act : List.of("approve", "deny", "end")) {
            approver.post("/elevations/" + request + "/" + act, "{}").expect(404);
        }
        approver.get("/elevations/" + request).expect(404);
        assertThat(administrator.get("/elevations").expect(200).json()).isEmpty();

        assertThat(status(ann.get("/elevations/" + request).json())).isEqualTo("pending");
    }

    @Test
    void nobodyIsHeardTwiceAndNothingIsDecidedTwice() {
        privilege("two", "", ",'approval':{'count':2,'approvers':{'groups':['/leads']}}");
        var request = requested("two");

        bob.post("/elevations/" + id(request) + "/approve", "{}").expect(200);
        bob.post("/elevations/" + id(request) + "/approve", "{}").expect(409);
        bob.post("/elevations/" + id(request) + "/deny", "{}").expect(409);
        assertThat(status(carol.post("/elevations/" + id(request) + "/deny", "{}")
                        .expect(200)
                        .json()))
                .isEqualTo("denied");

        bob.post("/elevations/" + id(request) + "/approve", "{}").expect(409);
        ann.post("/elevations/" + id(request) + "/cancel", "{}").expect(409);
    }

    @Test
    void ofTwoDecisionsAtTheSameTimeOneCounts() {
        privilege("race", "", APPROVED);
        var request = requested("race");

        var answers = Stream.of(
                        CompletableFuture.supplyAsync(() -> bob.post("/elevations/" + id(request) + "/approve", "{}")),
                        CompletableFuture.supplyAsync(() -> carol.post("/elevations/" + id(request) + "/deny", "{}")))
                .map(CompletableFuture::join)
                .map(RestApi.Response::status)
                .toList();

        assertThat(answers).containsExactlyInAnyOrder(200, 409);
    }

    @Test
    void whoEditedThePrivilegeNeitherAsksForItNorApprovesIt() {
        var admin = guarded.realm().admin();
        for (var user : List.of("ann", "bob")) {
            var management =
                    admin.clients().findByClientId("realm-management").get(0).getId();
            admin.users()
                    .get(guarded.realm().userId(user))
                    .roles()
                    .clientLevel(management)
                    .add(List.of(
                            admin.clients()
                                    .get(management)
                                    .roles()
                                    .get("manage-realm")
                                    .toRepresentation(),
                            admin.clients()
                                    .get(management)
                                    .roles()
                                    .get("manage-users")
                                    .toRepresentation()));
        }
        privilege("mine", "", APPROVED);
        var document = guarded.realm().api().get("/privileges/mine").json().toString();
        manager("ann").put("/privileges/mine", document).expect(200);

        ann.post("/elevations", "{\"privilege\":\"mine\"}").expect(403);
        manager("bob").post("/privileges/mine/confirm", "").expect(200);
        var request = requested("mine");
        manager("bob").put("/privileges/mine", document).expect(200);

        bob.post("/elevations/" + id(request) + "/approve", "{}").expect(403);
        assertThat(status(ann.get("/elevations/" + id(request)).json())).isEqualTo("pending");
    }

    private static RestApi manager(String user) {
        return guarded.realm()
                .api()
                .as(guarded.realm()
                        .oidc("desk")
                        .passwordGrant(user, GuardedRealm.PASSWORD)
                        .accessToken());
    }

    @Test
    void administratorsSeeAllAndRevoke() {
        privilege("watched", "", "");
        var elevation = requested("watched");
        var api = guarded.realm().api();

        assertThat(api.get("/elevations?user=ann&status=active&privilege=watched")
                        .expect(200)
                        .json()
                        .findValuesAsText("id"))
                .containsExactly(id(elevation));
        assertThat(api.get("/elevations?user=nobody").expect(200).json()).isEmpty();
        assertThat(api.get("/elevations?to=2001-01-01T00:00:00Z").expect(200).json())
                .isEmpty();
        api.get("/elevations?from=yesterday").expect(400);
        api.post("/elevations/" + id(elevation) + "/revoke", "{}").expect(400);
        api.anonymously()
                .post("/elevations/" + id(elevation) + "/revoke", "{\"reason\":\"r\"}")
                .expect(401);
        api.post("/elevations/" + UUID.randomUUID() + "/revoke", "{\"reason\":\"r\"}")
                .expect(404);

        var revoked = api.post("/elevations/" + id(elevation) + "/revoke", "{\"reason\":\"not any more\"}")
                .expect(200)
                .json();

        assertThat(status(revoked)).isEqualTo("ended");
        assertThat(revoked.path("endedBy").asText()).isEqualTo("admin");
        api.post("/elevations/" + id(elevation) + "/revoke", "{\"reason\":\"again\"}")
                .expect(409);
    }

    @Test
    void lockedPrivilegeIsNotHad() {
        privilege("shut", "", "");
        var lock = guarded.lock("{\"privilege\":\"shut\",\"reason\":\"under review\"}");

        ann.post("/elevations", "{\"privilege\":\"shut\"}").expect(403);

        guarded.lift(lock);
        assertThat(status(requested("shut"))).isEqualTo("active");
    }
}
