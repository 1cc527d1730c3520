package dev.sallyport.authenticators;

import dev.sallyport.access.AccessDecision;
import dev.sallyport.access.AccessDecision.Outcome;
import dev.sallyport.access.Door;
import dev.sallyport.access.Tags;
import dev.sallyport.access.realm.AccessGate;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.Config;
import org.keycloak.authentication.AuthenticationFlowCallback;
import org.keycloak.authentication.AuthenticationFlowCallbackFactory;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.AuthenticationFlowError;
import org.keycloak.authentication.AuthenticationFlowException;
import org.keycloak.authentication.AuthenticationProcessor;
import org.keycloak.authentication.Authenticator;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.AuthenticationExecutionModel.Requirement;
import org.keycloak.models.AuthenticationFlowModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.services.managers.ClientSessionCode;
import org.keycloak.services.resources.LoginActionsService;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.sessions.CommonClientSessionModel.ExecutionStatus;

/**
 * Stops a login that the realm's access policies refuse, and sends one that authenticating can mend to the sub-flows that
 * follow. What those were asked for is judged again when the flow has ended, since only then is it known what they gave.
 */
public final class AccessGateAuthenticator implements AuthenticationFlowCallback {

    /** The provider id. */
    public static final String ID = "sallyport-access-gate";

    /** The configuration property with the tags of the policies that the gate asks; without any it asks all. */
    public static final String TAGS = "tags";

    /** Which execution the gate is, for the page that is shown at the end of the flow. */
    private static final String EXECUTION = "sallyport.gate.execution";

    private final KeycloakSession session;

