package dev.sallyport.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sallyport.access.Door;
import dev.sallyport.access.Tags;
import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;
import org.keycloak.authorization.Decision.Effect;
import org.keycloak.authorization.policy.evaluation.Evaluation;
import org.keycloak.authorization.policy.provider.PolicyProvider;
import org.keycloak.representations.idm.authorization.Logic;

/**
 * An authorization policy that grants to whom the realm's access policies allow the resource server now. Nothing makes it
 * grant to anybody else.
 */
final class ConditionalAccessPolicy implements PolicyProvider {

    private static final String TAGS = "tags";

    private static final Logger LOG = Logger.getLogger(ConditionalAccessPolicy.class);

    @Override
    public void evaluate(Evaluation evaluation) {
        // NB. Not deny(), which grants when the logic is negative.
        if (allowed(evaluation)) evaluation.grant();
        else evaluation.setEffect(Effect.DENY);
    }

    private static boolean allowed(Evaluation evaluation) {
        var authorization = evaluation.getAuthorizationProvider();
        var session = authorization.getKeycloakSession();
        var realm = authorization.getRealm();
        try {
            var tags = read(evaluation.getPolicy().getConfig());
            var reached = realm.getClientById(
                    evaluation.getPermission().getResourceServer().getClientId());
            var identity = new EvaluatedIdentity(
                    session, realm, evaluation.getContext().getIdentity());
            var asking = identity.client().map(realm::getClientByClientId).orElse(reached);
            var audience = Set.of(reached.getClientId());
            var gate = new AccessGate(session);
            var userSession = identity.userSession();
            if (userSession.isPresent()) {
                return gate.atBackChannel(Door.AUTHORIZATION, userSession.get(), asking, audience, tags)
                        .decision()
                        .allowed();
            }
            return identity.user()
                    .filter(user -> gate.foreseeAbsent(Door.AUTHORIZATION, user, asking, audience, tags)
                            .allowed())
                    .isPresent();
        } catch (RuntimeException e) {
            LOG.errorf(
                    e,
                    "authorization policy %s in realm %s denies",
                    evaluation.getPolicy().getId(),
                    realm.getName());
            return false;
        }
    }

    /** @throws DocumentFault with the path of the fault */
    private static Tags read(Map<String, String> config) {
        if (!config.containsKey(TAGS)) return Tags.ALL_POLICIES;
        try {
            return Tags.of(Arrays.asList(Documents.read(config.get(TAGS), String[].class)));
        } catch (DocumentFault fault) {
            throw fault.below(TAGS);
        }
    }

    @Override
    public void close() {}

    /** What such a policy looks like over REST, besides what every authorization policy has. */
    public static final class Representation extends StrictPolicyRepresentation {

        private JsonNode tags = JsonNodeFactory.instance.nullNode();

        public JsonNode getTags() {
            return tags;
        }

        public void setTags(JsonNode tags) {
            this.tags = tags;
        }
    }

    /** Shown to administrators as "Conditional access". */
    public static final class Factory extends StrictPolicyFactory<Representation> {

        private static final ConditionalAccessPolicy SINGLETON = new ConditionalAccessPolicy();

        public Factory() {
            super(Representation.class, SINGLETON);
        }

        @Override
        public String getId() {
            return "sallyport-access";
        }

        @Override
        public String getName() {
            return "Conditional access";
        }

        @Override
        public String getDescription() {
            return "Grants to whom the realm's access policies allow the resource server now.";
        }

        @Override
        Representation describe(Map<String, String> config) {
            var representation = new Representation();
            if (config.containsKey(TAGS)) representation.setTags(Documents.tree(config.get(TAGS)));
            return representation;
        }

        @Override
        Map<String, String> configure(Representation representation) {
            var tags = representation.getTags();
            return tags.isNull() ? Map.of() : Map.of(TAGS, Documents.write(tags));
        }

        @Override
        Map<String, String> checked(Map<String, String> config, Logic logic) {
            only(TAGS, config);
            if (logic == Logic.NEGATIVE) {
                throw new DocumentFault("logic", "must be POSITIVE: to be refused is no reason to be granted anything");
            }
            var tags = read(config);
            return tags.names().isEmpty() ? Map.of() : Map.of(TAGS, Documents.write(tags.names()));
        }
    }
}
