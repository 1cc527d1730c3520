package dev.sallyport.network.realm;

import dev.sallyport.configuration.realm.DocumentFactory;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.realm.DocumentComponents;
import dev.sallyport.network.Network;
import dev.sallyport.server.realm.PackSpi;
import dev.sallyport.session.realm.Reevaluation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.Provider;

/** The networks that a realm has named, one component each. */
public final class NetworkProvider implements Provider {

    /** The provider id of a network's component. */
    public static final String ID = "sallyport-network";

    private static final Logger LOG = Logger.getLogger(NetworkProvider.class);

    private NetworkProvider() {}

    /** The documents of the realm's networks, for administration. */
    public static DocumentComponents documents(RealmModel realm) {
        return new DocumentComponents(realm, NetworkProvider.class, ID);
    }

    /**
     * A document as the realm holds it.
     *
     * @param network empty when the document cannot be read; a policy that names it is invalid
     * @param fault what is wrong with it then
     */
    public record Stored(String name, Optional<Network> network, Optional<String> fault) {}

    /** Every network of the realm, also those that cannot be read, in the order of their names. */
    public static List<Stored> stored(RealmModel realm) {
        return documents(realm).all(NetworkProvider::read);
    }

    /** The networks of the realm that can be read, by name. */
    public static Map<String, Network> networks(RealmModel realm) {
        var networks = new LinkedHashMap<String, Network>();
        for (var stored : stored(realm)) {
            stored.network().ifPresent(network -> networks.put(stored.name(), network));
        }
        return networks;
    }

    private static Stored read(ComponentModel component) {
        var name = String.valueOf(component.getName());
        try {
            return new Stored(name, Optional.of(networkOf(component)), Optional.empty());
        } catch (DocumentFault fault) {
            LOG.warnf("network %s of component %s cannot be read: %s", name, component.getId(), fault.getMessage());
            return new Stored(name, Optional.empty(), Optional.of(fault.getMessage()));
        }
    }

    private static Network networkOf(ComponentModel component) {
        var network = Network.read(DocumentComponents.document(component));
        if (!network.name().equals(component.getName())) {
            throw new DocumentFault("name", "differs from the name of its component");
        }
        return network;
    }

    @Override
    public void close() {}

    /** Validates and records every change, through whichever API it comes. */
    public static final class Factory extends DocumentFactory<NetworkProvider> {

        public Factory() {
            super(ID, "network", "A network that access policies can name.", NetworkProvider::new);
        }

        @Override
        protected void validate(KeycloakSession session, RealmModel realm, ComponentModel model) {
            networkOf(model);
        }

        @Override
        public void onCreate(KeycloakSession session, RealmModel realm, ComponentModel model) {
            super.onCreate(session, realm, model);
            Reevaluation.ofRealm(session, realm);
        }

        @Override
        public void onUpdate(KeycloakSession session, RealmModel realm, ComponentModel old, ComponentModel model) {
            super.onUpdate(session, realm, old, model);
            Reevaluation.ofRealm(session, realm);
        }

        @Override
        public void preRemove(KeycloakSession session, RealmModel realm, ComponentModel model) {
            super.preRemove(session, realm, model);
            Reevaluation.ofRealm(session, realm);
        }
    }

    /** Makes the component type known to Keycloak. */
    public static final class ProviderSpi extends PackSpi {

        public ProviderSpi() {
            super(ID, NetworkProvider.class, Factory.class);
        }
    }
}
