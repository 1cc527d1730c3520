package dev.sallyport.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sallyport.access.DeviceRequirement;
import dev.sallyport.access.realm.DeviceCheck;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.logic.Truth;
import java.util.Map;
import org.jboss.logging.Logger;
import org.keycloak.authorization.Decision.Effect;
import org.keycloak.authorization.policy.evaluation.Evaluation;
import org.keycloak.authorization.policy.provider.PolicyProvider;
import org.keycloak.representations.idm.authorization.Logic;

/**
 * An authorization policy that grants by the health of the device that the session was started on, as it is now. With
 * negative logic it grants when something is known to be wrong with it. What is unknown is denied either way.
 */
final class DevicePolicy implements PolicyProvider {

    /** Where a policy's requirement is, in its configuration as in its representation. */
    static final String DEVICE = "device";

    private static final Logger LOG = Logger.getLogger(DevicePolicy.class);

    @Override
    public void evaluate(Evaluation evaluation) {
        switch (met(evaluation)) {
            case YES -> evaluation.grant();
            case NO -> evaluation.deny();
            // NB. Not deny(), which grants when the logic is negative.
            case UNKNOWN -> evaluation.setEffect(Effect.DENY);
        }
    }

    private static Truth met(Evaluation evaluation) {
        var authorization = evaluation.getAuthorizationProvider();
        var session = authorization.getKeycloakSession();
        try {
            var requirement = read(evaluation.getPolicy().getConfig());
            var identity = new EvaluatedIdentity(
                    session, authorization.getRealm(), evaluation.getContext().getIdentity());
            return identity.userSession()
                    .map(userSession -> new DeviceCheck(session).ofSession(userSession, requirement))
                    .orElse(Truth.UNKNOWN);
        } catch (RuntimeException e) {
            LOG.errorf(
                    "authorization policy %s in realm %s denies: %s",
                    evaluation.getPolicy().getId(), authorization.getRealm().getName(), e);
            return Truth.UNKNOWN;
        }
    }

    /** @throws DocumentFault with the path of the fault */
    static DeviceRequirement read(Map<String, String> config) {
        var document = config.get(DEVICE);
        if (document == null) throw new DocumentFault(DEVICE, "is required");
        try {
            return Documents.read(document, DeviceRequirement.class);
        } catch (DocumentFault fault) {
            throw fault.below(DEVICE);
        }
    }

    @Override
    public void close() {}

    /** What such a policy looks like over REST, besides what every authorization policy has. */
    public static final class Representation extends StrictPolicyRepresentation {

        private JsonNode device = JsonNodeFactory.instance.nullNode();

        public JsonNode getDevice() {
            return device;
        }

        public void setDevice(JsonNode device) {
            this.device = device;
        }
    }

    /** Shown to administrators as "Device posture". */
    public static final class Factory extends StrictPolicyFactory<Representation> {

        private static final DevicePolicy SINGLETON = new DevicePolicy();

        public Factory() {
            super(Representation.class, SINGLETON);
        }

        @Override
        public String getId() {
            return "sallyport-device";
        }

        @Override
        public String getName() {
            return "Device posture";
        }

        @Override
        public String getDescription() {
            return "Grants when the device of the session is what is asked for; unknown is denied.";
        }

        @Override
        Representation describe(Map<String, String> config) {
            var representation = new Representation();
            if (config.containsKey(DEVICE)) representation.setDevice(Documents.tree(config.get(DEVICE)));
            return representation;
        }

        @Override
        Map<String, String> configure(Representation representation) {
            var device = representation.getDevice();
            return device.isNull() ? Map.of() : Map.of(DEVICE, Documents.write(device));
        }

        @Override
        Map<String, String> checked(Map<String, String> config, Logic logic) {
            only(DEVICE, config);
            return Map.of(DEVICE, Documents.write(read(config)));
        }
    }
}
