package dev.sallyport.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.document.Json;
import dev.sallyport.lock.Lock.Bar;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ImpactTest {

    @Test
    void policyThatIsSatisfiedAllowsAndOneThatDoesNotApplyHasNoImpact() {
        var impact = impact(
                policy("met", "enforced", "'acr':'1'"),
                policy("trial", "report-only", "'acr':'1'"),
                policy("off", "disabled", "'block':true"));

        assertThat(impact).isEqualTo(Map.of("met", Impact.ALLOWED, "trial", Impact.ALLOWED));
    }

    @Test
    void missingStrengthStepsUpUnlessTheSignInIsDeniedAnyway() {
        var strong = policy("strong", "enforced", "'acr':'2'");

        assertThat(impact(strong)).isEqualTo(Map.of("strong", Impact.STEPPED_UP));
        assertThat(impact(strong, policy("block", "enforced", "'block':true")))
                .isEqualTo(Map.of("strong", Impact.DENIED, "block", Impact.DENIED));
    }

    @Test
    void reportOnlyPolicySaysWhatItWouldHaveDone() {
        var impact = impact(
                policy("strong", "report-only", "'acr':'2'"),
                policy("device", "report-only", "'device':{'compliant':true}"));

        assertThat(impact)
                .isEqualTo(Map.of("strong", Impact.WOULD_HAVE_STEPPED_UP, "device", Impact.WOULD_HAVE_DENIED));
    }

    @Test
    void signInThatALockStopsCountsForNoPolicy() {
        var decision = decide(policy("met", "enforced", "'acr':'1'")).barredBy(List.of(new Bar("id", "user")));

        assertThat(Impact.of(decision)).isEmpty();
    }

    @Test
    void failureToDecideCountsForNoPolicy() {
        assertThat(Impact.of(AccessDecision.failed())).isEmpty();
    }

    @Test
    void lockBeatsEveryPolicyAndIsAllThatTheUserIsTold() {
        var decision = decide(policy("strong", "enforced", "'acr':'2'")).barredBy(List.of(new Bar("id", "device")));

        assertThat(decision.outcome()).isEqualTo(AccessDecision.Outcome.DENY);
        assertThat(decision.unmet()).extracting(Unmet::control).containsExactly("lock");
        assertThat(decision.reasons()).containsExactly("lock id", "strong");
    }

    @Test
    void lockStaysInForceWhenNoPolicyIs() {
        var policies = decide(policy("block", "enforced", "'block':true"), policy("strong", "enforced", "'acr':'2'"));

        var suspended = policies.withoutEffect();

        assertThat(suspended.allowed()).isTrue();
        assertThat(suspended.wouldRefuse())
                .extracting(AccessDecision.PolicyResult::name)
                .containsExactly("block", "strong");
        assertThat(suspended.barredBy(List.of(new Bar("id", "user"))).allowed()).isFalse();
    }

    @Test
    void tallyAddsUp() {
        var tally = Arrays.stream(Impact.values()).map(Tally::of).reduce(Tally.of(Impact.DENIED), Tally::plus);

        assertThat(tally).isEqualTo(new Tally(1, 1, 2, 1, 1));
    }

    private static Map<String, Impact> impact(AccessPolicy... policies) {
        return Impact.of(decide(policies));
    }

    private static AccessDecision decide(AccessPolicy... policies) {
        return PolicyEngine.explain(List.of(policies), Facts.usual().context());
    }

    private static AccessPolicy policy(String name, String state, String controls) {
        return AccessPolicy.read(
                Json.of("{'name':'" + name + "','state':'" + state + "','controls':{" + controls + "}}"));
    }
}