    private AccessGateAuthenticator(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public void authenticate(AuthenticationFlowContext context) {
        var authSession = context.getAuthenticationSession();
        authSession.setAuthNote(EXECUTION, context.getExecution().getId());

        var door = Entrance.of(session, authSession);
        var gate = new AccessGate(session);
        var checking = new DeviceChecking(gate, authSession)
                .page(door, context::form, () -> context.getActionUrl(context.generateAccessCode()));
        if (checking.isPresent()) {
            context.forceChallenge(checking.get());
            return;
        }
        var judgement = gate.atBrowser(door, authSession, tags(context));
        var decision = judgement.decision();
        boolean asked = ask(door, authSession, gate, decision);
        if (decision.allowed() || asked) {
            context.success();
            return;
        }
        var refusal = new Refusal(session, authSession, judgement);
        if (door == Door.DIRECT_GRANT) {
            // NB. A challenge, not a failure: the password was right, and must not count towards a lock-out.
            context.forceChallenge(refusal.tokenError());
        } else if (Entrance.passive(authSession)) {
            throw stopped(refusal.passive());
        } else {
            context.forceChallenge(refusal.page(context.form()));
        }
    }

    private static Tags tags(AuthenticationFlowContext context) {
        return Tags.of(Settings.of(context).list(TAGS));
    }

    @Override
    public void action(AuthenticationFlowContext context) {
        if (Refusal.accepted(session)) context.cancelLogin();
        else authenticate(context);
    }

    /** @return whether the sub-flows that follow were asked for what is missing */
    private boolean ask(Door door, AuthenticationSessionModel authSession, AccessGate gate, AccessDecision decision) {
        boolean someoneIsThere = door != Door.DIRECT_GRANT && !Entrance.passive(authSession);
        boolean asks = decision.outcome() == Outcome.STEP_UP && someoneIsThere;
        Optional<Integer> level = asks ? decision.acr().flatMap(gate::levelOf) : Optional.empty();
        boolean reauthenticate = asks && decision.reauthenticate();
        boolean asked = level.isPresent() || reauthenticate;
        if (someoneIsThere && (decision.allowed() || asked)) {
            // NB. What elevated access needs is asked for along with it, but is no condition of getting in.
            var missing = new ElevationWish(session, authSession).missing(gate);
            level = Stream.of(level, missing.level()).flatMap(Optional::stream).max(Comparator.naturalOrder());
            reauthenticate |= missing.reauthenticate();
        }
        new StepUp(session, authSession).ask(level, reauthenticate);
        return asked;
    }

    // NB. Keycloak tells the end of the whole flow only to an authenticator that also listens to the end of its
    // sub-flow.
    @Override
    public void onParentFlowSuccess(AuthenticationFlowContext context) {}

    // NB. By all policies, whatever tags the gate has: these choose what is asked early, not what is asked at all.
    @Override
    public void onTopFlowSuccess(AuthenticationFlowModel topFlow) {
        var authSession = session.getContext().getAuthenticationSession();
        var door = Entrance.of(session, authSession);
        var judgement = new AccessGate(session).atBrowser(door, authSession);
        if (judgement.decision().allowed()) return;

        var refusal = new Refusal(session, authSession, judgement);
        if (door == Door.DIRECT_GRANT) throw new WebApplicationException(refusal.tokenError());
        throw stopped(Entrance.passive(authSession) ? refusal.passive() : refusal.page(reopened(authSession)));
    }

    // NB. Thrown, since a mere answer from an authenticator becomes login_required when no page may be shown.
    private static AuthenticationFlowException stopped(Response response) {
        return new AuthenticationFlowException(AuthenticationFlowError.GENERIC_AUTHENTICATION_ERROR, response);
    }

    /** Makes the gate the execution that the flow waits for, with everything that follows it yet to come. */
    private LoginFormsProvider reopened(AuthenticationSessionModel authSession) {
        var context = session.getContext();
        var realm = context.getRealm();
        var gate = realm.getAuthenticationExecutionById(authSession.getAuthNote(EXECUTION));
        for (var open = gate; open != null; open = realm.getAuthenticationExecutionByFlowId(open.getParentFlow())) {
            authSession.setExecutionStatus(open.getId(), ExecutionStatus.CHALLENGED);
        }
        authSession.setAuthNote(AuthenticationProcessor.CURRENT_AUTHENTICATION_EXECUTION, gate.getId());
        var code = new ClientSessionCode<>(session, realm, authSession).getOrGenerateCode();
        var action = LoginActionsService.loginActionsBaseUrl(context.getUri())
                .path(authSession.getAuthNote(AuthenticationProcessor.CURRENT_FLOW_PATH))
                .queryParam(LoginActionsService.SESSION_CODE, code)
                .queryParam(Constants.EXECUTION, gate.getId())
                .queryParam(Constants.CLIENT_ID, authSession.getClient().getClientId())
                .queryParam(Constants.TAB_ID, authSession.getTabId())
                .queryParam(Constants.CLIENT_DATA, AuthenticationProcessor.getClientData(session, authSession))
                .build(realm.getName());
        return session.getProvider(LoginFormsProvider.class)
                .setAuthenticationSession(authSession)
                .setUser(authSession.getAuthenticatedUser())
                .setActionUri(action)
                .setExecution(gate.getId())
                .setClientSessionCode(code);
    }

    @Override
    public boolean requiresUser() {
        return true;
    }

    @Override
    public boolean configuredFor(KeycloakSession session, RealmModel realm, UserModel user) {
        return true;
    }

    @Override
    public void setRequiredActions(KeycloakSession session, RealmModel realm, UserModel user) {}

    @Override
    public void close() {}

    /** Describes the authenticator to administrators. */
    public static final class Factory implements AuthenticationFlowCallbackFactory {

        // NB. Not ALTERNATIVE: Keycloak goes on with the next alternative after a refusal.
        private static final Requirement[] REQUIREMENTS = {Requirement.REQUIRED, Requirement.DISABLED};

        private static final List<ProviderConfigProperty> PROPERTIES = ProviderConfigurationBuilder.create()
                .property()
                .name(TAGS)
                .label("Tags")
                .helpText("Empty: all access policies are asked here, as the gate of a flow should. With tags: only the"
                        + " policies that carry one of them, and those that cannot be read, so that a login can be stopped"
                        + " early, for instance before the second factor. A tag that no policy carries stops nobody here."
                        + " A gate with tags never takes the place of one without: at the end of the login all policies are"
                        + " asked in any case.")
                .type(ProviderConfigProperty.MULTIVALUED_STRING_TYPE)
                .add()
                .build();

        @Override
        public Authenticator create(KeycloakSession session) {
            return new AccessGateAuthenticator(session);
        }

        @Override
        public String getId() {
            return ID;
        }

        @Override
        public String getDisplayType() {
            return "Conditional access";
        }

        @Override
        public String getReferenceCategory() {
            return "access";
        }

        @Override
        public String getHelpText() {
            return "Asks the realm's access policies and stops a login that they refuse. Place it in a required sub-flow"
                    + " after the one with the cookie and the forms, so that it also runs on SSO re-entry, followed by"
                    + " conditional sub-flows (\"Condition - access decision\") that ask for what a policy may want in"
                    + " addition. Outside a sub-flow only the required action \"Conditional access\" verifies these.";
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
