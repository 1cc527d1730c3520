package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.SallyportTest;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the preview says is what the login then does. */
@SallyportTest
class WhatIfIT {

    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server, r -> r.group("/contractors")
                .user("cid", u -> u.password(GuardedRealm.PASSWORD).groups("/contractors")));
        guarded.ledgerNeeds(GuardedRealm.HEALTHY);
        guarded.policy(
                "contractors",
                "enforced",
                "\"users\":{\"include\":{\"groups\":[\"/contractors\"]}},\"clients\":{\"exclude\":[\"wiki\"]}",
                "\"block\":true");
        guarded.policy(
                "strong",
                "enforced",
                "\"users\":{\"include\":{\"users\":[\"ben\"]},\"exclude\":{\"roles\":[\"clerk\"]}},\"clients\":{\"include\":[\"wiki\"]}",
                "\"operator\":\"or\",\"acr\":\"2\",\"device\":{\"compliant\":true}");
        guarded.healthyDevice("fit");
        guarded.healthyDevice("unfit");
        guarded.fallIll("unfit");
    }

    @ParameterizedTest
    @CsvSource({
        "ann, ledger, fit, allow",
        "ann, ledger, unfit, deny",
        "ann, ledger, , deny",
        "ann, wiki, , allow",
        "ben, ledger, fit, allow",
        "ben, wiki, , step-up",
        "ben, wiki, fit, allow",
        "ben, wiki, unfit, step-up",
        "cid, ledger, fit, deny",
        "cid, wiki, , allow"
    })
    void previewAndLoginAgree(String user, String client, String device, String expected) {
        var preview = evaluate("""
                {"user":"%s","client":"%s"%s,"acr":"1"}""".formatted(
                        user,
                        client,
                        Optional.ofNullable(device)
                                .map(id -> ",\"device\":\"" + id + "\"")
                                .orElse("")));

        var browser = guarded.realm().oidc(client);
        if (device != null)
            browser = browser.certificate(guarded.realm().server().pki().device(device));
        var outcome = browser.login(user, GuardedRealm.PASSWORD);

        assertThat(preview.path("decision").asText()).isEqualTo(expected);
        assertThat(result(outcome)).isEqualTo(expected);
    }

    private static String result(OidcClient.Outcome outcome) {
        if (outcome instanceof OidcClient.Page page) {
            return page.status() == 403 ? "deny" : page.asksFor("otp") ? "step-up" : page.toString();
        }
        return outcome.code().isEmpty() ? "nothing" : "allow";
    }

    @Test
    void previewNamesWhatIsNotMetAndWhatCanBeDone() {
        var preview = evaluate("{\"user\":\"ann\",\"client\":\"ledger\",\"device\":\"unfit\"}");

        var ledger = policy(preview, "ledger");
        assertThat(ledger.path("result").asText()).isEqualTo("unsatisfied");
        assertThat(ledger.path("unmet")).anySatisfy(unmet -> {
            assertThat(unmet.path("control").asText()).isEqualTo("device.diskEncrypted");
            assertThat(unmet.path("expected").asText()).isEqualTo("true");
            assertThat(unmet.path("actual").asText()).isEqualTo("false");
            assertThat(unmet.path("remediation").asText()).isEqualTo("Turn on FileVault in System Settings.");
        });
        assertThat(policy(preview, "contractors").path("firstUnmetCondition").asText())
                .isEqualTo("assignments.users");
    }

    @Test
    void previewTakesAnAssumedPosture() {
        var preview = evaluate("""
                {"user":"ann","client":"ledger","device":"unfit",
                 "posture":{"observedAt":"2026-01-01T00:00:00Z","compliant":true,"diskEncrypted":true}}""");

        assertThat(preview.path("decision").asText()).isEqualTo("allow");
    }

    @Test
    void previewLeavesNoTrace() {
        var before = guarded.realm().auditEntries().size();

        evaluate("{\"user\":\"cid\",\"client\":\"ledger\"}");

        assertThat(guarded.realm().auditEntries().size()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"client\":\"ledger\"} | user",
                "{\"user\":\"nobody\",\"client\":\"ledger\"} | user",
                "{\"user\":\"ann\",\"client\":\"nothing\"} | client",
                "{\"user\":\"ann\",\"client\":\"ledger\",\"device\":\"none\"} | device",
                "{\"user\":\"ann\",\"client\":\"ledger\",\"door\":\"window\"} | door",
                "{\"user\":\"ann\",\"client\":\"ledger\",\"colour\":\"red\"} | colour"
            })
    void faultyQuestionIsRefusedWithThePathOfTheFault(String question, String path) {
        var answer = guarded.realm()
                .api()
                .post("/access-policies/evaluate", question)
                .expect(400);

        assertThat(answer.json().path("error_description").asText()).contains(path);
    }

    private static JsonNode evaluate(String question) {
        return guarded.realm()
                .api()
                .post("/access-policies/evaluate", question)
                .expect(200)
                .json();
    }

    private static JsonNode policy(JsonNode decision, String name) {
        for (var policy : decision.path("policies"))
            if (policy.path("name").asText().equals(name)) return policy;
        throw new AssertionError("no policy " + name + " in " + decision);
    }
}
