package dev.sallyport.delivery.realm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.audit.realm.AuditTree;
import dev.sallyport.delivery.SinkDocument;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Secret;
import dev.sallyport.document.realm.DocumentComponents;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** The sinks of a realm, to be administered. */
public final class Sinks {

    private final KeycloakSession session;
    private final RealmModel realm;

    public Sinks(KeycloakSession session, RealmModel realm) {
        this.session = session;
        this.realm = realm;
    }

    /**
     * A sink as the realm holds it.
     *
     * @param document with its secrets as they are stored; empty when it cannot be read
     * @param fault what is wrong with it then
     */
    public record Stored(ComponentModel model, Optional<SinkDocument> document, Optional<String> fault) {

        public String name() {
            return String.valueOf(model.getName());
        }

        // NB. Not the record's own, which would show the secrets to a log.
        @Override
        public String toString() {
            return "Stored[" + name() + "]";
        }
    }

    /**
     * How far a sink has come.
     *
     * @param cursor the place of the first entry that it does not have yet
     * @param treeSize how many entries the log has
     * @param lag how many of them are still to be looked at
     * @param lastDelivered null if it never got anything
     * @param lastError why it did not get the last message that it was sent; null if it did
     * @param failures how often it failed in a row
     * @param nextTry when it is tried again; null if nothing keeps it from being tried
     * @param deadLetters how many entries it refused for good
     */
    public record Status(
            long cursor,
            long treeSize,
            long lag,
            Instant lastDelivered,
            String lastError,
            int failures,
            Instant nextTry,
            long deadLetters) {}

    /** Every sink of the realm, also those that cannot be read, in the order of their names. */
    public List<Stored> stored() {
        return documents("").all(this::read);
    }

    public Optional<Stored> find(String name) {
        return stored().stream().filter(stored -> stored.name().equals(name)).findFirst();
    }

    /** @param type of what is put there; empty when nothing is */
    private DocumentComponents documents(String type) {
        return new DocumentComponents(realm, SinkProvider.class, type);
    }

    private Stored read(ComponentModel model) {
        try {
            var factory = factory(session, model.getProviderId());
            if (factory.isEmpty()) return new Stored(model, Optional.empty(), Optional.of("type: is not known"));
            return new Stored(model, Optional.of(factory.get().document(model)), Optional.empty());
        } catch (DocumentFault fault) {
            return new Stored(model, Optional.empty(), Optional.of(fault.getMessage()));
        }
    }

    /**
     * Puts a sink in place of the one of that name, or beside the others. A masked secret is the stored one; a masked
     * previous secret, where there was none, is what was the secret until now.
     *
     * @throws DocumentFault if it cannot be a sink, or a masked secret would be used elsewhere
     */
    public SinkDocument put(SinkDocument given) {
        var factory = factory(session, given.type()).orElseThrow(() -> new DocumentFault("type", "is not known"));
        var stored = find(given.name());
        if (stored.isPresent() && !factory.getId().equals(stored.get().model().getProviderId())) {
            throw new DocumentFault("type", "cannot be changed");
        }
        boolean masked = given.secrets().containsValue(Secret.MASK);
        var whole = given.with(unmasked(given, stored.map(Stored::model)));
        if (!masked) SinkProvider.Factory.secretsGiven(session);
        var tree = (ObjectNode) Documents.toTree(whole);
        tree.remove(SinkDocument.SECRETS);
        var properties = new LinkedHashMap<String, Optional<String>>();
        for (var name : SinkDocument.SECRETS) {
            properties.put(name, Optional.ofNullable(whole.secrets().get(name)));
        }
        documents(factory.getId()).put(whole.name(), Documents.write(tree), properties);
        return whole;
    }

    private static Map<String, String> unmasked(SinkDocument given, Optional<ComponentModel> stored) {
        var secrets = given.secrets();
        secrets.replaceAll((name, value) -> {
            if (!value.equals(Secret.MASK)) return value;
            var kept = stored.map(model -> model.get(name));
            if (kept.isEmpty() && name.equals("previousSecret")) kept = stored.map(model -> model.get("secret"));
            return kept.orElseThrow(() -> new DocumentFault(name, "is a mask, and there is nothing behind it"));
        });
        return secrets;
    }

    public boolean remove(String name) {
        return documents("").remove(name);
    }

    public Status status(Stored sink) {
        long size = new AuditTree(session, realm).size();
        var cursors = new Cursors(session);
        var row = cursors.find(sink.model().getId());
        long next = row.map(cursor -> cursor.nextIndex).orElse(size);
        return new Status(
                next,
                size,
                Math.max(0, size - next),
                row.map(cursor -> cursor.lastDelivered)
                        .map(Instant::ofEpochMilli)
                        .orElse(null),
                row.map(cursor -> cursor.lastError).orElse(null),
                row.map(cursor -> cursor.failures).orElse(0),
                row.filter(cursor -> cursor.failures > 0)
                        .map(cursor -> cursor.nextTry)
                        .filter(at -> at > 0)
                        .map(Instant::ofEpochMilli)
                        .orElse(null),
                cursors.deadLetters(sink.model().getId()));
    }

    /**
     * Has entries sent again.
     *
     * @param fromIndex from where on; empty for the dead letters
     * @throws DocumentFault if the sink has not come that far
     */
    public void redeliver(Stored sink, Optional<Long> fromIndex) {
        var cursors = new Cursors(session);
        var row = cursors.locked(sink.model().getId());
        if (row.isEmpty()) return;
        fromIndex.ifPresent(index -> {
            if (index < 0 || index > row.get().nextIndex) {
                throw new DocumentFault(
                        "fromIndex", "must be from 0 to " + row.get().nextIndex + ", since nothing may be left out");
            }
            row.get().nextIndex = index;
        });
        if (fromIndex.isEmpty()) row.get().again = cursors.sendDeadLettersAgain(row.get().sinkId) || row.get().again;
        Cursors.interrupt(row.get());
    }

    static Optional<SinkProvider.Factory> factory(KeycloakSession session, String type) {
        return Optional.ofNullable(session.getKeycloakSessionFactory()
                        .getProviderFactory(SinkProvider.class, String.valueOf(type)))
                .map(SinkProvider.Factory.class::cast);
    }
}
