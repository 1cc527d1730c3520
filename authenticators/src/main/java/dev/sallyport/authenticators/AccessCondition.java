package dev.sallyport.authenticators;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.keycloak.Config;
import org.keycloak.authentication.AuthenticationFlowCallback;
import org.keycloak.authentication.AuthenticationFlowCallbackFactory;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.authenticators.conditional.ConditionalAuthenticator;
import org.keycloak.authentication.authenticators.conditional.ConditionalAuthenticatorFactory;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.AuthenticationExecutionModel.Requirement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.sessions.CommonClientSessionModel.ExecutionStatus;

/**
 * Leads into a sub-flow that gives what the gate before it asked for.
 *
 * <p>NB. When it does not match, for example because nobody configured it, the sub-flow is skipped; then the gate finds at
 * the end of the flow that what it asked for is missing, and refuses.
 */
public final class AccessCondition implements ConditionalAuthenticator, AuthenticationFlowCallback {

    /** The provider id. */
    public static final String ID = "sallyport-condition-access";

    /** The configuration property that says for what outcome the sub-flow is. */
    public static final String OUTCOME = "outcome";

    private static final AccessCondition SINGLETON = new AccessCondition();

    private AccessCondition() {}

    @Override
    public boolean matchCondition(AuthenticationFlowContext context) {
        return configured(context)
                .filter(stepUp -> stepUp.asked(context.getAuthenticationSession()))
                .isPresent();
    }

    @Override
    public void onParentFlowSuccess(AuthenticationFlowContext context) {
        boolean reauthentication = configured(context).equals(Optional.of(StepUp.REAUTHENTICATE));
        if (reauthentication && somethingWasGiven(context)) StepUp.reauthenticated(context.getAuthenticationSession());
    }

    // NB. A sub-flow is also over when everything in it was skipped or put off until the user has set up a credential.
    private static boolean somethingWasGiven(AuthenticationFlowContext context) {
        var statuses = context.getAuthenticationSession().getExecutionStatus();
        return context.getRealm()
                .getAuthenticationExecutionsStream(context.getExecution().getParentFlow())
                .map(AuthenticationExecutionModel::getId)
                .anyMatch(execution -> statuses.get(execution) == ExecutionStatus.SUCCESS);
    }

    private static Optional<StepUp> configured(AuthenticationFlowContext context) {
        return Optional.ofNullable(context.getAuthenticatorConfig())
                .flatMap(config -> Optional.ofNullable(config.getConfig().get(OUTCOME)))
                .flatMap(AccessCondition::stepUp);
    }

    static Optional<StepUp> stepUp(String id) {
        return Arrays.stream(StepUp.values())
                .filter(stepUp -> stepUp.id().equals(id))
                .findFirst();
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
                                + " policy wants a newer authentication, \"step-up\" when a policy wants a higher level of"
                                + " authentication. Without a value the condition never matches, and a login for which more was"
                                + " asked is refused at the end of the flow.")
                .type(ProviderConfigProperty.LIST_TYPE)
                .options(Arrays.stream(StepUp.values()).map(StepUp::id).toList())
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
            return "Enters the sub-flow when \"Conditional access\" earlier in this flow asked for what the sub-flow gives,"
                    + " such as a password form for a newer authentication.";
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
