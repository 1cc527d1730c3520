package dev.sallyport.rest.setup;

import static dev.sallyport.protection.realm.Flow.flow;
import static dev.sallyport.protection.realm.Flow.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.keycloak.models.AuthenticationExecutionModel.Requirement.ALTERNATIVE;
import static org.keycloak.models.AuthenticationExecutionModel.Requirement.CONDITIONAL;
import static org.keycloak.models.AuthenticationExecutionModel.Requirement.DISABLED;
import static org.keycloak.models.AuthenticationExecutionModel.Requirement.REQUIRED;

import dev.sallyport.protection.realm.Flow;
import dev.sallyport.protection.realm.Flow.Branch;
import dev.sallyport.protection.realm.Flow.Execution;
import java.util.HashSet;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FlowTest {

    private static final Flow.Step COOKIE = step(ALTERNATIVE, "auth-cookie");

    @Test
    void aGateAfterTheCookieIsRequired() {
        var flow = flow(
                "f",
                step(REQUIRED, flow("authentication", COOKIE, step(ALTERNATIVE, flow("forms")))),
                step(REQUIRED, flow("gate", step(REQUIRED, Flow.GATE))));

        assertThat(flow.guarded()).isTrue();
    }

    @Test
    void aGateWithinTheFormsIsNotRequiredBecauseTheCookieSkipsIt() {
        var flow = flow("f", COOKIE, step(ALTERNATIVE, flow("forms", step(REQUIRED, Flow.GATE))));

        assertThat(flow.guarded()).isFalse();
    }

    @Test
    void aGateThatIsDisabledOrConditionalIsNotRequired() {
        assertThat(flow("f", step(DISABLED, Flow.GATE)).guarded()).isFalse();
        assertThat(flow("f", step(CONDITIONAL, flow("gate", step(REQUIRED, Flow.GATE))))
                        .guarded())
                .isFalse();
    }

    @Test
    void aGateForSomeTagsOnlyIsNotTheGateOfTheFlow() {
        var tagged = step(REQUIRED, Flow.GATE, Map.of(Flow.TAGS, "early"));
        var cleared = step(REQUIRED, Flow.GATE, Map.of(Flow.TAGS, " "));

        assertThat(flow("f", tagged).guarded()).isFalse();
        assertThat(flow("f", cleared).guarded()).isTrue();
    }

    @Test
    void deviceConditionThatCannotBeReadIsAFaultOfTheFlowHoweverDeep() {
        var branch = flow("branch", step(REQUIRED, SallyportFlows.DEVICE_CONDITION, Map.of("matches", "not-met")));

        assertThat(SallyportFlows.faults(flow("f", step(CONDITIONAL, branch))))
                .containsExactly(new Drift.Fault("f", "sallyport-condition-device", "must ask for something"));
        assertThat(SallyportFlows.all(id -> true).stream().flatMap(SallyportFlows::faults))
                .isEmpty();
    }

    @Test
    void elevationConditionWithoutASideIsAFaultOfTheFlow() {
        var id = SallyportFlows.ELEVATED_CONDITION;

        assertThat(SallyportFlows.faults(flow("f", step(REQUIRED, id, Map.of("privileges", "db-admin")))))
                .containsExactly(new Drift.Fault("f", id, "matches: must be elevated or not-elevated"));
        assertThat(SallyportFlows.faults(flow("f", step(REQUIRED, id, Map.of("matches", "elevated")))))
                .isEmpty();
    }

    @Test
    void everyFlowThatSetupMakesRequiresTheGate() {
        assertThat(SallyportFlows.all(id -> true)).hasSize(3).allMatch(flow -> flow.guarded());
    }

    @Test
    void noTwoFlowsThatSetupMakesShareAName() {
        var names = SallyportFlows.all(id -> true).stream()
                .flatMap(FlowTest::withBranches)
                .map(Flow::alias)
                .toList();

        assertThat(new HashSet<>(names)).hasSameSizeAs(names);
    }

    @Test
    void noFlowHasTwoConditionsForOneLevelBecauseTheCookieWouldFail() {
        assertThat(SallyportFlows.all(id -> true)).allSatisfy(flow -> {
            var levels = levelConditions(flow).toList();

            assertThat(new HashSet<>(levels)).hasSameSizeAs(levels);
        });
    }

    @Test
    void whatTheServerDoesNotHaveIsLeftOut() {
        var flows = SallyportFlows.all(id -> !id.equals("organization") && !id.equals("auth-spnego"));

        assertThat(flows.stream().flatMap(Flow::authenticators)).doesNotContain("organization", "auth-spnego");
        assertThat(SallyportFlows.all(id -> true).stream().flatMap(Flow::authenticators))
                .contains("organization", "auth-spnego");
    }

    private static Stream<Map<String, String>> levelConditions(Flow flow) {
        return withBranches(flow)
                .flatMap(branch -> branch.steps().stream())
                .filter(step -> step instanceof Execution execution
                        && execution.authenticator().equals(SallyportFlows.LEVEL_CONDITION))
                .map(step -> ((Execution) step).config());
    }

    private static Stream<Flow> withBranches(Flow flow) {
        return Stream.concat(
                Stream.of(flow),
                flow.steps().stream()
                        .filter(Branch.class::isInstance)
                        .flatMap(branch -> withBranches(((Branch) branch).flow())));
    }
}
