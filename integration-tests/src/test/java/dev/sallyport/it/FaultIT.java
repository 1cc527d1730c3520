package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.SallyportTest;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What breaks denies: nobody is let in, and nobody changes anything unrecorded, because a part of the pack fails. */
@SallyportTest(postgres = true)
class FaultIT {

    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server);
        guarded.ledgerNeeds(GuardedRealm.HEALTHY);
    }

    @Test
    void failureToLookUpTheDeviceDenies(KeycloakServer server) throws SQLException {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("fault"));
        var tokens = ledger.tokens("ann", GuardedRealm.PASSWORD);

        sql(server, "alter table SP_DEVICE rename to SP_DEVICE_GONE");
        try {
            assertThat(ledger.refresh(tokens.refreshToken()).status()).isGreaterThanOrEqualTo(400);
            assertThat(guarded.active(tokens.accessToken())).isFalse();
            assertThat(ledger.authorize().page().status()).isGreaterThanOrEqualTo(400);
        } finally {
            sql(server, "alter table SP_DEVICE_GONE rename to SP_DEVICE");
        }

        assertThat(ledger.refresh(tokens.refreshToken()).status()).isEqualTo(200);
    }

    @Test
    void refusalStandsThoughItCannotBeRecorded(KeycloakServer server) throws SQLException {
        sql(server, "alter table SP_AUDIT_ENTRY rename to SP_AUDIT_ENTRY_GONE");
        try {
            assertThat(guarded.ledger()
                            .login("ann", GuardedRealm.PASSWORD)
                            .page()
                            .status())
                    .isEqualTo(403);
        } finally {
            sql(server, "alter table SP_AUDIT_ENTRY_GONE rename to SP_AUDIT_ENTRY");
        }
    }

    @Test
    void changeThatCannotBeRecordedDoesNotHappen(KeycloakServer server) throws SQLException {
        var api = guarded.realm().api();

        sql(server, "alter table SP_AUDIT_ENTRY rename to SP_AUDIT_ENTRY_GONE");
        try {
            var device = api.post("/devices", "{\"id\":\"unrecorded\"}");
            var policy = api.post(
                    "/access-policies",
                    "{\"name\":\"unrecorded\",\"state\":\"disabled\",\"controls\":{\"block\":true}}");

            assertThat(device.status()).isEqualTo(500);
            assertThat(policy.status()).isEqualTo(500);
        } finally {
            sql(server, "alter table SP_AUDIT_ENTRY_GONE rename to SP_AUDIT_ENTRY");
        }

        api.get("/devices/unrecorded").expect(404);
        api.get("/access-policies/unrecorded").expect(404);
    }

    @Test
    void policyThatCannotBeReadDenies(KeycloakServer server) throws SQLException {
        guarded.policy("broken", "enforced", "\"clients\":{\"include\":[\"wiki\"]}", "\"device\":{\"compliant\":true}");
        sql(
                server,
                "update COMPONENT_CONFIG set VALUE = replace(VALUE, 'compliant', 'conpliant') where VALUE like '%\"broken\"%'");
        server.restart();

        assertThat(guarded.wiki().login("ann", GuardedRealm.PASSWORD).page().status())
                .isEqualTo(403);
        assertThat(guarded.realm()
                        .api()
                        .post("/access-policies/evaluate", "{\"user\":\"ann\",\"client\":\"wiki\"}")
                        .json()
                        .findValuesAsText("result"))
                .contains("invalid");

        guarded.realm().api().delete("/access-policies/broken").expect(204);
        assertThat(guarded.wiki().tokens("ann", GuardedRealm.PASSWORD).status()).isEqualTo(200);
    }

    private static void sql(KeycloakServer server, String statement) throws SQLException {
        try (var connection = server.jdbc();
                var statements = connection.createStatement()) {
            statements.execute(statement);
        }
    }
}
