package dev.sallyport.access;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.sallyport.lock.Lock;
import dev.sallyport.risk.Risk;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the realm's policies say to one request, with the reasons.
 *
 * @param outcome what shall happen
 * @param acr the authentication context class to reach; present only for a step-up that needs a higher level
 * @param reauthenticate whether the step-up needs the user to authenticate anew
 * @param reevaluate how long an access token may live at most, by the enforced policies that apply; empty when none says
 * @param risk how suspicious the login is; empty when no policy asked
 * @param locks what keeps the user or the device out, whatever the policies say
 * @param demanded the authentication that was demanded of the session and not given yet, whatever the policies say
 * @param policies what each policy said, in the order of their names
 */
@JsonPropertyOrder({"decision", "acr", "reauthenticate", "reevaluate", "risk", "locks", "demanded", "policies"})
public record AccessDecision(
        @JsonProperty("decision") Outcome outcome,
        Optional<String> acr,
        boolean reauthenticate,
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Duration> reevaluate,
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Risk> risk,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Lock.Bar> locks,
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Unmet> demanded,
        List<PolicyResult> policies) {

    /** A decision by policies alone. */
    public AccessDecision(
            Outcome outcome,
            Optional<String> acr,
            boolean reauthenticate,
            Optional<Duration> reevaluate,
            List<PolicyResult> policies) {
        this(outcome, acr, reauthenticate, reevaluate, Optional.empty(), List.of(), Optional.empty(), policies);
    }

    /** What shall happen. */
    public enum Outcome {
        ALLOW,
        /** The user can get in by authenticating more strongly, or anew. */
        STEP_UP,
        DENY;

        @JsonValue
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * What one policy said.
     *
     * @param firstUnmetCondition why the policy did not apply; empty when it did
     * @param mendable whether authenticating more strongly, or anew, would satisfy it
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record PolicyResult(
            String name,
            PolicyDocument.State state,
            Result result,
            List<Unmet> unmet,
            Optional<String> firstUnmetCondition,
            @JsonIgnore boolean mendable) {

        public PolicyResult(
                String name,
                PolicyDocument.State state,
                Result result,
                List<Unmet> unmet,
                Optional<String> firstUnmetCondition) {
            this(name, state, result, unmet, firstUnmetCondition, false);
        }

        private PolicyResult withoutEffect() {
            return enforced()
                    ? new PolicyResult(
                            name, PolicyDocument.State.REPORT_ONLY, result, unmet, firstUnmetCondition, mendable)
                    : this;
        }

        @JsonIgnore
        public boolean refuses() {
            return result == Result.UNSATISFIED || result == Result.INVALID;
        }

        @JsonIgnore
        public boolean enforced() {
            return state == PolicyDocument.State.ENFORCED;
        }
    }

    /** How a policy came out. */
    public enum Result {
        SATISFIED,
        UNSATISFIED,
        NOT_APPLIED,
        /** The policy cannot be read, or names something that does not exist, so nobody satisfies it. */
        INVALID;

        @JsonValue
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** The answer when there is none: the engine could not be asked, so nobody gets in. */
    public static AccessDecision failed() {
        var nothing = new PolicyResult(
                "",
                PolicyDocument.State.ENFORCED,
                Result.INVALID,
                List.of(Unmet.of("decision", "made", Optional.of("failed"))),
                Optional.empty());
        return new AccessDecision(Outcome.DENY, Optional.empty(), false, Optional.empty(), List.of(nothing));
    }

    /** The decision together with the risk that went into it. */
    public AccessDecision at(Optional<Risk> assessed) {
        return new AccessDecision(outcome, acr, reauthenticate, reevaluate, assessed, locks, demanded, policies);
    }

    /** This decision, had every enforced policy been one that is only reported. */
    public AccessDecision withoutEffect() {
        return new AccessDecision(
                Outcome.ALLOW,
                Optional.empty(),
                false,
                Optional.empty(),
                risk,
                locks,
                demanded,
                policies.stream().map(PolicyResult::withoutEffect).toList());
    }

    /** This decision in the face of locks: any of them beats every policy. */
    public AccessDecision barredBy(List<Lock.Bar> bars) {
        return bars.isEmpty()
                ? this
                : new AccessDecision(
                        Outcome.DENY, Optional.empty(), false, Optional.empty(), risk, bars, demanded, policies);
    }

    /** This decision where a new authentication was demanded of the session: nobody gets by who did not give it. */
    public AccessDecision demanding(Optional<Unmet> missing) {
        if (missing.isEmpty()) return this;
        var least = outcome == Outcome.DENY ? Outcome.DENY : Outcome.STEP_UP;
        return new AccessDecision(least, acr, least == Outcome.STEP_UP, reevaluate, risk, locks, missing, policies);
    }

    /** Whether it takes a new authentication, and that is all that was demanded. */
    @JsonIgnore
    public boolean authenticatesAnew() {
        return outcome == Outcome.STEP_UP && demanded.isPresent();
    }

    /** The same decision with other words about the same policies. */
    public AccessDecision with(List<PolicyResult> others) {
        return new AccessDecision(outcome, acr, reauthenticate, reevaluate, risk, locks, demanded, others);
    }

    @JsonIgnore
    public boolean allowed() {
        return outcome == Outcome.ALLOW;
    }

    /** The enforced policies that stand in the way. */
    public Stream<PolicyResult> refusing() {
        return policies.stream().filter(result -> result.enforced() && result.refuses());
    }

    /** What stands in the way, by name, for logs and events. */
    @JsonIgnore
    public List<String> reasons() {
        return Stream.of(
                        locks.stream().map(bar -> "lock " + bar.lock()),
                        demanded.stream().map(Unmet::control),
                        refusing().map(PolicyResult::name))
                .flatMap(reasons -> reasons)
                .toList();
    }

    /** The report-only policies that would stand in the way if they were enforced. */
    public Stream<PolicyResult> wouldRefuse() {
        return policies.stream()
                .filter(result -> result.state() == PolicyDocument.State.REPORT_ONLY && result.refuses());
    }

    /** What is missing, over all refusing policies, each control once; where a lock refuses, nothing else matters. */
    @JsonIgnore
    public List<Unmet> unmet() {
        if (!locks.isEmpty()) {
            return locks.stream()
                    .map(bar -> Unmet.of("lock", "none", Optional.of(bar.locked())))
                    .distinct()
                    .toList();
        }
        return Stream.concat(demanded.stream(), refusing().flatMap(result -> result.unmet().stream()))
                .distinct()
                .toList();
    }
}
