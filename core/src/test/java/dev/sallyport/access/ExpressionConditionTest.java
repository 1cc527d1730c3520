package dev.sallyport.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.access.AccessDecision.PolicyResult;
import dev.sallyport.access.AccessDecision.Result;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.risk.Risk;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies whose last condition is an expression. */
class ExpressionConditionTest {

    private static final Facts BETA =
            Facts.usual().on(Facts.mac(Optional.of(Facts.posture("'attributes':{'patchRing':'beta'}"))));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user.username == 'ann' && user.email == 'ann@example.com' && '/finance' in user.groups",
                "user.attributes.costCenter == ['4711']",
                "client.id == 'ledger' && request.door == 'browser-login' && time == request.time",
                "device.id == 'C02A' && device.platform == 'macos' && device.method == 'certificate'",
                "posture.attributes.patchRing == 'beta'",
                "session.acr == 'silver' && session.authenticatedAt == time"
            })
    void policyAppliesWhenItsExpressionIsTrue(String expression) {
        assertThat(judge(BETA, expression).result()).isEqualTo(Result.UNSATISFIED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user.username == 'ben'",
                "posture.attributes.patchRing != 'beta'",
                "device.platform != 'macos'",
                "session.acr == 'gold'",
                "'/ops' in user.groups"
            })
    void policyWhoseExpressionIsFalseDoesNotApplyAndSaysSo(String expression) {
        var result = judge(BETA, expression);

        assertThat(result.result()).isEqualTo(Result.NOT_APPLIED);
        assertThat(result.firstUnmetCondition()).contains("conditions.expression");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "posture.attributes.patchRing != 'beta'",
                "posture.attributes.patchRing == 'beta'",
                "!(device.platform == 'windows')",
                "user.attributes.missing[0] == 'x'",
                "request.ip == '192.0.2.1'",
                "session.country == 'DE'",
                "'office' in session.networks",
                "risk == 'high'"
            })
    void policyWhoseExpressionIsUnknownApplies(String expression) {
        assertThat(judge(Facts.usual().risk(Risk.unknown()), expression).result())
                .isEqualTo(Result.UNSATISFIED);
    }

    @Test
    void blockedDeviceVouchesForNothing() {
        var blocked = Facts.usual()
                .on(Facts.blocked(Facts.mac(Optional.of(Facts.posture("'attributes':{'patchRing':'beta'}")))));

        assertThat(judge(blocked, "device.id != 'C02A'").result()).isEqualTo(Result.UNSATISFIED);
        assertThat(judge(blocked, "posture.attributes.patchRing != 'beta'").result())
                .isEqualTo(Result.UNSATISFIED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user.attributes.nickname == ['annie']",
                "user.attributes.nickname != ['annie']",
                "'nickname' in user.attributes && false",
                "user.username == 'ben' && user.attributes.nickname == ['annie']"
            })
    void whatUsersCanEditThemselvesDecidesNothing(String expression) {
        assertThat(judge(BETA, expression).result()).isEqualTo(Result.UNSATISFIED);
    }

    @Test
    void expressionIsAskedLast() {
        var result = judge(BETA, read("\"platforms\":[\"windows\"],\"expression\":\"false\""));

        assertThat(result.firstUnmetCondition()).contains("conditions.platforms");
    }

    @Test
    void faultyExpressionIsRefusedWithPathAndPlace() {
        assertThatThrownBy(() -> policy("usr.id == 'x'")).isInstanceOfSatisfying(DocumentFault.class, fault -> {
            assertThat(fault.path()).isEqualTo("conditions.expression");
            assertThat(fault.reason()).contains("line 1, column 1");
        });
    }

    @Test
    void expressionIsWrittenAsItWasRead() {
        var text = "user.username == 'ann'\n|| risk != 'low'";

        var again = AccessPolicy.read(Documents.write(policy(text)));

        assertThat(again).isEqualTo(policy(text));
        assertThat(again.conditions().orElseThrow().expression().orElseThrow()).hasToString(text);
    }

    private static PolicyResult judge(Facts facts, String expression) {
        return judge(facts, policy(expression));
    }

    private static PolicyResult judge(Facts facts, AccessPolicy policy) {
        return PolicyEngine.explain(List.of(policy), facts.context()).policies().get(0);
    }

    private static AccessPolicy policy(String expression) {
        return read("\"expression\":" + Documents.toTree(expression));
    }

    /** A policy that blocks under those conditions. */
    private static AccessPolicy read(String conditions) {
        return AccessPolicy.read("""
                {"name":"policy","state":"enforced","conditions":{%s},"controls":{"block":true}}""".formatted(conditions));
    }
}
