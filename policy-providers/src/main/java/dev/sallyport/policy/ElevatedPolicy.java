package dev.sallyport.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.elevation.realm.ElevatedCheck;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;
import org.keycloak.authorization.Decision.Effect;
import org.keycloak.authorization.policy.evaluation.Evaluation;
import org.keycloak.authorization.policy.provider.PolicyProvider;
import org.keycloak.representations.idm.authorization.Logic;

/**
 * An authorization policy that grants while an elevation is in effect in the session that asks. With negative logic it
 * grants while none is. Whoever has no session is denied either way.
 */
final class ElevatedPolicy implements PolicyProvider {

    private static final String PRIVILEGES = "privileges";

    private static final Logger LOG = Logger.getLogger(ElevatedPolicy.class);

    @Override
    public void evaluate(Evaluation evaluation) {
        var authorization = evaluation.getAuthorizationProvider();
        var session = authorization.getKeycloakSession();
        var realm = authorization.getRealm();
        try {
            var check = ElevatedCheck.of(read(evaluation.getPolicy().getConfig()));
            var identity = new EvaluatedIdentity(
                    session, realm, evaluation.getContext().getIdentity());
            var userSession = identity.userSession();
            // NB. Not deny(), which grants when the logic is negative.
            if (userSession.isEmpty()) evaluation.setEffect(Effect.DENY);
            else if (check.met(session, userSession.get())) evaluation.grant();
            else evaluation.deny();
        } catch (RuntimeException e) {
            LOG.errorf(
                    e,
                    "authorization policy %s in realm %s denies",
                    evaluation.getPolicy().getId(),
                    realm.getName());
            evaluation.setEffect(Effect.DENY);
        }
    }

    /** @throws DocumentFault with the path of the fault */
    private static List<String> read(Map<String, String> config) {
        if (!config.containsKey(PRIVILEGES)) return List.of();
        try {
            return named(Documents.read(config.get(PRIVILEGES), String[].class));
        } catch (DocumentFault fault) {
            throw fault.below(PRIVILEGES);
        }
    }

    private static List<String> named(String[] names) {
        for (int i = 0; i < names.length; i++) {
            if (names[i] == null || names[i].isBlank()) throw new DocumentFault("[" + i + "]", "must not be empty");
        }
        return List.copyOf(Set.copyOf(Arrays.asList(names)));
    }

    @Override
    public void close() {}

    /** What such a policy looks like over REST, besides what every authorization policy has. */
    public static final class Representation extends StrictPolicyRepresentation {

        private JsonNode privileges = JsonNodeFactory.instance.nullNode();

        public JsonNode getPrivileges() {
            return privileges;
        }

        public void setPrivileges(JsonNode privileges) {
            this.privileges = privileges;
        }
    }

    /** Shown to administrators as "Active elevation". */
    public static final class Factory extends StrictPolicyFactory<Representation> {

        private static final ElevatedPolicy SINGLETON = new ElevatedPolicy();

        public Factory() {
            super(Representation.class, SINGLETON);
        }

        @Override
        public String getId() {
            return "sallyport-elevated";
        }

        @Override
        public String getName() {
            return "Active elevation";
        }

        @Override
        public String getDescription() {
            return "Grants while an elevation is in effect in the session; of one of the privileges that it names, if any.";
        }

        @Override
        Representation describe(Map<String, String> config) {
            var representation = new Representation();
            if (config.containsKey(PRIVILEGES)) representation.setPrivileges(Documents.tree(config.get(PRIVILEGES)));
            return representation;
        }

        @Override
        Map<String, String> configure(Representation representation) {
            var privileges = representation.getPrivileges();
            return privileges.isNull() ? Map.of() : Map.of(PRIVILEGES, Documents.write(privileges));
        }

        @Override
        Map<String, String> checked(Map<String, String> config, Logic logic) {
            only(PRIVILEGES, config);
            var privileges = read(config);
            return privileges.isEmpty() ? Map.of() : Map.of(PRIVILEGES, Documents.write(privileges));
        }
    }
}
