package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.it.harness.KeycloakCluster;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Acts at the same moment on two nodes, one after the other all the same. */
@SallyportTest(nodes = 2)
class ElevationClusterIT {

    private static KeycloakCluster cluster;
    private static GuardedRealm guarded;
    private static Map<String, String> tokens;

    @BeforeAll
    static void makeRealm(KeycloakCluster two) {
        cluster = two;
        guarded = GuardedRealm.on(cluster.node(1), r -> r.group("/leads")
                .clientRole("ledger-api", "db-admin")
                .user("bob", u -> u.password(GuardedRealm.PASSWORD).groups("/leads"))
                .user("carol", u -> u.password(GuardedRealm.PASSWORD).groups("/leads"))
                .client("desk", c -> c.publicClient().directGrants()));
        SelfServiceIT.offerScope(guarded, "desk");
        tokens = Map.of("ann", token("ann"), "bob", token("bob"), "carol", token("carol"));
        privilege("one", 1, "PT4H");
        privilege("two", 2, "PT4H");
        privilege("brief", 1, "PT2S");
        guarded.realm().api().post("/privileges", document("free", "")).expect(201);
    }

    private static String token(String user) {
        return guarded.realm()
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
    }

    private static void privilege(String name, int count, String ttl) {
        var approval =
                ",'approval':{'count':%d,'approvers':{'groups':['/leads']},'requestTtl':'%s'}".formatted(count, ttl);
        guarded.realm().api().post("/privileges", document(name, approval)).expect(201);
    }

    private static String document(String name, String more) {
        return """
                {'name':'%s','displayName':'Ledger','mode':'token','grants':{'clientRoles':{'ledger-api':['db-admin']}},
                 'eligible':{'groups':['/finance']},
                 'activation':{'maxDuration':'PT4H','defaultDuration':'PT1H'}%s}""".formatted(name, more).replace('\'', '"');
    }

    private static RestApi at(KeycloakServer node, String user) {
        return node.selfService(guarded.realm().name(), tokens.get(user));
    }

    private static RestApi first(String user) {
        return at(cluster.node(1), user);
    }

    private static RestApi second(String user) {
        return at(cluster.node(2), user);
    }

    private static String ask(String privilege) {
        return first("ann")
                .post("/elevations", "{\"privilege\":\"" + privilege + "\"}")
                .expect(201)
                .json()
                .path("id")
                .asText();
    }

    private static void over(String id) {
        first("ann").post("/elevations/" + id + "/end", "{}");
    }

    @SafeVarargs
    private static List<RestApi.Response> together(Supplier<RestApi.Response>... acts) {
        return Stream.of(acts).map(CompletableFuture::supplyAsync).toList().stream()
                .map(CompletableFuture::join)
                .toList();
    }

    @RepeatedTest(5)
    void approvalsOnTwoNodesCountOnceEach() {
        var id = ask("two");

        var answers = together(() -> first("bob").post("/elevations/" + id + "/approve", "{}"), () -> second("carol")
                .post("/elevations/" + id + "/approve", "{}"));

        assertThat(answers.stream()
                        .map(answer -> answer.expect(200).json().path("status").asText()))
                .containsExactlyInAnyOrder("pending", "active");
        over(id);
    }

    @RepeatedTest(5)
    void oneVoteOnTwoNodesCountsOnce() {
        var id = ask("two");

        var answers = together(() -> first("bob").post("/elevations/" + id + "/approve", "{}"), () -> second("bob")
                .post("/elevations/" + id + "/approve", "{}"));

        assertThat(answers.stream().map(RestApi.Response::status)).containsExactlyInAnyOrder(200, 409);
        assertThat(second("ann").get("/elevations/" + id).json().path("status").asText())
                .isEqualTo("pending");
        first("ann").post("/elevations/" + id + "/cancel", "{}").expect(200);
    }

    @RepeatedTest(5)
    void ofTwoDecisionsThatContradictEachOtherTheSecondIsRefused() {
        var id = ask("one");

        var answers = together(() -> first("bob").post("/elevations/" + id + "/approve", "{}"), () -> second("carol")
                .post("/elevations/" + id + "/deny", "{}"));

        assertThat(answers.stream().map(RestApi.Response::status)).containsExactlyInAnyOrder(200, 409);
        over(id);
    }

    @RepeatedTest(5)
    void requestsOnTwoNodesAreOneElevation() {
        var answers = together(() -> first("ann").post("/elevations", "{\"privilege\":\"free\"}"), () -> second("ann")
                .post("/elevations", "{\"privilege\":\"free\"}"));

        assertThat(answers.stream().map(RestApi.Response::status))
                .containsOnlyOnce(201)
                .containsAnyOf(403, 409);
        answers.stream()
                .filter(answer -> answer.status() == 201)
                .forEach(answer -> over(answer.json().path("id").asText()));
    }

    @Test
    void whatTheClockDidIsWrittenDownOnce() {
        var id = ask("brief");

        await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> assertThat(guarded.audited("elevation.expired"))
                .isNotEmpty());

        assertThat(guarded.audited("elevation.expired"))
                .filteredOn(entry -> entry.path("elevationId").asText().equals(id))
                .hasSize(1);
    }
}
