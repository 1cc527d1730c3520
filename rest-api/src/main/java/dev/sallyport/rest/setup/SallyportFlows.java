package dev.sallyport.rest.setup;

import static dev.sallyport.protection.realm.Flow.flow;
import static dev.sallyport.protection.realm.Flow.step;
import static org.keycloak.models.AuthenticationExecutionModel.Requirement.ALTERNATIVE;
import static org.keycloak.models.AuthenticationExecutionModel.Requirement.CONDITIONAL;
import static org.keycloak.models.AuthenticationExecutionModel.Requirement.DISABLED;
import static org.keycloak.models.AuthenticationExecutionModel.Requirement.REQUIRED;

import dev.sallyport.access.DeviceRule;
import dev.sallyport.protection.realm.Flow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The flows that setup makes. */
public final class SallyportFlows {

    private static final String GATE = Flow.GATE;

    static final String DEVICE_CONDITION = "sallyport-condition-device";
    static final String ELEVATED_CONDITION = "sallyport-condition-elevated";
    static final String LEVEL_CONDITION = "conditional-level-of-authentication";

    static final String BROWSER = "sallyport browser";
    static final String DIRECT_GRANT = "sallyport direct grant";
    static final String POST_BROKER = "sallyport post broker";

    private static final Set<String> ELEVATED_SIDES = Set.of("elevated", "not-elevated");

    /** How long a level counts as reached: as long as an SSO session lasts at most, by default. */
    private static final String MAX_AGE = "36000";

    private SallyportFlows() {}

    /** @param available whether the server has an authenticator; some belong to features that can be switched off */
    static List<Flow> all(Predicate<String> available) {
        return List.of(browser(available), directGrant(), postBroker());
    }

    /** What cannot be read of our conditions in a flow. */
    static Stream<Drift.Fault> faults(Flow flow) {
        return flow.executions()
                .flatMap(execution -> fault(execution.authenticator(), execution.config())
                        .map(fault -> new Drift.Fault(flow.alias(), execution.authenticator(), fault))
                        .stream());
    }

    private static Optional<String> fault(String authenticator, Map<String, String> config) {
        return switch (authenticator) {
            case DEVICE_CONDITION -> new DeviceRule(config).fault();
            case ELEVATED_CONDITION ->
                ELEVATED_SIDES.contains(config.getOrDefault("matches", ""))
                        ? Optional.empty()
                        : Optional.of("matches: must be elevated or not-elevated");
            default -> Optional.empty();
        };
    }

    // NB. The gate stands after the cookie and the forms, not within either: whichever of them succeeds ends the branch
    // that they are in. The forms have levels too, because a re-entry that asks for a higher level than was reached is
    // turned away before the gate if the forms cannot reach it. Behind the gate our own condition records the level:
    // two of Keycloak's for the same level in one flow make the cookie fail.
    private static Flow browser(Predicate<String> available) {
        return flow(
                BROWSER,
                step(REQUIRED, new Flow(BROWSER + " authentication", waysIn(available))),
                step(REQUIRED, gate(BROWSER)));
    }

    private static List<Flow.Step> waysIn(Predicate<String> available) {
        var ways = new ArrayList<Flow.Step>();
        ways.add(step(ALTERNATIVE, "auth-cookie"));
        if (available.test("auth-spnego")) ways.add(step(DISABLED, "auth-spnego"));
        ways.add(step(ALTERNATIVE, "identity-provider-redirector"));
        if (available.test("organization")) ways.add(step(ALTERNATIVE, organization()));
        ways.add(step(
                ALTERNATIVE,
                flow(
                        BROWSER + " forms",
                        step(CONDITIONAL, level(BROWSER + " forms", 1, "auth-username-password-form")),
                        step(CONDITIONAL, level(BROWSER + " forms", 2, "auth-otp-form")))));
        return ways;
    }

    private static Flow organization() {
        return flow(
                BROWSER + " organization",
                step(
                        CONDITIONAL,
                        flow(
                                BROWSER + " organization member",
                                step(REQUIRED, "conditional-user-configured"),
                                step(ALTERNATIVE, "organization"))));
    }

    private static Flow directGrant() {
        return flow(
                DIRECT_GRANT,
                step(REQUIRED, "direct-grant-validate-username"),
                step(REQUIRED, "direct-grant-validate-password"),
                step(
                        CONDITIONAL,
                        flow(
                                DIRECT_GRANT + " one-time password",
                                step(REQUIRED, "conditional-user-configured"),
                                step(REQUIRED, "direct-grant-validate-otp"))),
                step(REQUIRED, flow(DIRECT_GRANT + " gate", step(REQUIRED, "sallyport-device"), step(REQUIRED, GATE))));
    }

    // NB. The other provider's login is recorded as level 1. Otherwise a re-entry that asks for a level would begin
    // with
    // the first, and ask for a password that these users do not have.
    private static Flow postBroker() {
        return flow(
                POST_BROKER,
                step(CONDITIONAL, level(POST_BROKER, 1, "allow-access-authenticator")),
                step(REQUIRED, gate(POST_BROKER)));
    }

    private static Flow gate(String owner) {
        var name = owner + " gate";
        return flow(
                name,
                step(REQUIRED, "sallyport-device"),
                step(REQUIRED, GATE),
                step(
                        CONDITIONAL,
                        asked(
                                name + " reauthentication",
                                Map.of("outcome", "reauthenticate", "level", "1"),
                                "auth-password-form")),
                step(CONDITIONAL, asked(name + " level 1", outcomeOf(1), "auth-password-form")),
                step(CONDITIONAL, asked(name + " level 2", outcomeOf(2), "auth-otp-form")),
                // NB. Last, when the user has given all that is asked for.
                step(REQUIRED, "sallyport-elevation"));
    }

    private static Map<String, String> outcomeOf(int level) {
        return Map.of("outcome", "step-up", "level", String.valueOf(level));
    }

    private static Flow asked(String name, Map<String, String> outcome, String authenticator) {
        return flow(name, step(REQUIRED, "sallyport-condition-access", outcome), step(REQUIRED, authenticator));
    }

    private static Flow level(String owner, int level, String authenticator) {
        return flow(
                owner + " level " + level,
                step(
                        REQUIRED,
                        LEVEL_CONDITION,
                        Map.of("loa-condition-level", String.valueOf(level), "loa-max-age", MAX_AGE)),
                step(REQUIRED, authenticator));
    }
}
