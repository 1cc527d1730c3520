package dev.sallyport.audit.realm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.audit.Tiles;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.logic.Once;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** The records that say why entries are empty, as far as they are what the tree has of them. */
final class AuditReasons {

    private final KeycloakSession session;
    private final RealmModel realm;
    private final Tiles tiles;
    private final long size;
    private final Supplier<Long> prunedTo = Once.of(this::readPrunedTo);
    private final Map<String, Set<Long>> erased = new HashMap<>();

    AuditReasons(KeycloakSession session, RealmModel realm, Tiles tiles, long size) {
        this.session = session;
        this.realm = realm;
        this.tiles = tiles;
        this.size = size;
    }

    boolean explain(AuditEntryEntity empty) {
        if (empty.leafIndex < prunedTo.get()) return true;
        return empty.removal != null
                && erased.computeIfAbsent(empty.removal, this::readErased).contains(empty.leafIndex);
    }

    // NB. The newest one is enough: each goes from the first entry on, and further than those before.
    private long readPrunedTo() {
        return session.getProvider(JpaConnectionProvider.class)
                .getEntityManager()
                .createNamedQuery("newestAuditEntryOfNoSession", AuditEntryEntity.class)
                .setParameter("realmId", realm.getId())
                .setParameter("type", "audit.pruned")
                .setMaxResults(1)
                .getResultStream()
                .findFirst()
                .flatMap(row -> proven(row, "audit.pruned"))
                .map(entry -> entry.at("/details/to").asLong())
                .orElse(0L);
    }

    private Set<Long> readErased(String id) {
        var row = session.getProvider(JpaConnectionProvider.class)
                .getEntityManager()
                .find(AuditEntryEntity.class, id);
        var indexes = new HashSet<Long>();
        Optional.ofNullable(row)
                .filter(found -> found.realmId.equals(realm.getId()))
                .flatMap(found -> proven(found, "audit.erased"))
                .ifPresent(entry -> entry.at("/details/indexes").forEach(index -> indexes.add(index.asLong())));
        return indexes;
    }

    // NB. One that got its place since the size was read is looked at the next time; what has a place beyond it is
    // told.
    private Optional<JsonNode> proven(AuditEntryEntity row, String type) {
        if (row.entry == null || row.leafIndex == null || (row.leafIndex < size && !asTheTreeHasIt(row))) {
            return Optional.empty();
        }
        try {
            return Optional.of(Documents.tree(row.entry))
                    .filter(entry -> entry.path("type").asText().equals(type));
        } catch (DocumentFault e) {
            return Optional.empty();
        }
    }

    private boolean asTheTreeHasIt(AuditEntryEntity row) {
        var hash = FiledEntry.hash(row);
        try {
            return hash.filter(found -> Arrays.equals(found, tiles.hash(0, row.leafIndex)))
                    .isPresent();
        } catch (IllegalArgumentException e) {
            return false; // the tile is gone, which is told as such
        }
    }
}
