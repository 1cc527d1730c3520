package dev.sallyport.authenticators;

import dev.sallyport.access.DeviceRule;
import dev.sallyport.access.realm.DeviceCheck;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.logic.Truth;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
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
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.representations.idm.OAuth2ErrorRepresentation;

/**
 * Enters a sub-flow by the health of the device. What is not known is not healthy, on whichever side the sub-flow is: a
 * rule that cannot be read, a device that was not recognised and a fact that is missing all count as not met.
 *
 * <p>NB. When it was not said on which side the condition matches, neither answer is safe: "no" would pass by a sub-flow
 * that denies, "yes" would enter one that allows. So the login stops.
 */
public final class DeviceCondition implements ConditionalAuthenticator {

    /** The provider id. */
    public static final String ID = "sallyport-condition-device";

    private static final Logger LOG = Logger.getLogger(DeviceCondition.class);
    private static final DeviceCondition SINGLETON = new DeviceCondition();

    private DeviceCondition() {}

    @Override
    public boolean matchCondition(AuthenticationFlowContext context) {
        var rule = new DeviceRule(Settings.of(context).values());
        return whenMet(context, rule) == met(context, rule);
    }

    private static boolean whenMet(AuthenticationFlowContext context, DeviceRule rule) {
        try {
            return rule.matchesWhenMet();
        } catch (DocumentFault fault) {
            report("logins stop there", context, fault);
            throw stopped();
        }
    }

    private static boolean met(AuthenticationFlowContext context, DeviceRule rule) {
        var session = context.getSession();
        var authSession = context.getAuthenticationSession();
        try {
            var door = Entrance.of(session, authSession);
            return new DeviceCheck(session).atBrowser(door, authSession, rule.requirement()) == Truth.YES;
        } catch (DocumentFault fault) {
            report("no device meets its rule", context, fault);
            return false;
        }
    }

    private static void report(String effect, AuthenticationFlowContext context, DocumentFault fault) {
        LOG.errorf(
                "device condition %s in realm %s is not properly configured, so %s: %s",
                context.getExecution().getId(), context.getRealm().getName(), effect, fault.getMessage());
    }

    // NB. Not an exception of the flow: Keycloak goes on with the next alternative after one of those.
    private static WebApplicationException stopped() {
        return new WebApplicationException(Response.status(Response.Status.BAD_REQUEST)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new OAuth2ErrorRepresentation(
                        OAuthErrorException.INVALID_GRANT, "This login is not completely configured."))
                .build());
    }

    @Override
    public void action(AuthenticationFlowContext context) {}

    // NB. Without a user Keycloak would fail here, in ways that differ by flow. Whose device it is is then unknown.
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
                .name(DeviceRule.MATCHES)
                .label("Matches when the device")
                .helpText(
                        "\"met\": enters the sub-flow when everything asked for below is known to be so; for sub-flows"
                                + " that make it easier for healthy devices. \"not-met\": enters it in every other case, also"
                                + " when the device was not recognised or a fact is not known; for sub-flows that deny or ask for"
                                + " more. Without a value every login stops here, since neither answer would be safe.")
                .type(ProviderConfigProperty.LIST_TYPE)
                .options(DeviceRule.MET, DeviceRule.NOT_MET)
                .required(true)
                .add()
                .property()
                .name(DeviceRule.FACTS)
                .label("Facts")
                .helpText("What must be true of the device: that it proved itself and is registered (\"proven\"), and"
                        + " what its last posture must say. Nothing here and below: no device meets it.")
                .type(ProviderConfigProperty.MULTIVALUED_LIST_TYPE)
                .options(DeviceRule.factNames())
                .add()
                .property()
                .name(DeviceRule.MAX_POSTURE_AGE)
                .label("Greatest age of the posture")
                .helpText("As an ISO 8601 duration such as PT24H. Empty: any age.")
                .type(ProviderConfigProperty.STRING_TYPE)
                .add()
                .property()
                .name(DeviceRule.DOCUMENT)
                .label("Document")
                .helpText("Instead of the two fields above: a JSON document as \"controls.device\" of an access policy,"
                        + " such as {\"compliant\": true, \"minOsVersion\": {\"macos\": \"14.4\"}}. If it cannot be read no"
                        + " device meets it, and the server's log names the fault.")
                .type(ProviderConfigProperty.TEXT_TYPE)
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
            return "Condition - device posture";
        }

        @Override
        public String getHelpText() {
            return "Enters the sub-flow by whether the user's device is what is asked for. What is unknown is not met: a"
                    + " device that was not recognised, a missing fact, a rule that cannot be read. Place it after the user"
                    + " is known.";
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
