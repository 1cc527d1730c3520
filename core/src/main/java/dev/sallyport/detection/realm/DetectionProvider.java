package dev.sallyport.detection.realm;

import dev.sallyport.configuration.realm.DocumentFactory;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.realm.DocumentComponents;
import dev.sallyport.finding.DetectionRule;
import dev.sallyport.server.realm.PackSpi;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.Provider;

/** The detection rules of a realm, one component each. */
public final class DetectionProvider implements Provider {

    /** The provider id of a rule's component. */
    public static final String ID = "sallyport-detection";

    private static final Logger LOG = Logger.getLogger(DetectionProvider.class);

    private DetectionProvider() {}

    /** The documents of the realm's rules, for administration. */
    public static DocumentComponents documents(RealmModel realm) {
        return new DocumentComponents(realm, DetectionProvider.class, ID);
    }

    /**
     * A document as the realm holds it.
     *
     * @param rule empty when the document cannot be read; nothing is detected by it then
     * @param fault what is wrong with it then
     */
    public record Stored(String name, Optional<DetectionRule> rule, Optional<String> fault) {}

    /** Every rule of the realm, also those that cannot be read, in the order of their names. */
    public static List<Stored> stored(RealmModel realm) {
        return documents(realm).all(DetectionProvider::read);
    }

    /** Those that are on. */
    static List<DetectionRule> rules(RealmModel realm) {
        return stored(realm).stream()
                .flatMap(stored -> stored.rule().stream())
                .filter(DetectionRule::on)
                .toList();
    }

    private static Stored read(ComponentModel component) {
        var name = String.valueOf(component.getName());
        try {
            return new Stored(name, Optional.of(ruleOf(component)), Optional.empty());
        } catch (DocumentFault fault) {
            LOG.warnf("detection %s of component %s cannot be read: %s", name, component.getId(), fault.getMessage());
            return new Stored(name, Optional.empty(), Optional.of(fault.getMessage()));
        }
    }

    private static DetectionRule ruleOf(ComponentModel component) {
        var rule = DetectionRule.read(DocumentComponents.document(component));
        if (!rule.name().equals(component.getName())) {
            throw new DocumentFault("name", "differs from the name of its component");
        }
        return rule;
    }

    @Override
    public void close() {}

    /** Validates and records every change, through whichever API it comes. */
    public static final class Factory extends DocumentFactory<DetectionProvider> {

        public Factory() {
            super(ID, "detection", "What is worth a look, and what is done about it.", DetectionProvider::new);
        }

        @Override
        protected void validate(KeycloakSession session, RealmModel realm, ComponentModel model) {
            ruleOf(model);
        }
    }

    /** Makes the component type known to Keycloak. */
    public static final class ProviderSpi extends PackSpi {

        public ProviderSpi() {
            super(ID, DetectionProvider.class, Factory.class);
        }
    }
}
