package dev.sallyport.protection.realm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.representations.idm.ClientPoliciesRepresentation;
import org.keycloak.representations.idm.ClientPolicyRepresentation;
import org.keycloak.representations.idm.ClientProfileRepresentation;
import org.keycloak.representations.idm.ClientProfilesRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyException;

/** The client profile with our executor, and the client policy that applies it to every client, as the realm has them. */
public record ClientPolicyRules(KeycloakSession session, RealmModel realm) {

    /** Of both. */
    public static final String NAME = "sallyport";

    public static final String EXECUTOR = "sallyport-access";
    public static final String CONDITION = "any-client";

    public Optional<ClientProfileRepresentation> profile() {
        return listed(profiles().getProfiles()).stream()
                .filter(profile -> NAME.equals(profile.getName()))
                .findFirst();
    }

    public Optional<ClientPolicyRepresentation> policy() {
        return listed(policies().getPolicies()).stream()
                .filter(policy -> NAME.equals(policy.getName()))
                .findFirst();
    }

    /** Whether the profile asks the access policies. */
    public static boolean hasExecutor(ClientProfileRepresentation profile) {
        return listed(profile.getExecutors()).stream()
                .anyMatch(executor -> EXECUTOR.equals(executor.getExecutorProviderId()));
    }

    /** Whether the policy has it ask for every client. */
    public static boolean appliesToAll(ClientPolicyRepresentation policy) {
        var conditions = listed(policy.getConditions());
        return Boolean.TRUE.equals(policy.isEnabled())
                && listed(policy.getProfiles()).contains(NAME)
                && conditions.size() == 1
                && CONDITION.equals(conditions.get(0).getConditionProviderId())
                && !negated(conditions.get(0).getConfiguration());
    }

    private static boolean negated(JsonNode configuration) {
        return configuration != null && configuration.path("is-negative-logic").asBoolean();
    }

    /** All profiles of the realm. */
    public ClientProfilesRepresentation profiles() {
        try {
            return session.clientPolicy().getClientProfiles(realm, false);
        } catch (ClientPolicyException e) {
            throw refused(e);
        }
    }

    /** All policies of the realm. */
    public ClientPoliciesRepresentation policies() {
        try {
            return session.clientPolicy().getClientPolicies(realm, false);
        } catch (ClientPolicyException e) {
            throw refused(e);
        }
    }

    private static <T> List<T> listed(List<T> list) {
        return list == null ? List.of() : list;
    }

    private static IllegalStateException refused(ClientPolicyException e) {
        return new IllegalStateException("client policies: " + e.getErrorDetail(), e);
    }
}
