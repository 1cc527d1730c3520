package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.ClientCertificate;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.Realm;
import dev.sallyport.it.harness.SallyportTest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a decision reads from the database: what the server's own log of statements has more than without the pack. */
@SallyportTest(options = "--log-level=info,org.hibernate.SQL:debug")
class StatementCountIT {

    private static final int WARM_UPS = 3;
    private static final int TIMES = 8;

    private static KeycloakServer node;
    private static GuardedRealm guarded;
    private static Realm unguarded;
    private static ClientCertificate laptop;

    @BeforeAll
    static void makeRealms(KeycloakServer server) {
        node = server;
        unguarded = GuardedRealm.unguarded(server, r -> {});
        guarded = GuardedRealm.on(server);
        laptop = guarded.healthyDevice("laptop");
        guarded.ledgerNeeds(GuardedRealm.HEALTHY);
    }

    @Test
    void refreshReadsOneDeviceByItsKeyAndNothingElse() {
        var without = refresh(unguarded.oidc("ledger"));
        var with = refresh(guarded.ledger().certificate(laptop));

        assertThat(more(with, without)).singleElement().satisfies(StatementCountIT::readsADeviceByItsKey);
    }

    @Test
    void introspectionReadsOneDeviceByItsKeyAndNothingElse() {
        var without = introspection(unguarded, unguarded.oidc("ledger"));
        var with = introspection(guarded.realm(), guarded.ledger().certificate(laptop));

        assertThat(more(with, without)).singleElement().satisfies(StatementCountIT::readsADeviceByItsKey);
    }

    @Test
    void fiftyPoliciesOnGroupsRolesAndClientsReadNoMoreThanOne() {
        var assignments = List.of(
                "\"users\":{\"include\":{\"groups\":[\"/finance\"]}}",
                "\"users\":{\"include\":{\"groups\":[\"/finance/audit\"],\"users\":[\"ben\"]}}",
                "\"users\":{\"include\":{\"roles\":[\"clerk\"]},\"exclude\":{\"groups\":[\"/finance/audit\"]}}",
                "\"users\":{\"exclude\":{\"roles\":[\"offline_access\"]}},\"clients\":{\"exclude\":[\"wiki\"]}",
                "\"clients\":{\"include\":[\"ledger-api\",\"wiki\"]}");
        for (int i = 0; i < 50; i++) {
            guarded.policy("policy " + i, "report-only", assignments.get(i % assignments.size()), GuardedRealm.HEALTHY);
        }

        var without = refresh(unguarded.oidc("ledger"));
        var with = refresh(guarded.ledger().certificate(laptop));

        assertThat(more(with, without)).singleElement().satisfies(StatementCountIT::readsADeviceByItsKey);
    }

    @Test
    void sourcesOfPostureThatKnowTheDeviceReadNoMoreThanNone() {
        var sourced = GuardedRealm.on(node);
        var client = sourced.ledger().certificate(sourced.healthyDevice("sourced"));
        sourced.ledgerNeeds(GuardedRealm.HEALTHY.replace("}", ",\"onOutage\":\"allow\"}"));
        sourced.realm().api().post("/posture-sources", """
                {"name":"fleet","type":"fleet","url":"https://fleet.invalid","credentials":{"token":"t"},"cache":"PT1S"}""").expect(201);

        // NB. Whoever comes first waits for what the source says.
        sourced.arrival(client.withoutCookies());

        var without = refresh(unguarded.oidc("ledger"));
        var with = refresh(client);

        assertThat(more(with, without)).singleElement().satisfies(StatementCountIT::readsADeviceByItsKey);
    }

    @Test
    void sessionWithoutADeviceReadsNothing() {
        guarded.policy("wiki", "enforced", "\"clients\":{\"include\":[\"wiki\"]}", "\"acr\":\"1\"");

        var without = refresh(unguarded.oidc("wiki"));
        var with = refresh(guarded.wiki());

        assertThat(more(with, without)).isEmpty();
    }

    @Test
    void privilegesCostASessionThatHasNoneOneLookUpByItsUser() {
        var privileged = GuardedRealm.on(node);
        privileged.realm().api().post("/privileges", """
                        {"name":"clerk","displayName":"Clerk","mode":"token","grants":{"realmRoles":["clerk"]},
                         "eligible":{"groups":["/finance"]},
                         "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H"}}""").expect(201);

        var without = refresh(unguarded.oidc("wiki"));
        var with = refresh(privileged.wiki());

        assertThat(more(with, without)).singleElement().satisfies(statement -> {
            var where = statement.substring(statement.indexOf(" where "));
            assertThat(statement).contains(" from SP_ELEVATION ");
            assertThat(where)
                    .containsPattern("REALM_ID.*REQUESTER_ID|REQUESTER_ID.*REALM_ID")
                    .doesNotContain(" or ");
        });
    }

