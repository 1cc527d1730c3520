package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.it.harness.KeycloakCluster;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.Realm;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.TokenResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two nodes are one server, and one of them may die. */
@SallyportTest(nodes = 2)
class ClusterIT {

    private static KeycloakCluster cluster;
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    /** After five seconds every node looks again for what a policy names. */
    private static final Duration INDEX_LIFE = Duration.ofSeconds(10);

    private static Realm realm;
    private static GuardedRealm guarded;
    private static GuardedRealm elsewhere;

    @BeforeAll
    static void makeRealm(KeycloakCluster two) {
        cluster = two;
        realm = cluster.node(1)
                .realm(r -> r.user("ann", u -> u.password("secret")).client("ledger", c -> c.publicClient()));
        guarded = GuardedRealm.on(cluster.node(1), r -> r.group("/night").client("roster", c -> c.publicClient()));
        elsewhere = new GuardedRealm(guarded.realm().at(cluster.node(2)));
        guarded.ledgerNeeds(GuardedRealm.HEALTHY);
    }

    @Test
    void sessionOfOneNodeIsKnownToTheOther() {
        var first = realm.oidc("ledger");
        var second = first.via(cluster.node(2).address());

        var tokens = first.tokens("ann", "secret");

        assertThat(second.authorize(Map.of("prompt", "none")).code()).isNotEmpty();
        assertThat(second.refresh(tokens.refreshToken()).claims().path("iss").asText())
                .isEqualTo(realm.issuer());
    }

    @Test
    void changeOnOneNodeIsSeenByTheOtherAtOnce() {
        var there = realm.at(cluster.node(2)).admin();
        there.toRepresentation();

        var changed = realm.admin().toRepresentation();
        changed.setDisplayName("Changed");
        realm.admin().update(changed);

        assertThat(there.toRepresentation().getDisplayName()).isEqualTo("Changed");
    }

    @Test
    void killedNodeComesBackWithAllThatWasCommitted() throws SQLException {
        var second = cluster.node(2);
        var tokens = realm.oidc("ledger").via(second.address()).tokens("ann", "secret");

        second.kill();
        second.start();

        assertThat(realm.oidc("ledger")
                        .via(second.address())
                        .refresh(tokens.refreshToken())
                        .accessToken())
                .isNotEmpty();
        try (var connection = second.jdbc();
                var query = connection.prepareStatement("SELECT 1 FROM realm WHERE name = ?")) {
            query.setString(1, realm.name());
            assertThat(query.executeQuery().next()).isTrue();
        }
    }

    @Test
    void illnessReportedToOneNodeIsKnownToBoth() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("cluster"));
        var tokens = ledger.tokens("ann", GuardedRealm.PASSWORD);
        warmUp(ledger, tokens);

        elsewhere.fallIll("cluster");

        for (var node : cluster.nodes()) {
            var there = ledger.via(node.address());
            await().atMost(AT_ONCE).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> assertThat(
                            there.refresh(tokens.refreshToken()).status())
                    .isEqualTo(400));
            assertThat(there.authorize().page().status()).isEqualTo(403);
        }
    }

    @Test
    void policyMadeOnOneNodeIsEnforcedByBoth() {
        var wiki = guarded.wiki();
        var tokens = wiki.tokens("ann", GuardedRealm.PASSWORD);
        warmUp(wiki, tokens);

        elsewhere.policy("wiki", "enforced", "\"clients\":{\"include\":[\"wiki\"]}", "\"block\":true");

        for (var node : cluster.nodes()) {
            var there = wiki.via(node.address());
            await().atMost(AT_ONCE).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> assertThat(
                            there.refresh(tokens.refreshToken()).status())
                    .isEqualTo(400));
        }
    }

    @Test
    void policyOfAGroupThatIsRemovedOnOneNodeRefusesEverybodyOnBoth() {
        guarded.policy(
                "night",
                "enforced",
                "\"users\":{\"include\":{\"groups\":[\"/night\"]}},\"clients\":{\"include\":[\"roster\"]}",
                "\"block\":true");
        var roster = guarded.realm().oidc("roster");
        var tokens = roster.tokens("ann", GuardedRealm.PASSWORD);
        warmUp(roster, tokens);

        var groups = guarded.realm().admin().groups();
        groups.group(groups.groups("night", true, 0, 1, true).get(0).getId()).remove();

        for (var node : cluster.nodes()) {
            var there = roster.via(node.address());
            await().atMost(INDEX_LIFE).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> assertThat(
                            there.refresh(tokens.refreshToken()).status())
                    .isEqualTo(400));
        }
    }

    // NB. What a node takes to do something for the first time is not what it takes to notice a change.
    private static void warmUp(OidcClient client, TokenResponse tokens) {
        for (var node : cluster.nodes()) {
            var there = client.via(node.address());
            await().untilAsserted(() ->
                    assertThat(there.refresh(tokens.refreshToken()).status()).isEqualTo(200));
            var refused = guarded.ledger().via(node.address()).login("ann", GuardedRealm.PASSWORD);
            assertThat(refused.page().status()).isEqualTo(403);
        }
    }
}
