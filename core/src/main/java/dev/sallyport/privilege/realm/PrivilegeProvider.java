package dev.sallyport.privilege.realm;

import dev.sallyport.configuration.realm.DocumentFactory;
import dev.sallyport.configuration.realm.DocumentSpi;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.realm.DocumentComponents;
import dev.sallyport.privilege.Mode;
import dev.sallyport.privilege.Privilege;
import dev.sallyport.session.realm.Reevaluation;
import java.util.List;
import java.util.Optional;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.Provider;

/** A realm's privileges, one component each. */
public final class PrivilegeProvider implements Provider {

    /** The provider id of a privilege's component. */
    public static final String ID = "sallyport-privilege";

    private PrivilegeProvider() {}

    /** The documents of the realm's privileges, for administration. */
    public static DocumentComponents documents(RealmModel realm) {
        return new DocumentComponents(realm, PrivilegeProvider.class, ID);
    }

    /**
     * A privilege as the realm holds it.
     *
     * @param fault what is wrong with it; such a privilege gives nobody anything
     */
    public record Held(String name, Optional<Privilege> privilege, Optional<String> fault) {}

    /** Every privilege, also those that cannot be read, in the order of their names. */
    public static List<Held> held(RealmModel realm) {
        return documents(realm).all(PrivilegeProvider::compile);
    }

    /** Every privilege that can be had, in the order of their names. */
    public static List<Privilege> all(RealmModel realm) {
        return held(realm).stream().flatMap(held -> held.privilege().stream()).toList();
    }

    /** @return empty when there is no such privilege, or when its document is not valid */
    public static Optional<Privilege> find(RealmModel realm, String name) {
        return held(realm).stream()
                .filter(held -> held.name().equals(name))
                .findFirst()
                .flatMap(Held::privilege);
    }

    /** The id of the user who edited the privilege last, and so must neither request nor approve; empty once confirmed. */
    public static Optional<String> lastEditor(RealmModel realm, String name) {
        return Optional.empty();
    }

    private static Held compile(ComponentModel component) {
        var name = String.valueOf(component.getName());
        try {
            return new Held(name, Optional.of(read(component)), Optional.empty());
        } catch (DocumentFault fault) {
            return new Held(name, Optional.empty(), Optional.of(fault.getMessage()));
        }
    }

    private static Privilege read(ComponentModel component) {
        var privilege = Privilege.read(DocumentComponents.document(component));
        if (!privilege.name().equals(component.getName())) {
            throw new DocumentFault("name", "differs from the name of its component");
        }
        if (privilege.mode() == Mode.ASSIGNMENT) throw new DocumentFault("mode", "can only be token yet");
        return privilege;
    }

    @Override
    public void close() {}

    /** Validates and records every change, through whichever API it comes. */
    public static final class Factory extends DocumentFactory<PrivilegeProvider> {

        public Factory() {
            super(ID, "privilege", "Roles that people can have for a while.", PrivilegeProvider::new);
        }

        @Override
        protected void validate(KeycloakSession session, RealmModel realm, ComponentModel model) {
            read(model);
        }

        @Override
        public void onCreate(KeycloakSession session, RealmModel realm, ComponentModel model) {
            super.onCreate(session, realm, model);
            new ElevationScopes(realm).make(read(model));
        }

        @Override
        public void onUpdate(KeycloakSession session, RealmModel realm, ComponentModel old, ComponentModel model) {
            super.onUpdate(session, realm, old, model);
            new ElevationScopes(realm).make(read(model));
            Reevaluation.ofRealm(session, realm);
        }

        @Override
        public void preRemove(KeycloakSession session, RealmModel realm, ComponentModel model) {
            super.preRemove(session, realm, model);
            new ElevationScopes(realm).remove(String.valueOf(model.getName()));
            Reevaluation.ofRealm(session, realm);
        }
    }

    /** Makes the component type known to Keycloak. */
    public static final class ProviderSpi extends DocumentSpi {

        public ProviderSpi() {
            super(ID, PrivilegeProvider.class, Factory.class);
        }
    }
}
