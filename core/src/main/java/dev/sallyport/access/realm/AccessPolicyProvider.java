package dev.sallyport.access.realm;

import dev.sallyport.access.AccessPolicy;
import dev.sallyport.access.PolicyDocument;
import dev.sallyport.access.PolicySet;
import dev.sallyport.configuration.realm.DocumentFactory;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.realm.DocumentComponents;
import dev.sallyport.server.realm.PackSpi;
import dev.sallyport.session.realm.Reevaluation;
import java.util.List;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.Provider;

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
    public static final class Factory extends DocumentFactory<AccessPolicyProvider> {

        public Factory() {
            super(ID, "access-policy", "Who must meet what to get in.", AccessPolicyProvider::new);
        }

        @Override
        protected void validate(KeycloakSession session, RealmModel realm, ComponentModel model) {
            var policy = AccessPolicy.read(DocumentComponents.document(model));
            if (!policy.name().equals(model.getName())) {
                throw new DocumentFault("name", "differs from the name of its component");
            }
            var editable = new EditableAttributes(session, realm);
            if (!editable.decided()) return;
            editable.fault(policy).ifPresent(fault -> {
                throw fault;
            });
        }

        @Override
        public void onCreate(KeycloakSession session, RealmModel realm, ComponentModel model) {
            super.onCreate(session, realm, model);
            reevaluate(session, realm, model);
        }

        @Override
        public void onUpdate(KeycloakSession session, RealmModel realm, ComponentModel old, ComponentModel model) {
            super.onUpdate(session, realm, old, model);
            reevaluate(session, realm, model);
        }

        // NB. Every policy that applies must be satisfied: one that is gone, or not enforced any more, ends nothing.
        private static void reevaluate(KeycloakSession session, RealmModel realm, ComponentModel model) {
            if (compile(model).state() == PolicyDocument.State.ENFORCED) Reevaluation.ofRealm(session, realm);
        }

        @Override
        public void postInit(KeycloakSessionFactory factory) {
            RealmDirectory.follow(factory);
        }
    }

    /** Makes the component type known to Keycloak. */
    public static final class ProviderSpi extends PackSpi {

        public ProviderSpi() {
            super(ID, AccessPolicyProvider.class, Factory.class);
        }
    }
}
