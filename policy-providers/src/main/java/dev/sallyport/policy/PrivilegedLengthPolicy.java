package dev.sallyport.policy;

import dev.sallyport.elevation.realm.PrivilegedUsers;
import java.time.Clock;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.policy.PasswordPolicyProvider;
import org.keycloak.policy.PasswordPolicyProviderFactory;
import org.keycloak.policy.PolicyError;

/** Asks those for longer passwords who may have privilege. Who they are: {@link PrivilegedUsers}. */
public record PrivilegedLengthPolicy(KeycloakSession session) implements PasswordPolicyProvider {

    private static final String TOO_SHORT = "sallyport.password.privilegedLength";
    private static final int DEFAULT_LENGTH = 16;

    @Override
    public PolicyError validate(RealmModel realm, UserModel user, String password) {
        int least = realm.getPasswordPolicy().getPolicyConfig(Factory.ID);
        // NB. Characters as people count them, and the cheaper question first.
        if (password.codePointCount(0, password.length()) >= least) return null;
        return PrivilegedUsers.mayBeOne(session, realm, user, Clock.systemUTC())
                ? new PolicyError(TOO_SHORT, least)
                : null;
    }

    // NB. Keycloak asks so about somebody who registers, and again by the other method once there is a user with groups
    // and
    // roles; what is refused then has to be changed before the first login ends.
    @Override
    public PolicyError validate(String username, String password) {
        var realm = session.getContext().getRealm();
        var user = username == null ? null : session.users().getUserByUsername(realm, username);
        return user == null ? null : validate(realm, user, password);
    }

    @Override
    public Object parseConfig(String value) {
        return parseInteger(value, DEFAULT_LENGTH);
    }

    @Override
    public void close() {}

    /** Offers it in the realm's password policy. */
    public static final class Factory implements PasswordPolicyProviderFactory {

        static final String ID = "sallyportPrivilegedLength";

        @Override
        public PasswordPolicyProvider create(KeycloakSession session) {
            return new PrivilegedLengthPolicy(session);
        }

        @Override
        public String getId() {
            return ID;
        }

        @Override
        public String getDisplayName() {
            return "Minimum length for privileged accounts";
        }

        @Override
        public String getConfigType() {
            return PasswordPolicyProvider.INT_CONFIG_TYPE;
        }

        @Override
        public String getDefaultConfigValue() {
            return String.valueOf(DEFAULT_LENGTH);
        }

        @Override
        public boolean isMultiplSupported() {
            return false;
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {}

        @Override
        public void close() {}
    }
}
