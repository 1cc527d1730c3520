package dev.sallyport.rest.setup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.representations.idm.ClientPoliciesRepresentation;
import org.keycloak.representations.idm.ClientPolicyConditionRepresentation;
import org.keycloak.representations.idm.ClientPolicyExecutorRepresentation;
import org.keycloak.representations.idm.ClientPolicyRepresentation;
import org.keycloak.representations.idm.ClientProfileRepresentation;
import org.keycloak.representations.idm.ClientProfilesRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyException;

/** The client profile with our executor, and the client policy that applies it to every client. */
record ClientPolicyPieces(KeycloakSession session, RealmModel realm) {

    private static final String NAME = "sallyport";
    private static final String EXECUTOR = "sallyport-access";
    private static final String CONDITION = "any-client";

    // NB. The profile first: Keycloak refuses a policy that names a profile which is not there.
    List<Piece> all() {
        return List.of(
                new Piece(
                        "client-profile/" + NAME,
                        () -> Piece.state(find(profiles()), ClientPolicyPieces::hasExecutor),
                        this::makeProfile),
                new Piece(
                        "client-policy/" + NAME,
                        () -> Piece.state(find(policies()), ClientPolicyPieces::appliesToAll),
                        this::makePolicy));
    }

    private static Optional<ClientProfileRepresentation> find(ClientProfilesRepresentation all) {
        return listed(all.getProfiles()).stream()
                .filter(profile -> NAME.equals(profile.getName()))
                .findFirst();
    }

    private static Optional<ClientPolicyRepresentation> find(ClientPoliciesRepresentation all) {
        return listed(all.getPolicies()).stream()
                .filter(policy -> NAME.equals(policy.getName()))
                .findFirst();
    }

    private static boolean hasExecutor(ClientProfileRepresentation profile) {
        return listed(profile.getExecutors()).stream()
                .anyMatch(executor -> EXECUTOR.equals(executor.getExecutorProviderId()));
    }

    private static boolean appliesToAll(ClientPolicyRepresentation policy) {
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

    private void makeProfile() {
        var executor = new ClientPolicyExecutorRepresentation();
        executor.setExecutorProviderId(EXECUTOR);
        executor.setConfiguration(JsonNodeFactory.instance.objectNode());
        var profile = new ClientProfileRepresentation();
        profile.setName(NAME);
        profile.setDescription("Asks the access policies of the realm at the token endpoints.");
        profile.setExecutors(new ArrayList<>(List.of(executor)));
        var all = profiles();
        var profiles = new ArrayList<>(listed(all.getProfiles()));
        profiles.add(profile);
        all.setProfiles(profiles);
        try {
            session.clientPolicy().updateClientProfiles(realm, all);
        } catch (ClientPolicyException e) {
            throw refused(e);
        }
    }

    private void makePolicy() {
        var condition = new ClientPolicyConditionRepresentation();
        condition.setConditionProviderId(CONDITION);
        condition.setConfiguration(JsonNodeFactory.instance.objectNode());
        var policy = new ClientPolicyRepresentation();
        policy.setName(NAME);
        policy.setDescription("Applies to every client; which of them a rule is about, the access policies say.");
        policy.setEnabled(true);
        policy.setConditions(new ArrayList<>(List.of(condition)));
        policy.setProfiles(new ArrayList<>(List.of(NAME)));
        var all = policies();
        var policies = new ArrayList<>(listed(all.getPolicies()));
        policies.add(policy);
        all.setPolicies(policies);
        try {
            session.clientPolicy().updateClientPolicies(realm, all);
        } catch (ClientPolicyException e) {
            throw refused(e);
        }
    }

    private ClientProfilesRepresentation profiles() {
        try {
            return session.clientPolicy().getClientProfiles(realm, false);
        } catch (ClientPolicyException e) {
            throw refused(e);
        }
    }

    private ClientPoliciesRepresentation policies() {
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
