package dev.sallyport.access.realm;

import dev.sallyport.access.AccessPolicy;
import dev.sallyport.access.PolicyDocument;
import dev.sallyport.access.PolicySet;
import dev.sallyport.audit.realm.ConfigurationAudit;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.realm.DocumentComponents;
import dev.sallyport.session.realm.Reevaluation;
import java.util.List;
import org.keycloak.Config;
import org.keycloak.component.ComponentFactory;
import org.keycloak.component.ComponentModel;
import org.keycloak.component.ComponentValidationException;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderFactory;
import org.keycloak.provider.Spi;

/** A realm's access policies, one component each. */
public final class AccessPolicyProvider implements Provider {

    /** The provider id of an access policy's component. */
    public static final String ID = "sallyport-access-policy";

    private AccessPolicyProvider() {}

    /** The documents of the realm's policies, for administration. */
    public static DocumentComponents documents(RealmModel realm) {
        return new DocumentComponents(realm, AccessPolicyProvider.class, ID);
    }

    /** Every policy of the realm, also those that cannot be read, in the order of their names. */
    public static List<PolicyDocument> policies(RealmModel realm) {
        return documents(realm).all(AccessPolicyProvider::compile);
    }

    /** The same policies, ready to decide. */
    static PolicySet set(KeycloakSession session, RealmModel realm) {
        var directory = new RealmDirectory(session, realm);
        return documents(realm)
                .together(AccessPolicyProvider::compile, policies -> new RealmPolicies(policies, directory))
                .set(directory);
    }

    private static PolicyDocument compile(ComponentModel component) {
        return AccessPolicy.readAnyway(String.valueOf(component.getName()), DocumentComponents.document(component));
    }

    /** Whether the realm has a policy, in whatever state. */
    public static boolean any(RealmModel realm) {
        return realm.getComponentsStream(realm.getId(), AccessPolicyProvider.class.getName())
                .findAny()
                .isPresent();
    }

    @Override
    public void close() {}

    /** Validates and records every change, through whichever API it comes. */
    public static final class Factory implements ComponentFactory<AccessPolicyProvider, AccessPolicyProvider> {

        private static final String KIND = "access-policy";

        @Override
        public AccessPolicyProvider create(KeycloakSession session, ComponentModel model) {
            return new AccessPolicyProvider();
        }

        @Override
        public void validateConfiguration(KeycloakSession session, RealmModel realm, ComponentModel model)
                throws ComponentValidationException {
            DocumentComponents.validatePlace(realm, model);
            try {
                var policy = AccessPolicy.read(DocumentComponents.document(model));
                if (!policy.name().equals(model.getName())) {
                    throw new DocumentFault("name", "differs from the name of its component");
                }
                var editable = new EditableAttributes(session, realm);
                if (editable.decided()) {
                    editable.fault(policy).ifPresent(fault -> {
                        throw fault;
                    });
                }
            } catch (DocumentFault fault) {
                throw new ComponentValidationException(fault.getMessage());
            }
        }

        @Override
        public void onCreate(KeycloakSession session, RealmModel realm, ComponentModel model) {
            ConfigurationAudit.created(session, realm, KIND, model);
            reevaluate(session, realm, model);
        }

        @Override
        public void onUpdate(KeycloakSession session, RealmModel realm, ComponentModel old, ComponentModel model) {
            ConfigurationAudit.updated(session, realm, KIND, old, model);
            reevaluate(session, realm, model);
        }

        @Override
        public void preRemove(KeycloakSession session, RealmModel realm, ComponentModel model) {
            ConfigurationAudit.deleted(session, realm, KIND, model);
        }

        // NB. Every policy that applies must be satisfied: one that is gone, or not enforced any more, ends nothing.
        private static void reevaluate(KeycloakSession session, RealmModel realm, ComponentModel model) {
            if (compile(model).state() == PolicyDocument.State.ENFORCED) Reevaluation.ofRealm(session, realm);
        }

        @Override
        public String getId() {
            return ID;
        }

        @Override
        public String getHelpText() {
            return "Who must meet what to get in.";
        }

        @Override
        public List<ProviderConfigProperty> getConfigProperties() {
            return DocumentComponents.properties();
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {
            RealmDirectory.follow(factory);
        }

        @Override
        public void close() {}
    }

    /** Makes the component type known to Keycloak. */
    public static final class ProviderSpi implements Spi {

        @Override
        public boolean isInternal() {
            return false;
        }

        @Override
        public String getName() {
            return ID;
        }

        @Override
        public Class<? extends Provider> getProviderClass() {
            return AccessPolicyProvider.class;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Class<? extends ProviderFactory> getProviderFactoryClass() {
            return Factory.class;
        }
    }
}
