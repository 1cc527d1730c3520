package dev.sallyport.authenticators;

import dev.sallyport.access.realm.AccessGate;
import java.util.List;
import org.jboss.logging.Logger;
import org.keycloak.Config;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.AuthenticatorFactory;
import org.keycloak.models.AuthenticationExecutionModel.Requirement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.provider.ProviderConfigProperty;

/**
 * Recognises the device of a login and binds the session that follows to it. Stops nobody: that is the gate's part, and in
 * a flow without a gate the device is known at the token endpoints all the same.
 */
public final class DeviceAuthenticator implements Authenticator {

    /** The provider id. */
    public static final String ID = "sallyport-device";

    private static final Logger LOG = Logger.getLogger(DeviceAuthenticator.class);
    private static final DeviceAuthenticator SINGLETON = new DeviceAuthenticator();

    private DeviceAuthenticator() {}

    @Override
    public void authenticate(AuthenticationFlowContext context) {
        var authSession = context.getAuthenticationSession();
        try {
            new AccessGate(context.getSession()).recognise(Entrance.of(context.getSession(), authSession), authSession);
        } catch (RuntimeException e) {
            LOG.errorf(e, "no device recognised in realm %s", context.getRealm().getName());
        }
        context.success();
    }

    @Override
    public void action(AuthenticationFlowContext context) {
        authenticate(context);
    }

    // NB. Whose device it is decides whether it is recognised.
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
    public static final class Factory implements AuthenticatorFactory {

        private static final Requirement[] REQUIREMENTS = {Requirement.REQUIRED, Requirement.DISABLED};

        @Override
        public Authenticator create(KeycloakSession session) {
            return SINGLETON;
        }

        @Override
        public String getId() {
            return ID;
        }

        @Override
        public String getDisplayType() {
            return "Device identification";
        }

        @Override
        public String getReferenceCategory() {
            return "device";
        }

        @Override
        public String getHelpText() {
            return "Recognises the user's device by its proof and binds the session to it. Never stops a login. Place it"
                    + " after the user is known and where it also runs on SSO re-entry, before \"Conditional access\".";
        }

        @Override
        public boolean isConfigurable() {
            return false;
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
            return List.of();
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {}

        @Override
        public void close() {}
    }
}
