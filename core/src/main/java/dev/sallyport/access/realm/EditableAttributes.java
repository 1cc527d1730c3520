package dev.sallyport.access.realm;

import dev.sallyport.access.AccessPolicy;
import dev.sallyport.access.Conditions;
import dev.sallyport.document.DocumentFault;
import java.util.Optional;
import java.util.Set;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.representations.userprofile.config.UPConfig;
import org.keycloak.representations.userprofile.config.UPConfig.UnmanagedAttributePolicy;
import org.keycloak.userprofile.UserProfileConstants;
import org.keycloak.userprofile.UserProfileProvider;

/**
 * Which attributes users of a realm can change themselves, by its user profile. A policy must not rest on one of them: whoever
 * it is meant to stop would change it first.
 */
public record EditableAttributes(KeycloakSession session, RealmModel realm) {

    // NB. Keycloak lets the user choose a language whatever the profile says, and takes this prefix off a name in a
    // form.
    private static final Set<String> ALWAYS = Set.of(UserModel.LOCALE);
    private static final String FORM_PREFIX = "user.attributes.";

    /** The fault of a policy whose expression rests on an attribute that users can edit. */
    public Optional<DocumentFault> fault(AccessPolicy policy) {
        return policy.conditions().flatMap(Conditions::expression).stream()
                .flatMap(expression -> expression.userAttributes().stream())
                .sorted()
                .filter(this::contains)
                .findFirst()
                .map(name -> new DocumentFault(
                        "conditions.expression",
                        "must not depend on the attribute " + name + ", which users can edit themselves"));
    }

    /** Whether users can change that attribute of themselves; {@code username} and {@code email} are attributes too. */
    public boolean contains(String name) {
        if (ALWAYS.contains(name)) return true;
        if (name.startsWith(FORM_PREFIX)) return contains(name.substring(FORM_PREFIX.length()));
        if (name.equals(UserModel.USERNAME) && !realm.isEditUsernameAllowed()) return false;
        var profile = profile();
        var attribute = profile.getAttribute(name);
        if (attribute == null) return profile.getUnmanagedAttributePolicy() == UnmanagedAttributePolicy.ENABLED;
        var permissions = attribute.getPermissions();
        if (permissions == null || permissions.isEmpty()) {
            return name.equals(UserModel.USERNAME) || name.equals(UserModel.EMAIL);
        }
        return permissions.getEdit().contains(UserProfileConstants.ROLE_USER);
    }

    /**
     * Whether the realm has a user profile of its own. An import may bring the policies first, and then nobody can tell yet what
     * users will be able to edit; what they can is unknown at each decision.
     */
    public boolean decided() {
        return realm.getComponentsStream(realm.getId(), UserProfileProvider.class.getName())
                .findAny()
                .isPresent();
    }

    // NB. Keycloak reads the profile of the realm that the request is about, which need not be ours.
    private UPConfig profile() {
        var context = session.getContext();
        var current = context.getRealm();
        if (realm.equals(current))
            return session.getProvider(UserProfileProvider.class).getConfiguration();
        context.setRealm(realm);
        try {
            return session.getProvider(UserProfileProvider.class).getConfiguration();
        } finally {
            context.setRealm(current);
        }
    }
}
