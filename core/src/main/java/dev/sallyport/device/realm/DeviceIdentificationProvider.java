package dev.sallyport.device.realm;

import dev.sallyport.configuration.realm.DocumentFactory;
import dev.sallyport.device.CertificateIdentification;
import dev.sallyport.device.DeviceIdentification;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.document.realm.DocumentComponents;
import dev.sallyport.server.realm.PackSpi;
import java.util.Optional;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.Provider;

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
    public static final class Factory extends DocumentFactory<DeviceIdentificationProvider> {

        public Factory() {
            super(
                    ID,
                    "device-identification",
                    "How the devices of users are identified.",
                    DeviceIdentificationProvider::new);
        }

        @Override
        protected void validate(KeycloakSession session, RealmModel realm, ComponentModel model) {
            if (!ID.equals(model.getName())) throw new DocumentFault("name", "must be " + ID);
            read(DocumentComponents.document(model));
        }
    }

    /** Makes the component type known to Keycloak. */
    public static final class ProviderSpi extends PackSpi {

        public ProviderSpi() {
            super(ID, DeviceIdentificationProvider.class, Factory.class);
        }
    }
}
