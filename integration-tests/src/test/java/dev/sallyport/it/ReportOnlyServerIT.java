package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.SallyportTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On the day that somebody has locked everybody out, whoever starts the server can let them in again. */
@SallyportTest(options = "--spi-sallyport-access--default--report-only=true")
class ReportOnlyServerIT {

    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server, r -> r.user(
                        "boss", u -> u.password(GuardedRealm.PASSWORD).clientRoles("realm-management", "realm-admin"))
                .client("desk", c -> c.publicClient()));
        guarded.policy("everybody out", "enforced", "", "\"block\":true");
    }

    @Test
    void noPolicyIsEnforcedAndEachIsReported() {
        var ledger = guarded.ledger();

        var tokens = ledger.tokens("ann", GuardedRealm.PASSWORD);

        assertThat(ledger.refresh(tokens.refreshToken()).status()).isEqualTo(200);
        assertThat(guarded.active(tokens.accessToken())).isTrue();
        assertThat(guarded.audited("access.denied"))
                .noneSatisfy(
                        entry -> assertThat(entry.at("/actor/name").asText()).isEqualTo("ann"));
        assertThat(guarded.audited("access.report-only")).anySatisfy(entry -> assertThat(
                        entry.at("/details/policies/0/name").asText())
                .isEqualTo("everybody out"));
    }

    @Test
    void theServerSaysSoAndEachRealmHasItOnRecord(KeycloakServer server) {
        guarded.wiki().tokens("ann", GuardedRealm.PASSWORD);

        assertThat(server.log())
                .anySatisfy(line -> assertThat(line).contains("WARN", "No access policy is enforced in any realm"));
        assertThat(guarded.realm()
                        .api()
                        .get("/audit/entries?type=access.suspended")
                        .json())
                .isNotEmpty()
                .allSatisfy(entry -> {
                    assertThat(entry.at("/details/option").asText()).contains("report-only=true");
                    assertThat(entry.at("/actor/kind").asText()).isEqualTo("system");
                });
    }

    @Test
    void previewSaysWhatTheDoorsDo() {
        var preview = guarded.realm()
                .api()
                .post("/access-policies/evaluate", "{\"user\":\"ann\",\"client\":\"ledger\"}")
                .json();

        assertThat(preview.path("decision").asText()).isEqualTo("allow");
        assertThat(preview.at("/policies/0/state").asText()).isEqualTo("report-only");
        assertThat(preview.at("/policies/0/result").asText()).isEqualTo("unsatisfied");
        assertThat(guarded.realm()
                        .api()
                        .get("/access-policies/everybody%20out")
                        .json()
                        .path("state")
                        .asText())
                .isEqualTo("enforced");
    }

    @Test
    void locksStayInForce() {
        var lock = guarded.lock("{\"user\":\"ben\",\"reason\":\"r\"}");

        assertThat(guarded.wiki().login("ben", GuardedRealm.PASSWORD).page().status())
                .isEqualTo(403);
        guarded.lift(lock);
    }

    @Test
    void administratorsAreGuardedAgainstTheNextStart() {
        var boss = guarded.realm()
                .api()
                .as(guarded.realm()
                        .oidc("desk")
                        .tokens("boss", GuardedRealm.PASSWORD)
                        .accessToken());

        boss.post(
                        "/access-policies",
                        "{\"name\":\"another\",\"state\":\"enforced\",\"controls\":{\"device\":{\"proven\":true}}}")
                .expect(409);
    }

    @Test
    void whatWasCountedOutlivesTheServer(KeycloakServer server) {
        var before = counted();
        guarded.wiki().tokens("ann", GuardedRealm.PASSWORD);

        server.restart();

        assertThat(counted()).isEqualTo(before + 1);
    }

    private static int counted() {
        int sum = 0;
        var report =
                guarded.realm().api().get("/reports/policy-impact").expect(200).json();
        for (var row : report.path("rows")) {
            sum += row.path("wouldHaveBeenDenied").asInt();
        }
        return sum;
    }
}
