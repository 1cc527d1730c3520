package dev.sallyport.protection.realm;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.AuthenticationExecutionModel.Requirement;
import org.keycloak.models.AuthenticationFlowModel;
import org.keycloak.models.AuthenticatorConfigModel;
import org.keycloak.models.RealmModel;

/** An authentication flow, described. Flows of equal descriptions do the same. */
public record Flow(String alias, List<Step> steps) {

    /** Decides whether a login may go on. */
    public static final String GATE = "sallyport-access-gate";

    /** The gate's property that narrows it to some of the policies. */
    public static final String TAGS = "tags";

    private static final String BASIC = "basic-flow";

    /** Something that a flow does. */
    public sealed interface Step {

        Requirement requirement();
    }

    /** An authenticator or condition. */
    public record Execution(Requirement requirement, String authenticator, Map<String, String> config)
            implements Step {}

    /** A flow within. */
    public record Branch(Requirement requirement, Flow flow) implements Step {}

    public Flow {
        steps = List.copyOf(steps);
    }

    public static Flow flow(String alias, Step... steps) {
        return new Flow(alias, Arrays.asList(steps));
    }

    public static Step step(Requirement requirement, String authenticator) {
        return new Execution(requirement, authenticator, Map.of());
    }

    public static Step step(Requirement requirement, String authenticator, Map<String, String> config) {
        return new Execution(requirement, authenticator, config);
    }

    public static Step step(Requirement requirement, Flow flow) {
        return new Branch(requirement, flow);
    }

    /** Every authenticator in it, however deep. */
    public Stream<String> authenticators() {
        return executions().map(Execution::authenticator);
    }

    /** Every execution in it, however deep. */
    public Stream<Execution> executions() {
        return steps.stream()
                .flatMap(step ->
                        step instanceof Branch branch ? branch.flow().executions() : Stream.of((Execution) step));
    }

    /**
     * Whether nobody gets through without passing such an execution. Only what is required all the way down counts: an
     * alternative is skipped once another one succeeded, such as the cookie at SSO re-entry, and a conditional branch may
     * not be entered at all.
     */
    public boolean requires(Predicate<Execution> such) {
        return steps.stream()
                .filter(step -> step.requirement() == Requirement.REQUIRED)
                .anyMatch(step ->
                        step instanceof Branch branch ? branch.flow().requires(such) : such.test((Execution) step));
    }

    /** Whether nobody gets through it without being asked by the gate, with all policies. */
    public boolean guarded() {
        return requires(Flow::asksAllPolicies);
    }

    /** Whether it is the gate; one with tags asks some of the policies only, and so is none. */
    private static boolean asksAllPolicies(Execution execution) {
        return execution.authenticator().equals(GATE)
                && execution.config().getOrDefault(TAGS, "").isBlank();
    }

    /** The realm's flow of that name, as it is there. */
    public static Optional<Flow> named(RealmModel realm, String alias) {
        return Optional.ofNullable(realm.getFlowByAlias(alias)).map(flow -> read(realm, flow));
    }

    public static Flow read(RealmModel realm, AuthenticationFlowModel flow) {
        return new Flow(
                flow.getAlias(),
                realm.getAuthenticationExecutionsStream(flow.getId())
                        .map(execution -> read(realm, execution))
                        .toList());
    }

    private static Step read(RealmModel realm, AuthenticationExecutionModel execution) {
        var requirement = execution.getRequirement();
        if (execution.isAuthenticatorFlow()) {
            // NB. A flow that is gone lets nobody through, and nothing that looks at flows may fail for it.
            var flow = Optional.ofNullable(realm.getAuthenticationFlowById(execution.getFlowId()));
            return new Branch(
                    requirement, flow.map(model -> read(realm, model)).orElseGet(() -> new Flow("", List.of())));
        }
        var config = Optional.ofNullable(execution.getAuthenticatorConfig())
                .map(realm::getAuthenticatorConfigById)
                .map(AuthenticatorConfigModel::getConfig)
                .orElse(Map.of());
        return new Execution(requirement, String.valueOf(execution.getAuthenticator()), Map.copyOf(config));
    }

    /** Adds it to a realm as a flow of its own. */
    public void make(RealmModel realm) {
        make(realm, true);
    }

    private AuthenticationFlowModel make(RealmModel realm, boolean top) {
        var model = new AuthenticationFlowModel();
        model.setAlias(alias);
        model.setProviderId(BASIC);
        model.setTopLevel(top);
        model.setBuiltIn(false);
        var made = realm.addAuthenticationFlow(model);
        int priority = 0;
        for (var step : steps) {
            priority += 10;
            var execution = new AuthenticationExecutionModel();
            execution.setParentFlow(made.getId());
            execution.setRequirement(step.requirement());
            execution.setPriority(priority);
            if (step instanceof Branch branch) {
                execution.setAuthenticatorFlow(true);
                execution.setFlowId(branch.flow().make(realm, false).getId());
            } else {
                describe(realm, execution, (Execution) step);
            }
            realm.addAuthenticatorExecution(execution);
        }
        return made;
    }

    private void describe(RealmModel realm, AuthenticationExecutionModel model, Execution execution) {
        model.setAuthenticator(execution.authenticator());
        if (execution.config().isEmpty()) return;
        var config = new AuthenticatorConfigModel();
        config.setAlias(alias);
        config.setConfig(Map.copyOf(execution.config()));
        model.setAuthenticatorConfig(realm.addAuthenticatorConfig(config).getId());
    }
}
