package dev.sallyport.it.harness;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** A person in a test realm. */
public final class UserBuilder {

    private final UserRepresentation user = new UserRepresentation();

    UserBuilder(String username) {
        user.setUsername(username);
        user.setEnabled(true);
        user.setEmail(username + "@example.com");
        user.setEmailVerified(true);
        user.setFirstName(username);
        user.setLastName("Example");
        user.setCredentials(new ArrayList<>());
        user.setRealmRoles(new ArrayList<>(List.of()));
        user.setClientRoles(new HashMap<>());
    }

    public UserBuilder password(String password) {
        var credential = new CredentialRepresentation();
        credential.setType(CredentialRepresentation.PASSWORD);
        credential.setValue(password);
        user.getCredentials().add(credential);
        return this;
    }

    /** A one-time password generator; {@link OneTimePassword#of} computes what it shows. */
    public UserBuilder totp(String secret) {
        var credential = new CredentialRepresentation();
        credential.setType("otp");
        credential.setSecretData("{\"value\":\"" + secret + "\"}");
        credential.setCredentialData(
                "{\"subType\":\"totp\",\"digits\":6,\"counter\":0,\"period\":30,\"algorithm\":\"HmacSHA1\"}");
        user.getCredentials().add(credential);
        return this;
    }

    public UserBuilder email(String address) {
        user.setEmail(address);
        return this;
    }

    /** @param paths of groups that the realm has */
    public UserBuilder groups(String... paths) {
        user.setGroups(Arrays.asList(paths));
        return this;
    }

    /** Besides the realm's default roles. */
    public UserBuilder roles(String... names) {
        user.getRealmRoles().addAll(Arrays.asList(names));
        return this;
    }

    public UserBuilder clientRoles(String clientId, String... names) {
        user.getClientRoles().put(clientId, Arrays.asList(names));
        return this;
    }

    /** What the user has to do at the next login. */
    public UserBuilder actions(String... aliases) {
        user.setRequiredActions(Arrays.asList(aliases));
        if (user.getRequiredActions().contains("VERIFY_EMAIL")) user.setEmailVerified(false);
        return this;
    }

    public UserBuilder attribute(String name, String... values) {
        if (user.getAttributes() == null) user.setAttributes(new HashMap<>());
        user.getAttributes().put(name, Arrays.asList(values));
        return this;
    }

    UserRepresentation representation() {
        return user;
    }
}
