package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.SallyportTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A policy can be tried before it is enforced. */
@SallyportTest
class ReportOnlyIT {

    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server);
        guarded.policy("trial", "report-only", "\"clients\":{\"include\":[\"ledger\"]}", GuardedRealm.HEALTHY);
        guarded.policy("off", "disabled", "", "\"block\":true");
    }

    @Test
    void reportOnlyChangesNothingButLeavesTheRecord() {
        var ledger = guarded.ledger();
        var tokens = ledger.tokens("ann", GuardedRealm.PASSWORD);

        assertThat(ledger.refresh(tokens.refreshToken()).status()).isEqualTo(200);
        assertThat(guarded.active(tokens.accessToken())).isTrue();
        assertThat(guarded.audited("access.denied")).isEmpty();
        assertThat(guarded.audited("access.report-only"))
                .extracting(entry -> entry.at("/details/door").asText())
                .contains("browser-login", "code-exchange", "refresh", "introspection");
        assertThat(guarded.audited("access.report-only")).allSatisfy(entry -> {
            assertThat(entry.at("/details/policies/0/name").asText()).isEqualTo("trial");
            assertThat(entry.at("/actor/name").asText()).isEqualTo("ann");
        });
    }

    @Test
    void repeatedResultsOfAMinuteAreOneEntryWithACount() {
        var ledger = guarded.ledger();
        var tokens = ledger.tokens("ben", GuardedRealm.PASSWORD);
        for (int i = 0; i < 5; i++) ledger.refresh(tokens.refreshToken());

        var refreshes = guarded.audited("access.report-only").stream()
                .filter(entry -> entry.at("/actor/name").asText().equals("ben"))
                .filter(entry -> entry.at("/details/door").asText().equals("refresh"))
                .toList();

        // NB. Two when the minute turns in between.
        assertThat(refreshes.size()).isLessThanOrEqualTo(2);
        assertThat(refreshes.stream()
                        .mapToInt(entry -> entry.at("/details/count").asInt())
                        .sum())
                .isGreaterThanOrEqualTo(5);
    }
}
