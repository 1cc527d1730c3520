package dev.sallyport.authenticators;

import dev.sallyport.access.AccessDecision.Outcome;
import dev.sallyport.access.realm.AccessGate;
import java.util.List;
import java.util.Optional;
import org.keycloak.Config;
import org.keycloak.authentication.AuthenticationFlowCallback;
import org.keycloak.authentication.AuthenticationFlowCallbackFactory;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.authenticators.conditional.ConditionalAuthenticator;
import org.keycloak.authentication.authenticators.conditional.ConditionalAuthenticatorFactory;
import org.keycloak.models.AuthenticationExecutionModel.Requirement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.sessions.CommonClientSessionModel.ExecutionStatus;

/**
 * Leads into a sub-flow that gives what the gate before it asked for, and takes note that it was given; or into one that is
 * for what the policies say now.
 *
 * <p>NB. Keycloak's own level condition cannot lead there: its SSO re-entry fails when a flow has two for the same level,
 * and the forms need one. When this condition does not match, for example because nobody configured it, the sub-flow is
 * skipped; then the gate finds at the end of the flow that what it asked for is missing, and refuses.
 */
public final class AccessCondition implements ConditionalAuthenticator, AuthenticationFlowCallback {

    /** The provider id. */
    public static final String ID = "sallyport-condition-access";

    /** The configuration property that says what the sub-flow is for. */
    public static final String OUTCOME = "outcome";

    /** The value for a sub-flow in which the user authenticates anew. */
    public static final String REAUTHENTICATE = "reauthenticate";

    /** The value for a sub-flow in which the user reaches a higher level; without a level, for whoever lacks something. */
    public static final String STEP_UP = "step-up";

    /** The value for a sub-flow of those whom the policies let in now. */
    public static final String ALLOW = "allow";

    /** The value for a sub-flow of those whom the policies refuse now. */
    public static final String DENY = "deny";

    /** The configuration property that says which level the sub-flow gives. */
    public static final String LEVEL = "level";

    private static final AccessCondition SINGLETON = new AccessCondition();

    private AccessCondition() {}

    @Override
    public boolean matchCondition(AuthenticationFlowContext context) {
        var stepUp = new StepUp(context.getSession(), context.getAuthenticationSession());
        return switch (outcome(context)) {
            case REAUTHENTICATE -> stepUp.wantsReauthentication();
            case STEP_UP -> level(context).map(stepUp::wants).orElseGet(() -> decided(context, Outcome.STEP_UP));
            case ALLOW -> decided(context, Outcome.ALLOW);
            case DENY -> decided(context, Outcome.DENY);
            default -> false;
        };
    }

    // NB. Keycloak asks a condition several times in one flow, so this must leave neither a record nor a device behind.
    private static boolean decided(AuthenticationFlowContext context, Outcome outcome) {
        var session = context.getSession();
        var authSession = context.getAuthenticationSession();
        // NB. Policies are about somebody. As long as nobody is known, nobody is let in.
        if (authSession.getAuthenticatedUser() == null) return outcome == Outcome.DENY;
        return new AccessGate(session)
                        .foresee(Entrance.of(session, authSession), authSession)
                        .outcome()
                == outcome;
    }

    @Override
    public void onParentFlowSuccess(AuthenticationFlowContext context) {
        var stepUp = new StepUp(context.getSession(), context.getAuthenticationSession());
        if (!outcome(context).equals(REAUTHENTICATE) && !outcome(context).equals(STEP_UP)) return;
        boolean given = ended(context, ExecutionStatus.SUCCESS);
        if (given && outcome(context).equals(REAUTHENTICATE)) stepUp.reauthenticated();
        // NB. As Keycloak's own level condition has it: whoever lacks the credential sets it up before this login ends.
        boolean comes = outcome(context).equals(STEP_UP) && ended(context, ExecutionStatus.SETUP_REQUIRED);
        if (given || comes) level(context).ifPresent(stepUp::reached);
    }

    // NB. A sub-flow is over also when everything in it was skipped, or put off until a credential is set up.
    private static boolean ended(AuthenticationFlowContext context, ExecutionStatus status) {
        var statuses = context.getAuthenticationSession().getExecutionStatus();
        return context.getRealm()
                .getAuthenticationExecutionsStream(context.getExecution().getParentFlow())
                .anyMatch(execution -> statuses.get(execution.getId()) == status);
    }

    private static String outcome(AuthenticationFlowContext context) {
        return Settings.of(context).text(OUTCOME).orElse("");
    }

    private static Optional<Integer> level(AuthenticationFlowContext context) {
        return Settings.of(context).text(LEVEL).flatMap(AccessCondition::level);
    }

    /** @return empty when the text is no level */
    static Optional<Integer> level(String text) {
        return text.matches("\\d{1,9}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }

    @Override
    public void action(AuthenticationFlowContext context) {}

    @Override
    public boolean requiresUser() {
        return false;
    }

    @Override
    public void setRequiredActions(KeycloakSession session, RealmModel realm, UserModel user) {}

    @Override
    public void close() {}

    /** Describes the condition to administrators. */
    public static final class Factory implements ConditionalAuthenticatorFactory, AuthenticationFlowCallbackFactory {

        private static final Requirement[] REQUIREMENTS = {Requirement.REQUIRED, Requirement.DISABLED};

        private static final List<ProviderConfigProperty> PROPERTIES = ProviderConfigurationBuilder.create()
                .property()
                .name(OUTCOME)
                .label("Outcome")
                .helpText(
                        "What \"Conditional access\" earlier in this flow must have asked for: \"reauthenticate\" when a"
                                + " policy wants a newer authentication, \"step-up\" with a level when a policy wants a higher level"
                                + " of authentication. Or what all policies together say when the flow comes here: \"allow\","
                                + " \"step-up\" without a level, \"deny\"; before the user is known that is \"deny\". Without a value"
                                + " the condition never matches. That lets nobody in: whatever a flow does, a login that the policies"
                                + " refuse is refused at its end.")
                .type(ProviderConfigProperty.LIST_TYPE)
                .options(REAUTHENTICATE, STEP_UP, ALLOW, DENY)
                .add()
                .property()
                .name(LEVEL)
                .label("Level")
                .helpText("The level of authentication (LoA, a number) that this sub-flow gives. With \"step-up\": the"
                        + " sub-flow runs when this level or a higher one was asked for and this one is not reached."
                        + " With \"reauthenticate\" it is renewed. It means nothing with \"allow\" and \"deny\". A"
                        + " \"Condition - Level of Authentication\" for the same level must be in the forms of this flow,"
                        + " and says how long the level lasts.")
                .type(ProviderConfigProperty.STRING_TYPE)
                .add()
                .build();

        @Override
        public ConditionalAuthenticator getSingleton() {
            return SINGLETON;
        }

        @Override
        public String getId() {
            return ID;
        }

        @Override
        public String getDisplayType() {
            return "Condition - access decision";
        }

        @Override
        public String getHelpText() {
            return "Enters the sub-flow when \"Conditional access\" earlier in this flow asked for what the sub-flow gives:"
                    + " a newer authentication, such as by a password form, or a higher level, such as by a one-time"
                    + " password. Or when the access policies, asked now, come to the chosen outcome.";
        }

        @Override
        public boolean isConfigurable() {
            return true;
        }

        @Override
        public Requirement[] getRequirementChoices() {
            return REQUIREMENTS.clone();
        }

        @Override
        public boolean isUserSetupAllowed() {
            return false;
        }

        @Override
        public List<ProviderConfigProperty> getConfigProperties() {
            return PROPERTIES;
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {}

        @Override
        public void close() {}
    }
}
