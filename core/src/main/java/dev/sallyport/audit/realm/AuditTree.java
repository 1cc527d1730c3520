package dev.sallyport.audit.realm;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.audit.Checkpoint;
import dev.sallyport.audit.MerkleTree;
import dev.sallyport.audit.Tiles;
import dev.sallyport.document.Documents;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * The tree over a realm's audit log: which place every entry has, and what proves it. Entries are appended without one by
 * whoever acts, and given one afterwards by one node at a time.
 */
public record AuditTree(KeycloakSession session, RealmModel realm) {

    private static final Logger LOG = Logger.getLogger(AuditTree.class);

    /** How many entries {@link #lines} returns at most. */
    public static final int PAGE = 1_000;

    private static final int BATCH = 500;
    private static final long MINUTE = 60_000;

    /** How long after its minute an entry may still be counted up, by a request that began within it. */
    private static final long GRACE = 5_000;

    /** Whether the realm's log has a name, and so a tree. */
    public boolean open() {
        return row(LockModeType.NONE).isPresent();
    }

    /** @param origin the name of the log, which is never changed */
    public void open(String origin) {
        if (open()) return;
        var row = new AuditTreeEntity();
        row.realmId = realm.getId();
        row.origin = origin;
        row.checkpoint = note(row, tiles());
        entities().persist(row);
    }

    /** How many entries have a place; 0 where there is no tree. */
    public long size() {
        return row(LockModeType.NONE).map(row -> row.size).orElse(0L);
    }

    /** What the log commits itself to, as a signed note; empty where there is no tree. */
    public Optional<String> checkpoint() {
        return row(LockModeType.NONE).map(row -> row.checkpoint);
    }

    /** The lines by which verifiers know the keys, newest first. */
    public List<String> keys() {
        return row(LockModeType.NONE).map(row -> keys(row).lines()).orElse(List.of());
    }

    /** Whether its key is in a file, and so not one that this server makes. */
    public boolean keyInFile() {
        return row(LockModeType.NONE).filter(row -> keys(row).inFile()).isPresent();
    }

    /** Has a new key sign, at once. */
    public void rotateKey() {
        row(LockModeType.PESSIMISTIC_WRITE).ifPresent(row -> {
            keys(row).rotate();
            row.checkpoint = note(row, tiles());
        });
    }

    /** What proves that an entry is under the checkpoint of that size, which must not be larger than the tree. */
    public List<byte[]> inclusion(long leaf, long size) {
        return MerkleTree.inclusion(tiles(), leaf, size);
    }

    /** What proves that one checkpoint continues another; neither may be larger than the tree. */
    public List<byte[]> consistency(long from, long to) {
        return MerkleTree.consistency(tiles(), from, to);
    }

    /**
     * An entry with its place.
     *
     * @param leafHash in Base64
     * @param entry null where it was removed
     * @param redacted what remains of it, which nothing proves
     * @param time when it was written, whether it says so any more or not
     */
    public record Line(
            long index,
            String leafHash,
            JsonNode entry,
            @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<JsonNode> redacted,
            @JsonIgnore Instant time) {}

    /** Entries in the order of their places, from one on and before another; at most a thousand. */
    public List<Line> lines(long from, long to) {
        var tiles = tiles();
        return entities()
                .createNamedQuery("auditEntriesByPlace", AuditEntryEntity.class)
                .setParameter("realmId", realm.getId())
                .setParameter("from", from)
                .setParameter("to", Math.min(to, from + PAGE))
                .getResultList()
                .stream()
                .map(row -> new Line(
                        row.leafIndex,
                        Base64.getEncoder().encodeToString(tiles.hash(0, row.leafIndex)),
                        row.entry == null ? null : Documents.tree(row.entry),
                        Optional.ofNullable(row.redacted).map(Documents::tree),
                        Instant.ofEpochMilli(row.time)))
                .toList();
    }

    /**
     * Gives a batch of entries their place, in the order of their time.
     *
     * @return whether there may be more
     */
    boolean sequence(Clock clock) {
        var row = row(LockModeType.PESSIMISTIC_WRITE);
        if (row.isEmpty()) return false;
        var tree = row.get();
        var entries = waiting(clock);
        if (entries.isEmpty()) return false;
        var tiles = tiles();
        for (var entry : entries) {
            var bytes = canonical(entry);
            tiles.add(MerkleTree.leaf(bytes), tree.size);
            entry.entry = CanonicalEntry.text(bytes);
            entry.repeatKey = null;
            entry.leafIndex = tree.size++;
        }
        tiles.changed().forEach(this::keep);
        tree.checkpoint = note(tree, tiles);
        return entries.size() == BATCH;
    }

    // NB. One that somebody broke in the database must not keep all that come after it from their places.
    private byte[] canonical(AuditEntryEntity row) {
        try {
            return CanonicalEntry.of(JpaAuditLog.json(row));
        } catch (RuntimeException e) {
            LOG.errorf(e, "entry %s of the audit log of realm %s cannot be read", row.id, realm.getName());
            return CanonicalEntry.of(Documents.toTree(AuditEntries.system(session, row.type)
                    .with("unreadable", row.id)
                    .at(Clock.systemUTC())));
        }
    }

    // NB. What is counted up waits until its minute is over: an entry does not change any more once it has its place.
    // All
    // are asked for in the order of the index, though the place of none is known: databases would sort whatever waits.
    private List<AuditEntryEntity> waiting(Clock clock) {
        long counted = (clock.millis() - GRACE) / MINUTE * MINUTE;
        return entities()
                .createNamedQuery("auditEntriesWithoutPlace", AuditEntryEntity.class)
                .setParameter("realmId", realm.getId())
                .setParameter("counted", counted)
                .setMaxResults(BATCH)
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .getResultList();
    }

    private String note(AuditTreeEntity row, Tiles tiles) {
        return new Checkpoint(row.origin, row.size, MerkleTree.root(tiles, row.size))
                .signedBy(keys(row).current());
    }

    private AuditKeys keys(AuditTreeEntity row) {
        return new AuditKeys(session, realm, row.origin);
    }

    Tiles tiles() {
        return new Tiles(place -> Optional.ofNullable(entities().find(AuditTileEntity.class, key(place)))
                .map(tile -> Base64.getDecoder().decode(tile.hashes))
                .orElse(new byte[0]));
    }

    private void keep(Tiles.Place place, byte[] hashes) {
        var row = entities().find(AuditTileEntity.class, key(place));
        if (row == null) {
            row = new AuditTileEntity();
            row.realmId = realm.getId();
            row.level = place.level();
            row.index = place.index();
            row.hashes = Base64.getEncoder().encodeToString(hashes);
            entities().persist(row);
        } else {
            row.hashes = Base64.getEncoder().encodeToString(hashes);
        }
    }

    private AuditTileEntity.Key key(Tiles.Place place) {
        return new AuditTileEntity.Key(realm.getId(), place.level(), place.index());
    }

    private Optional<AuditTreeEntity> row(LockModeType lock) {
        return Optional.ofNullable(entities().find(AuditTreeEntity.class, realm.getId(), lock));
    }

    private EntityManager entities() {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
