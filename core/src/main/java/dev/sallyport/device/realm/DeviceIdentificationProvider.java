package dev.sallyport.device.realm;

import dev.sallyport.audit.realm.ConfigurationAudit;
import dev.sallyport.device.CertificateIdentification;
import dev.sallyport.device.DeviceIdentification;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.document.realm.DocumentComponents;
import java.util.List;
import java.util.Optional;
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

/** A realm's {@link DeviceIdentification}, as the one component of this type. */
public final class DeviceIdentificationProvider implements Provider {

    /** The provider id, and the name of the realm's one component. */
    public static final String ID = "sallyport-device-identification";

    /** A configuration, ready to judge certificates. */
    record Compiled(Optional<CertificateIdentification.Verifier> certificate) {}

    private DeviceIdentificationProvider() {}

    public static DeviceIdentification of(RealmModel realm) {
        return documents(realm).find(ID).map(DeviceIdentificationProvider::read).orElseGet(DeviceIdentification::none);
    }

    public static void put(RealmModel realm, DeviceIdentification identification) {
        documents(realm).put(ID, Documents.write(identification));
    }

    public static DeviceIdentification read(String document) {
        return Documents.read(document, DeviceIdentification.class, DeviceIdentification.MAX_TEXT);
    }

    static Optional<CertificateIdentification.Verifier> verifier(RealmModel realm) {
        return documents(realm).all(DeviceIdentificationProvider::compile).stream()
                .findFirst()
                .flatMap(Compiled::certificate);
    }

    private static Compiled compile(ComponentModel component) {
        try {
            return new Compiled(read(DocumentComponents.document(component))
                    .certificate()
                    .map(CertificateIdentification::verifier));
        } catch (DocumentFault fault) {
            return new Compiled(Optional.empty());
        }
    }

    private static DocumentComponents documents(RealmModel realm) {
        return new DocumentComponents(realm, DeviceIdentificationProvider.class, ID);
    }

    @Override
    public void close() {}

    /** Validates and records every change, through whichever API it comes. */
    public static final class Factory
            implements ComponentFactory<DeviceIdentificationProvider, DeviceIdentificationProvider> {

        private static final String KIND = "device-identification";

        @Override
        public DeviceIdentificationProvider create(KeycloakSession session, ComponentModel model) {
            return new DeviceIdentificationProvider();
        }

        @Override
        public void validateConfiguration(KeycloakSession session, RealmModel realm, ComponentModel model)
                throws ComponentValidationException {
            DocumentComponents.validatePlace(realm, model);
            if (!ID.equals(model.getName())) throw new ComponentValidationException("name: must be " + ID);
            try {
                read(DocumentComponents.document(model));
            } catch (DocumentFault fault) {
                throw new ComponentValidationException(fault.getMessage());
            }
        }

        @Override
        public void onCreate(KeycloakSession session, RealmModel realm, ComponentModel model) {
            ConfigurationAudit.created(session, realm, KIND, model);
        }

        @Override
        public void onUpdate(KeycloakSession session, RealmModel realm, ComponentModel old, ComponentModel model) {
            ConfigurationAudit.updated(session, realm, KIND, old, model);
        }

        @Override
        public void preRemove(KeycloakSession session, RealmModel realm, ComponentModel model) {
            ConfigurationAudit.deleted(session, realm, KIND, model);
        }

        @Override
        public String getId() {
            return ID;
        }

        @Override
        public String getHelpText() {
            return "How the devices of users are identified.";
        }

        @Override
        public List<ProviderConfigProperty> getConfigProperties() {
            return DocumentComponents.properties();
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {}

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
            return DeviceIdentificationProvider.class;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Class<? extends ProviderFactory> getProviderFactoryClass() {
            return Factory.class;
        }
    }
}
