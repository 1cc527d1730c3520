package dev.sallyport.access;

import dev.sallyport.access.AccessDecision.Outcome;
import dev.sallyport.access.AccessDecision.PolicyResult;
import dev.sallyport.access.AccessDecision.Result;
import dev.sallyport.access.PolicyDocument.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The one place where access is decided. A pure function: the same policies and facts give the same decision. */
public final class PolicyEngine {

    private PolicyEngine() {}

    /**
     * Judges the policies that may apply, and lists those that do. Nobody is let in by an error: a policy whose evaluation
     * throws counts as invalid and, when it is enforced, denies.
     */
    public static AccessDecision decide(PolicySet policies, AccessContext context) {
        return decide(policies, Tags.ALL_POLICIES, context);
    }

    /** As {@link #decide(PolicySet, AccessContext)}, of some of the policies only. */
    public static AccessDecision decide(PolicySet policies, Tags tags, AccessContext context) {
        var asked = policies.candidates(context).stream().filter(tags::select).toList();
        var decision = explain(asked, context);
        var applied = decision.policies().stream()
                .filter(result -> result.result() != Result.NOT_APPLIED)
                .toList();
        return new AccessDecision(
                decision.outcome(), decision.acr(), decision.reauthenticate(), decision.reevaluate(), applied);
    }

    /** The same decision from the same judge, with what keeps every other policy from applying. */
    public static AccessDecision explain(List<? extends PolicyDocument> policies, AccessContext context) {
        var results = new ArrayList<PolicyResult>();
        var outcome = Outcome.ALLOW;
        var steps = new ArrayList<Step>();
        var lives = new ArrayList<Duration>();
        for (var policy : policies) {
            var verdict = judge(policy, context);
            results.add(verdict.result());
            if (!verdict.result().enforced()) continue;
            verdict.reevaluate().ifPresent(lives::add);
            if (!verdict.result().refuses()) continue;
            if (verdict.step().isEmpty()) outcome = Outcome.DENY;
            else steps.add(verdict.step().get());
        }
        var reevaluate = lives.stream().min(Duration::compareTo);
        if (outcome == Outcome.DENY || steps.isEmpty()) {
            return new AccessDecision(outcome, Optional.empty(), false, reevaluate, List.copyOf(results));
        }
        var highest = steps.stream()
                .filter(step -> step.acr().isPresent())
                .max((one, other) -> Integer.compare(one.level(), other.level()))
                .flatMap(Step::acr);
        boolean reauthenticate = steps.stream().anyMatch(Step::reauthenticate);
        return new AccessDecision(Outcome.STEP_UP, highest, reauthenticate, reevaluate, List.copyOf(results));
    }

    private static Verdict judge(PolicyDocument policy, AccessContext context) {
        if (policy.state() == State.DISABLED) return Verdict.notApplied(policy, "state");
        try {
            if (policy instanceof AccessPolicy readable) return judge(readable, context);
            var unreadable = (PolicyDocument.Unreadable) policy;
            var reach = policy.assignments().orElse(Assignments.everything()).reach(context);
            return reach.firstUnmet()
                    .map(condition -> Verdict.notApplied(policy, condition))
                    .orElseGet(() -> Verdict.invalid(policy, unreadable.fault()));
        } catch (RuntimeException e) {
            return Verdict.invalid(policy, "its evaluation failed");
        }
    }