    @Test
    void twelvePrivilegedSessionsAreListedByAsManyStatementsAsTwo() {
        var watched = GuardedRealm.on(node, r -> {
            r.group("/keepers").role("keeper").client("console", c -> c.publicClient());
            for (int i = 0; i < 12; i++)
                r.user("keeper-" + i, u -> u.password(GuardedRealm.PASSWORD)
                        .groups("/keepers")
                        .roles("offline_access")
                        .clientRoles("realm-management", "view-users"));
        });
        Person.mayAskFrom(watched, "console");
        watched.realm().api().post("/privileges", """
                        {"name":"keeping","displayName":"Keeping","mode":"token","grants":{"realmRoles":["keeper"]},
                         "eligible":{"groups":["/keepers"]},
                         "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H"}}""").expect(201);

        for (int i = 0; i < 2; i++) keeper(watched, i);
        var two = listed(watched, 2);
        for (int i = 2; i < 12; i++) keeper(watched, i);
        var twelve = listed(watched, 12);

        assertThat(twelve.stream().map(StatementCountIT::table))
                .containsExactlyElementsOf(
                        two.stream().map(StatementCountIT::table).toList());
        assertThat(two).anySatisfy(statement -> assertThat(statement)
                .contains(" from SP_SESSION ")
                .containsPattern("REALM_ID.*WATCHED.*SESSION_ID"));
    }

    /** Signs in on a device, asks for a privilege, and goes on offline, too. */
    private static void keeper(GuardedRealm watched, int i) {
        var keeper = Person.loggedIn(watched, "keeper-" + i, Optional.of(watched.healthyDevice("keeps-" + i)));
        keeper.elevated("keeping");
        keeper.at("wiki", Map.of("scope", "openid offline_access"));
    }

    /** What the list reads, whatever of the users Keycloak has in its memory. */
    private static List<String> listed(GuardedRealm watched, int expected) {
        return reads(() -> watched.realm().admin().clearUserCache(), () -> assertThat(
                        watched.realm().api().get("/sessions").expect(200).json())
                .hasSize(expected)
                .allSatisfy(session -> {
                    assertThat(session.at("/device/compliant").asBoolean()).isTrue();
                    assertThat(session.path("elevations")).hasSize(1);
                    assertThat(session.path("holdings").toString()).contains("view-users");
                    assertThat(session.path("offline").asBoolean()).isTrue();
                }));
    }

    private static String table(String statement) {
        return statement.replaceFirst(".* from (\\S+) .*", "$1");
    }

    private static List<String> refresh(OidcClient client) {
        var token = client.tokens("ann", GuardedRealm.PASSWORD).refreshToken();
        return reads(() -> assertThat(client.refresh(token).status()).isEqualTo(200));
    }

    private static List<String> introspection(Realm realm, OidcClient client) {
        var token = client.tokens("ann", GuardedRealm.PASSWORD).accessToken();
        var api = realm.oidc("ledger-api").secret(GuardedRealm.API_SECRET);
        return reads(
                () -> assertThat(api.introspect(token).body().path("active").asBoolean())
                        .isTrue());
    }

    /**
     * What the request reads once all caches are warm.
     *
     * <p>NB. The least of several times: in each new second of a session's life Keycloak reads and writes its own row of it.
     */
    private static List<String> reads(Runnable request) {
        return reads(() -> {}, request);
    }

    private static List<String> reads(Runnable before, Runnable request) {
        for (int i = 0; i < WARM_UPS; i++) request.run();
        return Stream.generate(() -> {
                    before.run();
                    return readsOnce(request);
                })
                .limit(TIMES)
                .min(Comparator.comparingInt(List::size))
                .orElseThrow();
    }

    private static List<String> readsOnce(Runnable request) {
        int before = node.log().size();
        request.run();
        return node.log().stream()
                .skip(before)
                .flatMap(StatementCountIT::select)
                .toList();
    }

    private static Stream<String> select(String line) {
        // NB. Requests run on executor threads; what timers read has nothing to do with ours.
        boolean ours = line.contains("[org.hibernate.SQL]") && line.contains("(executor-thread");
        int at = line.indexOf(" select ");
        return ours && at > 0 ? Stream.of(line.substring(at + 1)) : Stream.empty();
    }

    private static List<String> more(List<String> with, List<String> without) {
        var more = new ArrayList<>(with);
        without.forEach(more::remove);
        return more;
    }

    private static void readsADeviceByItsKey(String statement) {
        var where = statement.substring(statement.indexOf(" where "));

        assertThat(statement).contains(" from SP_DEVICE ");
        assertThat(where)
                .containsPattern("REALM_ID.*DEVICE_ID|DEVICE_ID.*REALM_ID")
                .doesNotContain(" or ");
    }
}
