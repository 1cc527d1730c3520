package dev.sallyport.rest.setup;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sallyport.protection.realm.ClientPolicyRules;
import java.util.ArrayList;
import java.util.List;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.representations.idm.ClientPolicyConditionRepresentation;
import org.keycloak.representations.idm.ClientPolicyExecutorRepresentation;
import org.keycloak.representations.idm.ClientPolicyRepresentation;
import org.keycloak.representations.idm.ClientProfileRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyException;

/** The client profile with our executor, and the client policy that applies it to every client. */
record ClientPolicyPieces(KeycloakSession session, RealmModel realm, ClientPolicyRules rules) {

    private static final String NAME = ClientPolicyRules.NAME;

    ClientPolicyPieces(KeycloakSession session, RealmModel realm) {
        this(session, realm, new ClientPolicyRules(session, realm));
    }

    // NB. The profile first: Keycloak refuses a policy that names a profile which is not there.
    List<Piece> all() {
        return List.of(
                new Piece(
                        "client-profile/" + NAME,
                        () -> Piece.state(rules.profile(), ClientPolicyRules::hasExecutor),
                        this::makeProfile),
                new Piece(
                        "client-policy/" + NAME,
                        () -> Piece.state(rules.policy(), ClientPolicyRules::appliesToAll),
                        this::makePolicy));
    }

    private void makeProfile() {
        var executor = new ClientPolicyExecutorRepresentation();
        executor.setExecutorProviderId(ClientPolicyRules.EXECUTOR);
        executor.setConfiguration(JsonNodeFactory.instance.objectNode());
        var profile = new ClientProfileRepresentation();
        profile.setName(NAME);
        profile.setDescription("Asks the access policies of the realm at the token endpoints.");
        profile.setExecutors(new ArrayList<>(List.of(executor)));
        var all = rules.profiles();
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
        condition.setConditionProviderId(ClientPolicyRules.CONDITION);
        condition.setConfiguration(JsonNodeFactory.instance.objectNode());
        var policy = new ClientPolicyRepresentation();
        policy.setName(NAME);
        policy.setDescription("Applies to every client; which of them a rule is about, the access policies say.");
        policy.setEnabled(true);
        policy.setConditions(new ArrayList<>(List.of(condition)));
        policy.setProfiles(new ArrayList<>(List.of(NAME)));
        var all = rules.policies();
        var policies = new ArrayList<>(listed(all.getPolicies()));
        policies.add(policy);
        all.setPolicies(policies);
        try {
            session.clientPolicy().updateClientPolicies(realm, all);
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