    private static Verdict judge(AccessPolicy policy, AccessContext context) {
        var assignments = policy.assignments().orElse(Assignments.everything());
        var reach = assignments.reach(context);
        if (reach.firstUnmet().isPresent())
            return Verdict.notApplied(policy, reach.firstUnmet().get());
        var conditions = policy.conditions().orElse(Conditions.none());
        // NB. Before the conditions: what a policy with a missing network was meant for nobody knows.
        if (reach.broken() || conditions.broken(context.place())) {
            return Verdict.invalid(policy, "it names something that does not exist");
        }
        var unmetCondition = conditions.firstUnmet(context);
        if (unmetCondition.isPresent()) return Verdict.notApplied(policy, unmetCondition.get());

        var controls = policy.controls();
        if (controls.block().orElse(false)) {
            return Verdict.unsatisfied(
                    policy, List.of(Unmet.of("block", "false", Optional.of("true"))), Optional.empty());
        }
        boolean hasDevice = !context.subject().serviceAccount() || assignments.nameClient(context);
        var device =
                controls.device().filter(requirement -> hasDevice).map(r -> r.unmet(context.device(), context.time()));
        var acr = controls.acr().map(context.authentication()::unmetAcr);
        var fresh = controls.freshAuthentication()
                .map(age -> context.authentication().unmetAge(age, context.time()));

        boolean any = controls.operator().orElse(Controls.Operator.AND) == Controls.Operator.OR;
        var asked = new ArrayList<List<Unmet>>();
        acr.ifPresent(unmet -> asked.add(unmet.stream().toList()));
        fresh.ifPresent(unmet -> asked.add(unmet.stream().toList()));
        device.ifPresent(asked::add);
        boolean satisfied = asked.isEmpty()
                || (any
                        ? asked.stream().anyMatch(List::isEmpty)
                        : asked.stream().allMatch(List::isEmpty));
        if (satisfied) return Verdict.satisfied(policy);

        var unmet = asked.stream().flatMap(List::stream).toList();
        return Verdict.unsatisfied(policy, unmet, step(controls, context, any, acr, fresh, device));
    }

    /** What the user can do about it by authenticating; empty when that would not be enough. */
    private static Optional<Step> step(
            Controls controls,
            AccessContext context,
            boolean any,
            Optional<Optional<Unmet>> acr,
            Optional<Optional<Unmet>> fresh,
            Optional<List<Unmet>> device) {
        if (context.subject().serviceAccount()) return Optional.empty(); // nobody is there to authenticate anew
        boolean acrMissing = acr.flatMap(unmet -> unmet).isPresent();
        boolean freshMissing = fresh.flatMap(unmet -> unmet).isPresent();
        var level = controls.acr().flatMap(context.authentication()::levelOf);
        boolean canReach = acrMissing && level.isPresent();
        if (any) {
            if (canReach) return Optional.of(new Step(controls.acr(), level.get(), false));
            return freshMissing ? Optional.of(new Step(Optional.empty(), 0, true)) : Optional.empty();
        }
        boolean deviceMissing = device.map(unmet -> !unmet.isEmpty()).orElse(false);
        if (deviceMissing || (acrMissing && !canReach)) return Optional.empty();
        return Optional.of(new Step(acrMissing ? controls.acr() : Optional.empty(), level.orElse(0), freshMissing));
    }

    /** A way in by authenticating: to a level, anew, or both. */
    private record Step(Optional<String> acr, int level, boolean reauthenticate) {}

    private record Verdict(PolicyResult result, Optional<Step> step, Optional<Duration> reevaluate) {

        static Verdict satisfied(AccessPolicy policy) {
            return of(policy, Result.SATISFIED, List.of(), Optional.empty());
        }

        static Verdict notApplied(PolicyDocument policy, String condition) {
            return new Verdict(
                    new PolicyResult(
                            policy.name(), policy.state(), Result.NOT_APPLIED, List.of(), Optional.of(condition)),
                    Optional.empty(),
                    Optional.empty());
        }

        static Verdict invalid(PolicyDocument policy, String fault) {
            var unmet = List.of(Unmet.of("policy", "valid", Optional.of(fault)));
            return new Verdict(
                    new PolicyResult(policy.name(), policy.state(), Result.INVALID, unmet, Optional.empty()),
                    Optional.empty(),
                    Optional.empty());
        }

        static Verdict unsatisfied(AccessPolicy policy, List<Unmet> unmet, Optional<Step> step) {
            return of(policy, Result.UNSATISFIED, unmet, step);
        }

        private static Verdict of(AccessPolicy policy, Result result, List<Unmet> unmet, Optional<Step> step) {
            return new Verdict(
                    new PolicyResult(policy.name(), policy.state(), result, unmet, Optional.empty(), step.isPresent()),
                    step,
                    policy.controls().reevaluate());
        }
    }
}
