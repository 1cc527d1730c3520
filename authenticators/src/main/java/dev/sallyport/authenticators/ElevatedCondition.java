package dev.sallyport.authenticators;

import dev.sallyport.elevation.realm.ElevatedCheck;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.keycloak.Config;
import org.keycloak.OAuthErrorException;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.authenticators.conditional.ConditionalAuthenticator;
import org.keycloak.authentication.authenticators.conditional.ConditionalAuthenticatorFactory;
import org.keycloak.models.AuthenticationExecutionModel.Requirement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.representations.idm.OAuth2ErrorRepresentation;
import org.keycloak.services.managers.AuthenticationManager;

/**
 * Enters a sub-flow by whether an elevation is in effect in the session that is re-entered. A login that begins is not
 * elevated.
 *
 * <p>NB. When it was not said on which side the condition matches, neither answer is safe: "no" would pass by a sub-flow
 * that denies, "yes" would enter one that allows. So the login stops.
 */
public final class ElevatedCondition implements ConditionalAuthenticator {

    /** The provider id. */
    public static final String ID = "sallyport-condition-elevated";

    /** The configuration property that says for whom the sub-flow is. */
    public static final String MATCHES = "matches";

    /** The value for a sub-flow of those who are elevated. */
    public static final String ELEVATED = "elevated";

    /** The value for a sub-flow of everybody else. */
    public static final String NOT_ELEVATED = "not-elevated";

    /** The configuration property that names privileges. */
    public static final String PRIVILEGES = "privileges";

    private static final Logger LOG = Logger.getLogger(ElevatedCondition.class);
    private static final ElevatedCondition SINGLETON = new ElevatedCondition();

    private ElevatedCondition() {}

    @Override
    public boolean matchCondition(AuthenticationFlowContext context) {
        var settings = Settings.of(context);
        return switch (settings.text(MATCHES).orElse("")) {
            case ELEVATED -> elevated(context, settings);
            case NOT_ELEVATED -> !elevated(context, settings);
            default -> throw stopped(context);
        };
    }

    private static boolean elevated(AuthenticationFlowContext context, Settings settings) {
        var check = ElevatedCheck.of(settings.list(PRIVILEGES));
        return ongoing(context)
                .filter(userSession -> check.met(context.getSession(), userSession))
                .isPresent();
    }

    private static Optional<UserSessionModel> ongoing(AuthenticationFlowContext context) {
        var user = Optional.ofNullable(context.getUser()).map(UserModel::getId);
        return Optional.ofNullable(AuthenticationManager.authenticateIdentityCookie(
                        context.getSession(), context.getRealm(), true))
                .map(AuthenticationManager.AuthResult::session)
                .filter(found -> user.isPresent() && found.getUser().getId().equals(user.get()));
    }

    // NB. Not an exception of the flow: Keycloak goes on with the next alternative after one of those.
    private static WebApplicationException stopped(AuthenticationFlowContext context) {
        LOG.errorf(
                "elevation condition %s in realm %s is not properly configured, so logins stop there: %s must be %s or %s",
                context.getExecution().getId(), context.getRealm().getName(), MATCHES, ELEVATED, NOT_ELEVATED);
        return new WebApplicationException(Response.status(Response.Status.BAD_REQUEST)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new OAuth2ErrorRepresentation(
                        OAuthErrorException.INVALID_GRANT, "This login is not completely configured."))
                .build());
    }

    @Override
    public void action(AuthenticationFlowContext context) {}

    // NB. Without a user Keycloak would fail here, in ways that differ by flow. Nobody is not elevated.
    @Override
    public boolean requiresUser() {
        return false;
    }

    @Override
    public void setRequiredActions(KeycloakSession session, RealmModel realm, UserModel user) {}

    @Override
    public void close() {}

    /** Describes the condition to administrators. */
    public static final class Factory implements ConditionalAuthenticatorFactory {

        private static final Requirement[] REQUIREMENTS = {Requirement.REQUIRED, Requirement.DISABLED};

        private static final List<ProviderConfigProperty> PROPERTIES = ProviderConfigurationBuilder.create()
                .property()
                .name(MATCHES)
                .label("Matches when the session is")
                .helpText(
                        "\"elevated\": enters the sub-flow while an elevation is in effect. \"not-elevated\": enters it in"
                                + " every other case. Without a value every login stops here, since neither answer would be safe.")
                .type(ProviderConfigProperty.LIST_TYPE)
                .options(ELEVATED, NOT_ELEVATED)
                .required(true)
                .add()
                .property()
                .name(PRIVILEGES)
                .label("Privileges")
                .helpText("Names of privileges of which one has to be in effect. None: any privilege will do.")
                .type(ProviderConfigProperty.MULTIVALUED_STRING_TYPE)
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
            return "Condition - active elevation";
        }

        @Override
        public String getHelpText() {
            return "Enters the sub-flow by whether an elevation is in effect in the session that the user re-enters. A login"
                    + " that begins is not elevated yet.";
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
