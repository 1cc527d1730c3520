package dev.sallyport.audit.realm;

import dev.sallyport.audit.Checkpoint;
import dev.sallyport.audit.Gap;
import dev.sallyport.audit.Gap.Fault;
import dev.sallyport.audit.Inspection;
import dev.sallyport.audit.Inspection.Kept;
import dev.sallyport.audit.Inspection.Seen;
import dev.sallyport.audit.Tiles;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * A look at whether a realm's audit log is what it committed itself to: at the checkpoint, at the newest entries and at some
 * of the others, in turns, so that a look costs the same however long the log is. What it finds is told once, as long as it stays.
 *
 * <p>NB. Whoever owns the database can make this look see what they like. It is to find out soon; what proves is what others
 * hold: exports and the checkpoints that sinks have.
 */
public record AuditCheck(KeycloakSession session, RealmModel realm, Clock clock) {

    /** How many tiles a look takes besides the newest. */
    private static final int TILES = 4;

    private static final Duration PAUSE = Duration.ofSeconds(10);

    /** How long the same entry may be the next to get its place, from look to look: there may have been an outage before. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Which gaps: those of places, or, from 0 to 0, those of the log as a whole. */
    private record Range(long from, long to) {}

    private static final Range OF_LOG = new Range(0, 0);

    /** The realms whose logs nobody looks at yet. */
    public static List<String> unchecked(KeycloakSession session) {
        return entities(session)
                .createNamedQuery("realmsWithoutAuditCheck", String.class)
                .getResultList();
    }

    /** Has that realm's log looked at from now on. */
    public static void begin(KeycloakSession session, String realmId) {
        var row = new AuditCheckEntity();
        row.realmId = realmId;
        entities(session).persist(row);
    }

    /** Looks no more at the log of a realm that is gone. */
    public static void forget(KeycloakSession session, String realmId) {
        entities(session)
                .createNamedQuery("removeAuditCheckOfRealm")
                .setParameter("realmId", realmId)
                .executeUpdate();
    }

    /** The realm whose log has waited for longest. */
    public static Optional<String> due(KeycloakSession session, Clock clock) {
        return entities(session)
                .createNamedQuery("dueAuditChecks", String.class)
                .setParameter("now", clock.millis())
                .setMaxResults(1)
                .getResultStream()
                .findFirst();
    }

    /** Lets a log wait at which nobody could look. */
    public void postpone() {
        held().ifPresent(row -> row.dueAt = clock.instant().plus(PATIENCE).toEpochMilli());
    }

    /** @return what was not wrong before; empty too where another node has looked meanwhile */
    public List<Gap> look() {
        var held = held();
        if (held.isEmpty()) return List.of();
        var row = held.get();
        row.dueAt = clock.instant().plus(PAUSE).toEpochMilli();
        // NB. Before the size: whatever has a place by then is within it.
        var last = lastPlace();
        var tree = entities(session).find(AuditTreeEntity.class, realm.getId());
        return tree == null ? news(OF_LOG, Set.of(Gap.of(Fault.GONE))) : look(row, tree, last);
    }

    private Optional<AuditCheckEntity> held() {
        return Optional.ofNullable(
                        entities(session).find(AuditCheckEntity.class, realm.getId(), LockModeType.PESSIMISTIC_WRITE))
                .filter(row -> row.dueAt <= clock.millis());
    }

    private List<Gap> look(AuditCheckEntity row, AuditTreeEntity tree, Optional<Long> last) {
        var tiles = new AuditTree(session, realm).tiles();
        var inspection = new Inspection(tiles, tree.size);
        var found = new ArrayList<Gap>();
        for (var tile : turn(row, inspection.tiles())) {
            var range = new Range(tile * Inspection.WIDTH, (tile + 1) * Inspection.WIDTH);
            found.addAll(news(range, inspection.ofTile(tile, kept(range, tiles, tree.size))));
        }
        var before = Optional.ofNullable(row.root)
                .map(root -> new Seen(row.size, Base64.getDecoder().decode(root)));
        var ofLog = new LinkedHashSet<>(inspection.ofLog(
                checkpoint(tree),
                tree.origin,
                before,
                last.filter(index -> index >= tree.size).isPresent()));
        if (waitsTooLong(row)) ofLog.add(Gap.of(Fault.WAITING));
        // NB. Not what the hashes say while no checkpoint agrees with them: it would be something else again once
        // mended.
        if (!ofLog.contains(Gap.of(Fault.CHECKPOINT))) inspection.seen().ifPresent(seen -> remember(row, seen));
        found.addAll(news(OF_LOG, ofLog));
        return List.copyOf(new LinkedHashSet<>(found));
    }

