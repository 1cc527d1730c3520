package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakCluster;
import dev.sallyport.it.harness.Realm;
import dev.sallyport.it.harness.SallyportTest;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two nodes are one server, and one of them may die. */
@SallyportTest(nodes = 2)
class ClusterIT {

    private static KeycloakCluster cluster;
    private static Realm realm;

    @BeforeAll
    static void makeRealm(KeycloakCluster two) {
        cluster = two;
        realm = cluster.node(1)
                .realm(r -> r.user("ann", u -> u.password("secret")).client("ledger", c -> c.publicClient()));
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
}
