package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.ClientBuilder;
import dev.sallyport.it.harness.KeycloakCluster;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.RoleRepresentation;

/** Whatever dies in the middle: nobody keeps a mapping for longer than was said, or loses one that is theirs. */
@SallyportTest(nodes = 2)
class AssignmentFaultsIT {

    private static final Duration SOON = Duration.ofMinutes(2);

    private static KeycloakCluster cluster;
    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakCluster two) {
        cluster = two;
        guarded = GuardedRealm.on(cluster.node(1), r -> r.group("/dba")
                .role("keeper")
                .role("warden")
                .user(
                        "bob",
                        u -> u.password(GuardedRealm.PASSWORD).groups("/dba").roles("keeper"))
                .user(
                        "carol",
                        u -> u.password(GuardedRealm.PASSWORD).groups("/dba").roles("keeper"))
                .user(
                        "dan",
                        u -> u.password(GuardedRealm.PASSWORD).groups("/dba").roles("keeper"))
                .client("console", ClientBuilder::publicClient));
        Person.mayAskFrom(guarded, "console");
        privilege("keeping", "PT1H");
        privilege("moment", "PT30S");
    }

    private static void privilege(String name, String duration) {
        guarded.realm().api().post("/privileges", """
                {"name":"%1$s","displayName":"%1$s","mode":"assignment","grants":{"realmRoles":["keeper","warden"]},
                 "eligible":{"groups":["/dba"]},
                 "activation":{"maxDuration":"PT4H","defaultDuration":"%2$s"}}""".formatted(name, duration)).expect(201);
    }

    /** Each of the tests has it killed. */
    @AfterEach
    void bringBackTheSecondNode() {
        cluster.node(2).start();
    }

    @Test
    void nodeThatIsKilledBetweenLeaseAndMappingLeavesNothingThatKeepsTheNextMapping() throws SQLException {
        var bob = Person.loggedIn(guarded, "bob", Optional.empty());

        stopped("insert into user_role_mapping", bob, () -> ask(second(bob), "keeping"));

        assertThat(roles("bob")).contains("keeper").doesNotContain("warden");
        var elevation = ask(first(bob), "keeping").expect(201).json();
        assertThat(roles("bob")).contains("keeper", "warden");
        end(first(bob), elevation).expect(200);
        assertThat(roles("bob")).contains("keeper").doesNotContain("warden");
        await().atMost(SOON).untilAsserted(() -> assertThat(leases("bob")).isZero());
        assertThat(roles("bob")).contains("keeper").doesNotContain("warden");
    }

    @Test
    void whatANodeWasKilledInTheMiddleOfTakingAwayGoesAtItsTime() throws SQLException {
        var carol = Person.loggedIn(guarded, "carol", Optional.empty());
        var elevation = ask(first(carol), "moment").expect(201).json();
        assertThat(roles("carol")).contains("warden");

        stopped("delete from user_role_mapping", carol, () -> end(second(carol), elevation));

        await().atMost(SOON).untilAsserted(() -> assertThat(roles("carol")).doesNotContain("warden"));
        assertThat(roles("carol")).contains("keeper");
        assertThat(leases("carol")).isZero();
        assertThat(carol.at("wiki").claims().at("/realm_access/roles").toString())
                .contains("keeper")
                .doesNotContain("warden");
    }

    @Test
    void whatAllNodesWereKilledInTheMiddleOfTakingAwayGoesWhenTheyAreBack() throws SQLException {
        var dan = Person.loggedIn(guarded, "dan", Optional.empty());
        ask(first(dan), "moment").expect(201);
        assertThat(roles("dan")).contains("warden");

        try (var holder = holder()) {
            await().atMost(SOON).until(() -> waiting("delete from user_role_mapping"));
            cluster.nodes().forEach(KeycloakServer::kill);
            holder.rollback();
        }
        cluster.node(1).start();

        await().atMost(SOON).untilAsserted(() -> assertThat(roles("dan")).doesNotContain("warden"));
        assertThat(roles("dan")).contains("keeper");
        assertThat(leases("dan")).isZero();
    }

    /** Has the second node killed at that statement of what it is asked to do. */
    private static void stopped(String statement, Person person, Act act) throws SQLException {
        CompletableFuture<RestApi.Response> acting;
        try (var holder = holder()) {
            acting = CompletableFuture.supplyAsync(act::answer);
            await().atMost(SOON).until(() -> waiting(statement));
            assertThat(leases(person.name())).isPositive();
            cluster.node(2).kill();
            holder.rollback();
        }
        assertThat(acting).failsWithin(SOON);
    }

    private interface Act {
        RestApi.Response answer();
    }

    /** Whoever is to change a mapping waits for this connection, and whoever reads one does not. */
    private static Connection holder() throws SQLException {
        var holder = cluster.node(1).jdbc();
        holder.setAutoCommit(false);
        try (var statement = holder.createStatement()) {
            statement.execute("lock table user_role_mapping in share mode");
        }
        return holder;
    }

    private static boolean waiting(String statement) throws SQLException {
        return count(
                        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
                                + " and query ilike '" + statement + "%'")
                > 0;
    }

    private static long leases(String user) throws SQLException {
        return count("select count(*) from SP_ASSIGNMENT where REMOVED_AT is null and USER_ID = '"
                + guarded.realm().userId(user) + "'");
    }

    private static long count(String query) throws SQLException {
        try (var connection = cluster.node(1).jdbc();
                var statement = connection.createStatement();
                var found = statement.executeQuery(query)) {
            found.next();
            return found.getLong(1);
        }
    }

    private static RestApi.Response ask(RestApi who, String privilege) {
        return who.post("/elevations", "{\"privilege\":\"" + privilege + "\"}");
    }

    private static RestApi.Response end(RestApi who, JsonNode elevation) {
        return who.post("/elevations/" + elevation.path("id").asText() + "/end", "{}");
    }

    private static RestApi first(Person person) {
        return at(cluster.node(1), person);
    }

    private static RestApi second(Person person) {
        return at(cluster.node(2), person);
    }

    private static RestApi at(KeycloakServer node, Person person) {
        return node.selfService(guarded.realm().name(), person.tokens().accessToken());
    }

    private static List<String> roles(String user) {
        return guarded.realm().admin().users().get(guarded.realm().userId(user)).roles().realmLevel().listAll().stream()
                .map(RoleRepresentation::getName)
                .toList();
    }
}
