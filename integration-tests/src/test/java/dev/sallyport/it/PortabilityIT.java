package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.Realm;
import dev.sallyport.it.harness.SallyportTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** Configuration travels with the realm. */
@SallyportTest
class PortabilityIT {

    @Test
    void exportedRealmIsGuardedWhereItIsImported(KeycloakServer server) {
        var guarded = GuardedRealm.on(server);
        guarded.ledgerNeeds(GuardedRealm.HEALTHY);
        guarded.policy("names-a-user", "enforced", "\"users\":{\"include\":{\"users\":[\"ben\"]}}", "\"block\":true");
        guarded.realm().policy("""
                {"name":"expresses","state":"enforced","conditions":{"expression":"user.username == 'ben'"},
                 "controls":{"block":true}}""");
        var export = guarded.realm().admin().partialExport(true, true);
        guarded.realm().admin().remove();

        var name = guarded.realm().name() + "-moved";
        export.setRealm(name);
        server.admin().realms().create(export);
        var moved = new GuardedRealm(new Realm(server, name));
        try {
            // NB. The record is data and stays where it is; a moved realm begins one of its own.
            assertThat(moved.realm().setup().path("created"))
                    .extracting(JsonNode::asText)
                    .containsExactly("audit-log");
            addUser(moved.realm(), "ann");
            moved.realm().api().get("/access-policies/expresses").expect(200);

            assertThat(moved.ledger().login("ann", GuardedRealm.PASSWORD).page().status())
                    .isEqualTo(403);
            var device = moved.healthyDevice("moved");
            assertThat(moved.ledger()
                            .certificate(device)
                            .tokens("ann", GuardedRealm.PASSWORD)
                            .status())
                    .isEqualTo(200);
        } finally {
            moved.realm().admin().remove();
            // NB. The end of the class removes the realm that it made.
            var bare = new RealmRepresentation();
            bare.setRealm(guarded.realm().name());
            server.admin().realms().create(bare);
        }
    }

    private static void addUser(Realm realm, String username) {
        var password = new CredentialRepresentation();
        password.setType(CredentialRepresentation.PASSWORD);
        password.setValue(GuardedRealm.PASSWORD);
        var user = new UserRepresentation();
        user.setUsername(username);
        user.setEmail(username + "@example.com");
        user.setFirstName(username);
        user.setLastName(username);
        user.setEnabled(true);
        user.setCredentials(List.of(password));
        realm.admin().users().create(user).close();
    }
}
