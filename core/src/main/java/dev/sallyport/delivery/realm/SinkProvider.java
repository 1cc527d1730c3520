package dev.sallyport.delivery.realm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.configuration.realm.DocumentFactory;
import dev.sallyport.delivery.SinkDocument;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Secret;
import dev.sallyport.document.realm.DocumentComponents;
import dev.sallyport.document.realm.Vault;
import dev.sallyport.outbound.realm.Outbound;
import dev.sallyport.outbound.realm.OutboundHttp;
import dev.sallyport.server.realm.PackSpi;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderConfigProperty;

/** The sinks that a realm has configured, one component each. */
public final class SinkProvider implements Provider {

    private SinkProvider() {}

    @Override
    public void close() {}

    /** A sink that cannot be delivered to, for a reason that is in its configuration or the server's. */
    static final class Unusable extends Exception {

        private static final long serialVersionUID = 1;

        Unusable(String reason) {
            super(reason);
        }
    }

    /**
     * One kind of sink. Its id is the {@code type} in documents. A component holds the document without its secrets, and each
     * secret as a property of its own, which Keycloak masks in what it shows and exports.
     */
    public abstract static class Factory extends DocumentFactory<SinkProvider> {

        private static final String SECRETS_GIVEN = "sallyport.sink-secrets-given";
        private static final Duration FOR_LOOKUP = Duration.ofSeconds(2);

        /** NB. Each may take a thread for as long as its receiver is slow. */
        private static final int MAX_SINKS = 50;

        Factory(String id, String help) {
            super(id, "sink", help, SinkProvider::new);
        }

        /**
         * What carries messages to such a sink.
         *
         * @param resolved the document with its secrets as they are to be used
         */
        abstract Courier courier(KeycloakSession session, SinkDocument resolved) throws Unusable;

        /** @throws DocumentFault if the server cannot have such a sink, or what only this kind has is wrong */
        abstract void check(KeycloakSession session, ComponentModel model, SinkDocument document);

        static SinkDocument resolved(KeycloakSession session, SinkDocument document) throws Unusable {
            var secrets = new LinkedHashMap<String, String>();
            for (var secret : document.secrets().entrySet()) {
                // NB. An export has masks, and an import of it should not fail for that; nothing goes out unsigned for
                // it.
                if (secret.getValue().equals(Secret.MASK)) {
                    throw new Unusable("The secret " + secret.getKey() + " came as a mask: give it again.");
                }
                var value = Vault.secret(session, secret.getValue());
                if (value.isEmpty())
                    throw new Unusable("The secret " + secret.getKey() + " is not in the server's vault.");
                secrets.put(secret.getKey(), value.get());
            }
            try {
                return document.with(secrets);
            } catch (DocumentFault fault) {
                throw new Unusable("The vault holds what cannot be used: " + fault.getMessage() + ".");
            }
        }

        static OutboundHttp wayOut(KeycloakSession session) throws Unusable {
            return Outbound.ofDelivery(session)
                    .orElseThrow(() -> new Unusable("The server's configuration lets nothing out."));
        }

        /** The document with its secrets as they are stored. */
        final SinkDocument document(ComponentModel model) {
            var document = SinkDocument.read(whole(model));
            if (!document.name().equals(model.getName())) {
                throw new DocumentFault("name", "differs from the name of its component");
            }
            if (!document.type().equals(getId())) throw new DocumentFault("type", "differs from its component's");
            return document;
        }

        /** NB. Put together before it is read, since a certificate without its key is no document. */
        private static String whole(ComponentModel model) {
            var tree = Documents.tree(DocumentComponents.document(model));
            if (!(tree instanceof ObjectNode whole)) {
                throw new DocumentFault("", "must be an object");
            }
            for (var name : SinkDocument.SECRETS) {
                if (whole.has(name)) throw new DocumentFault(name, "must be a property of its own");
                Optional.ofNullable(model.get(name)).ifPresent(value -> whole.put(name, value));
            }
            return Documents.write(whole);
        }

        @Override
        protected final void validate(KeycloakSession session, RealmModel realm, ComponentModel model) {
            var document = document(model);
            document.destination()
                    .flatMap(uri -> Outbound.of(session).flatMap(http -> http.objection(uri, FOR_LOOKUP)))
                    .ifPresent(objection -> {
                        throw new DocumentFault("url", objection);
                    });
            check(session, model, document);
            refuseTooMany(realm, model);
            refuseSecretsElsewhere(session, realm, model, document);
        }

        private static void refuseTooMany(RealmModel realm, ComponentModel model) {
            if (model.getId() != null && realm.getComponent(model.getId()) != null) return;
            long there = realm.getComponentsStream(realm.getId(), SinkProvider.class.getName())
                    .count();
            if (there >= MAX_SINKS)
                throw new DocumentFault("", "is one more than the " + MAX_SINKS + " that a realm may have");
        }

        /** Says that whoever changes a sink in this request knows the secrets that the change holds. */
        static void secretsGiven(KeycloakSession session) {
            session.setAttribute(SECRETS_GIVEN, true);
        }

        // NB. Whoever may edit a sink need not know its secrets, and could have them used at a host of their own.
        // Keycloak's
        // component API puts the stored secret in place of its mask before it asks us, so that both look alike here.
        private void refuseSecretsElsewhere(
                KeycloakSession session, RealmModel realm, ComponentModel model, SinkDocument document) {
            var stored = Optional.ofNullable(model.getId()).map(realm::getComponent);
            if (stored.isEmpty() || session.getAttribute(SECRETS_GIVEN) != null) return;
            if (!goesElsewhere(stored.get(), document)) return;
            var before = SinkDocument.SECRETS.stream().map(stored.get()::get).toList();
            document.secrets().forEach((name, value) -> {
                if (!Secret.inVault(value) && before.contains(value)) {
                    throw new DocumentFault(name, "has to be given again, since it would be used elsewhere");
                }
            });
        }

        private boolean goesElsewhere(ComponentModel stored, SinkDocument document) {
            try {
                var before = document(stored);
                return !document.url().equals(before.url())
                        || !document.trustAnchors().equals(before.trustAnchors());
            } catch (DocumentFault unreadable) {
                return true;
            }
        }

        @Override
        public final void onCreate(KeycloakSession session, RealmModel realm, ComponentModel model) {
            super.onCreate(session, realm, model);
            new Cursors(session).open(realm, model.getId(), document(model), Clock.systemUTC());
        }

        @Override
        public final void onUpdate(
                KeycloakSession session, RealmModel realm, ComponentModel old, ComponentModel model) {
            super.onUpdate(session, realm, old, model);
            new Cursors(session).changed(realm, model.getId(), document(model), Clock.systemUTC());
        }

        @Override
        public final void preRemove(KeycloakSession session, RealmModel realm, ComponentModel model) {
            super.preRemove(session, realm, model);
            new Cursors(session).remove(model.getId());
        }

        @Override
        public final List<ProviderConfigProperty> getConfigProperties() {
            var properties = new ArrayList<>(DocumentComponents.properties());
            for (var name : SinkDocument.SECRETS) {
                var property = new ProviderConfigProperty(name, name, "", ProviderConfigProperty.PASSWORD, null);
                property.setSecret(true);
                properties.add(property);
            }
            return List.copyOf(properties);
        }
    }

    /** Makes {@code sallyport-sink} known to Keycloak. */
    public static final class ProviderSpi extends PackSpi {

        public ProviderSpi() {
            super("sallyport-sink", SinkProvider.class, Factory.class);
        }
    }
}
