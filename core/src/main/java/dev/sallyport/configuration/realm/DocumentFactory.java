package dev.sallyport.configuration.realm;

import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.realm.DocumentComponents;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.keycloak.Config;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.component.ComponentFactory;
import org.keycloak.component.ComponentModel;
import org.keycloak.component.ComponentValidationException;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderConfigProperty;

/**
 * Validates every change of one kind of configuration document, and records it in the transaction that makes it. Keycloak's own
 * component API comes past here too.
 *
 * @param <P> what makes the component type known; it does nothing
 */
public abstract class DocumentFactory<P extends Provider> implements ComponentFactory<P, P> {

    private final String id;
    private final String kind;
    private final String help;
    private final Supplier<P> provider;

    /**
     * @param id the provider id
     * @param kind what the audit log calls such a document
     * @param help what such a document is for, for administrators
     */
    protected DocumentFactory(String id, String kind, String help, Supplier<P> provider) {
        this.id = id;
        this.kind = kind;
        this.help = help;
        this.provider = provider;
    }

    /**
     * @throws DocumentFault with the path of the fault
     * @throws ComponentValidationException if the change is refused for another reason
     */
    protected abstract void validate(KeycloakSession session, RealmModel realm, ComponentModel model)
            throws ComponentValidationException;

    @Override
    public final void validateConfiguration(KeycloakSession session, RealmModel realm, ComponentModel model)
            throws ComponentValidationException {
        try {
            DocumentComponents.validatePlace(realm, model);
            DocumentComponents.validateSingle(model);

            validate(session, realm, model);
        } catch (DocumentFault fault) {
            restore(realm, model);
            throw new ComponentValidationException(fault.getMessage(), fault);
        } catch (RuntimeException refused) {
            restore(realm, model);
            throw refused;
        }
    }

    // NB. Keycloak's component API changes the very instance that its cache holds and then asks whether it may: what is
    // refused would otherwise stay in force until the cache is renewed.
    private static void restore(RealmModel realm, ComponentModel model) {
        Optional.ofNullable(model.getId()).map(realm::getComponent).ifPresent(stored -> {
            model.setName(stored.getName());
            model.setParentId(stored.getParentId());
            model.setProviderId(stored.getProviderId());
            model.setProviderType(stored.getProviderType());
            model.setSubType(stored.getSubType());
            model.setConfig(new MultivaluedHashMap<>(stored.getConfig()));
        });
    }

    @Override
    public void onCreate(KeycloakSession session, RealmModel realm, ComponentModel model) {
        record(session, realm, entry(session, "config.created", model).with("document", document(model)));
    }

    @Override
    public void onUpdate(KeycloakSession session, RealmModel realm, ComponentModel old, ComponentModel model) {
        record(
                session,
                realm,
                entry(session, "config.updated", model)
                        .with("previous", document(old))
                        .with("document", document(model)));
    }

    @Override
    public void preRemove(KeycloakSession session, RealmModel realm, ComponentModel model) {
        record(session, realm, entry(session, "config.deleted", model).with("previous", document(model)));
    }

    private AuditEntries entry(KeycloakSession session, String type, ComponentModel model) {
        return AuditEntries.of(session, type).about(kind, model.getName());
    }

    private static void record(KeycloakSession session, RealmModel realm, AuditEntries entry) {
        new JpaAuditLog(session, realm).append(entry.at(Clock.systemUTC()));
    }

    private static String document(ComponentModel model) {
        return DocumentComponents.document(model);
    }

    @Override
    public final P create(KeycloakSession session, ComponentModel model) {
        return provider.get();
    }

    @Override
    public final String getId() {
        return id;
    }

    @Override
    public final String getHelpText() {
        return help;
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