    private static void remember(AuditCheckEntity row, Seen seen) {
        row.size = seen.size();
        row.root = Base64.getEncoder().encodeToString(seen.root());
    }

    /** Which tiles: the newest, and the next of the others. */
    private static Set<Long> turn(AuditCheckEntity row, long tiles) {
        if (tiles == 0) return Set.of();
        var turn = new LinkedHashSet<Long>();
        long first = row.nextTile < tiles ? row.nextTile : 0;
        LongStream.range(first, Math.min(tiles, first + TILES)).forEach(turn::add);
        row.nextTile = first + TILES;
        turn.add(tiles - 1);
        return turn;
    }

    private List<Kept> kept(Range range, Tiles tiles, long size) {
        var rows = entities(session)
                .createNamedQuery("auditEntriesByPlace", AuditEntryEntity.class)
                .setParameter("realmId", realm.getId())
                .setParameter("from", range.from())
                .setParameter("to", range.to())
                .getResultList();
        var reasons = new AuditReasons(session, realm, tiles, size);
        return rows.stream().map(row -> kept(row, reasons)).toList();
    }

    private static Kept kept(AuditEntryEntity row, AuditReasons reasons) {
        long index = row.leafIndex;
        if (row.entry == null) {
            Optional<Fault> fault = reasons.explain(row) ? Optional.empty() : Optional.of(Fault.EMPTIED);
            return new Kept(index, Optional.empty(), fault);
        }
        Optional<Fault> fault = FiledEntry.asItSays(row) ? Optional.empty() : Optional.of(Fault.MISFILED);
        return new Kept(index, FiledEntry.hash(row), fault);
    }

    private Optional<Long> lastPlace() {
        return Optional.ofNullable(entities(session)
                .createNamedQuery("lastAuditPlace", Long.class)
                .setParameter("realmId", realm.getId())
                .getSingleResult());
    }

    private Optional<Checkpoint> checkpoint(AuditTreeEntity tree) {
        return new AuditKeys(session, realm, tree.origin).known().flatMap(key -> Checkpoint.read(tree.checkpoint, key));
    }

    private boolean waitsTooLong(AuditCheckEntity row) {
        var oldest = entities(session)
                .createNamedQuery("oldestAuditEntryWithoutPlace", String.class)
                .setParameter("realmId", realm.getId())
                .setMaxResults(1)
                .getResultStream()
                .findFirst();
        if (oldest.filter(id -> id.equals(row.waitingId)).isEmpty()) {
            row.waitingId = oldest.orElse(null);
            row.waitingSince = oldest.map(id -> clock.millis()).orElse(null);
        }
        return row.waitingSince != null
                && Instant.ofEpochMilli(row.waitingSince).plus(PATIENCE).isBefore(clock.instant());
    }

    /** Takes note of what is wrong now; what is not any more is forgotten, so that it is told if it comes back. */
    private List<Gap> news(Range range, Collection<Gap> gaps) {
        var told = new HashSet<Gap>();
        for (var row : told(range)) {
            var gap = new Gap(Fault.valueOf(row.fault), row.leafFrom, row.leafTo);
            if (gaps.contains(gap)) told.add(gap);
            else entities(session).remove(row);
        }
        var news = gaps.stream().filter(gap -> !told.contains(gap)).toList();
        news.forEach(this::keep);
        return news;
    }

    private List<AuditGapEntity> told(Range range) {
        var name = range.equals(OF_LOG) ? "auditGapsOfLog" : "auditGapsOfRange";
        var select =
                entities(session).createNamedQuery(name, AuditGapEntity.class).setParameter("realmId", realm.getId());
        if (!range.equals(OF_LOG)) select.setParameter("from", range.from()).setParameter("to", range.to());
        return select.getResultList();
    }

    private void keep(Gap gap) {
        var row = new AuditGapEntity();
        row.id = UUID.randomUUID().toString();
        row.realmId = realm.getId();
        row.fault = gap.fault().name();
        row.leafFrom = gap.from();
        row.leafTo = gap.to();
        entities(session).persist(row);
    }

    private static EntityManager entities(KeycloakSession session) {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
