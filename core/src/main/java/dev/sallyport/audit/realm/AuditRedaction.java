package dev.sallyport.audit.realm;

import dev.sallyport.audit.AuditEntry.Party;
import dev.sallyport.audit.Redaction;
import dev.sallyport.document.Documents;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** Takes somebody out of what the audit log says, page by page. Every page is said first and done afterwards. */
public record AuditRedaction(KeycloakSession session, RealmModel realm, Clock clock) {

    /** How many entries one page looks at. */
    public static final int PAGE = 500;

    /**
     * What says why entries are empty.
     *
     * <p>NB. Without it what was removed looks like something that was tampered with, and nobody could tell who had it removed.
     */
    private static final Set<String> REASONS = Set.of("audit.pruned", "audit.erased");

    /** The kind of what an entry is about that says how long entries are kept: those who hold the log against it need it. */
    public static final String RETENTION = "audit-retention";

    /** Whether everything that was written before that moment has its place. */
    public boolean settled(Instant before) {
        return entities()
                        .createNamedQuery("countAuditEntriesWithoutPlace", Long.class)
                        .setParameter("realmId", realm.getId())
                        .setParameter("before", before.toEpochMilli())
                        .getSingleResult()
                == 0;
    }

    /**
     * Whether an entry of that page shows that this is the id of a user.
     *
     * @param pseudonym what stands for the user in entries that were redacted before
     */
    public boolean knows(String userId, String pseudonym, long from, long before) {
        return page(from, before)
                .map(AuditRedaction::text)
                .filter(text -> text != null && (text.contains(userId) || text.contains(pseudonym)))
                .map(Documents::tree)
                .anyMatch(entry -> Redaction.knows(entry, userId) || Redaction.knows(entry, pseudonym));
    }

    /** How many sinks do not have what is before that place. */
    public long behind(long before) {
        return new AuditRetention(session, realm, clock).behind(before);
    }

    /** Whether that entry has its place. */
    public boolean placed(String entryId) {
        var entry = entities().find(AuditEntryEntity.class, entryId);
        return entry != null && entry.leafIndex != null;
    }

    /**
     * Says of one page which entries will lose their text.
     *
     * @return the id of the record; empty when none will
     */
    public Optional<String> announce(String userId, String pseudonym, Party by, long from, long before) {
        var rows = concerning(userId, from, before);
        if (rows.isEmpty()) return Optional.empty();
        var id = record(pseudonym, by, rows.stream().map(row -> row.leafIndex).toList());
        // NB. What is empty already is explained by an earlier record, and this one has no place yet.
        rows.stream().filter(row -> row.entry != null || row.removal == null).forEach(row -> row.removal = id);
        return Optional.of(id);
    }

    private String record(String pseudonym, Party by, List<Long> indexes) {
        var entry = AuditEntries.system(session, "audit.erased")
                .by(by)
                .about("user", pseudonym)
                .with("from", indexes.get(0))
                .with("to", indexes.get(indexes.size() - 1) + 1)
                .with("indexes", indexes)
                .at(clock);
        new JpaAuditLog(session, realm).append(entry);
        return entry.id();
    }

    /**
     * Does it.
     *
     * @return how many entries lost their text
     */
    public int redact(String userId, String pseudonym, long from, long before) {
        // NB. So that it does not meet with the removal of what is too old.
        new AuditRetention(session, realm, clock).row(LockModeType.PESSIMISTIC_WRITE);
        var rows = concerning(userId, from, before);
        for (var row : rows) {
            row.redacted = Documents.write(Redaction.of(Documents.tree(text(row)), userId, pseudonym));
            row.entry = null;
            row.sessionId = null;
            row.deviceId = null;
            if (userId.equals(row.actorId)) row.actorId = pseudonym;
        }
        return rows.size();
    }

    /** Whether an entry from there on, and before that, speaks of the user. */
    public boolean anyConcerning(String userId, long from, long before) {
        for (long at = from; at < before; at += PAGE)
            if (!concerning(userId, at, before).isEmpty()) return true;
        return false;
    }

    private List<AuditEntryEntity> concerning(String userId, long from, long before) {
        return page(from, before)
                .filter(row -> !REASONS.contains(row.type) && concerns(text(row), userId) && !ofRetention(row))
                .toList();
    }

    private Stream<AuditEntryEntity> page(long from, long before) {
        return entities()
                .createNamedQuery("auditEntriesByPlace", AuditEntryEntity.class)
                .setParameter("realmId", realm.getId())
                .setParameter("from", from)
                .setParameter("to", Math.min(before, from + PAGE))
                .getResultStream();
    }

    private static boolean ofRetention(AuditEntryEntity row) {
        return row.type.equals("config.updated")
                && Documents.tree(text(row)).at("/subject/kind").asText().equals(RETENTION);
    }

    // NB. No id has a character that JSON writes in another way, so most entries need not be read as such.
    private static boolean concerns(String text, String userId) {
        return text != null && text.contains(userId) && Redaction.concerns(Documents.tree(text), userId);
    }

    private static String text(AuditEntryEntity row) {
        return row.entry == null ? row.redacted : row.entry;
    }

    private EntityManager entities() {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
