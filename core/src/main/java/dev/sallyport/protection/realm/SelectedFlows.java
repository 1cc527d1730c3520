package dev.sallyport.protection.realm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.representations.idm.ClientPolicyExecutorRepresentation;
import org.keycloak.representations.idm.ClientPolicyRepresentation;
import org.keycloak.representations.idm.ClientProfileRepresentation;

/** The flows to which client policies lead a browser instead of the realm's, by the level that is asked for or anything else. */
public record SelectedFlows(KeycloakSession session, RealmModel realm) {

    private static final String EXECUTOR = "auth-flow-enforcer";
    private static final String ALIAS = "auth-flow-alias";

    /** @param policy the name of the client policy */
    public record Selected(String policy, Flow flow) {}

    public List<Selected> all() {
        try {
            var rules = new ClientPolicyRules(session, realm);
            var profiles = listed(rules.profiles().getProfiles());
            return listed(rules.policies().getPolicies()).stream()
                    .filter(SelectedFlows::applies)
                    .flatMap(policy -> of(policy, profiles))
                    .toList();
        } catch (IllegalStateException unreadable) {
            // NB. What Keycloak cannot read it does not apply.
            return List.of();
        }
    }

    // NB. Without a condition a policy applies to nobody.
    private static boolean applies(ClientPolicyRepresentation policy) {
        return Boolean.TRUE.equals(policy.isEnabled())
                && !listed(policy.getConditions()).isEmpty();
    }

    // NB. An alias that no flow has lets nobody in.
    private Stream<Selected> of(ClientPolicyRepresentation policy, List<ClientProfileRepresentation> profiles) {
        var named = listed(policy.getProfiles());
        return profiles.stream()
                .filter(profile -> named.contains(profile.getName()))
                .flatMap(profile -> listed(profile.getExecutors()).stream())
                .flatMap(SelectedFlows::alias)
                .flatMap(alias -> Flow.named(realm, alias).stream())
                .map(flow -> new Selected(policy.getName(), flow));
    }

    private static Stream<String> alias(ClientPolicyExecutorRepresentation executor) {
        return Stream.ofNullable(executor.getConfiguration())
                .filter(configuration -> EXECUTOR.equals(executor.getExecutorProviderId()))
                .map(configuration -> configuration.path(ALIAS))
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText);
    }

    private static <T> List<T> listed(List<T> list) {
        return list == null ? List.of() : list;
    }
}
