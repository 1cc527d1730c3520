package dev.sallyport.audit.realm;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.audit.AuditEntry.Party;
import dev.sallyport.document.Documents;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * How long a realm keeps what its audit log says, for ever unless it is told otherwise. What an entry says goes, its hash stays,
 * so that every proof does. First there is a record of what is to go; only when that has its place under a checkpoint it goes:
 * so nobody can see a gap without the reason for it.
 */
public record AuditRetention(KeycloakSession session, RealmModel realm, Clock clock) {

    /** The shortest time: nobody can have done something and be rid of it the same day. */
    public static final Duration SHORTEST = Duration.ofDays(1);

    public static final Duration LONGEST = Duration.ofDays(36_500);

    /** How long nothing goes once it was said that less is to be kept; also how long a sink that was switched off is waited for. */
    public static final Duration GRACE = Duration.ofDays(7);

    /** Between two records of what is to go: each of them is an entry as well. */
    private static final Duration PAUSE = Duration.ofHours(1);

    private static final String WAITED_FOR =
            "from SinkEntity s where s.realmId = :realmId" + " and (s.enabled = true or s.disabledAt > :since)";

    /** How many entries are removed in one transaction. */
    static final int PAGE = 500;

    /** The ids of realms that do not keep everything. */
    public static List<String> realms(KeycloakSession session) {
        return entities(session)
                .createNamedQuery("realmsWithRetention", String.class)
                .getResultList();
    }

    /**
     * How long it keeps things.
     *
     * @param keep empty for ever
     * @param effective from when on, where that was said and is not yet
     * @param previous what was in effect before; empty for ever
     * @param prunedTo the first place whose entry was not removed for its age
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Kept(
            Optional<Duration> keep, Optional<Instant> effective, Optional<Duration> previous, long prunedTo) {}

    public Kept kept() {
        var row = row(LockModeType.NONE);
        var effective = row.flatMap(this::pending);
        return new Kept(
                row.flatMap(said -> duration(said.keep)),
                effective,
                row.filter(said -> effective.isPresent()).flatMap(said -> duration(said.before)),
                row.map(said -> said.prunedTo).orElse(0L));
    }

    /**
     * What was said anew.
     *
     * @param previous what was in effect until then; empty for ever
     * @param effective from when on less is kept; empty where as much is kept as before, or more
     * @param withdrawn the first place that was to stay by a record of what was about to go; empty where nothing was
     */
    public record Change(Optional<Duration> previous, Optional<Instant> effective, Optional<Long> withdrawn) {}

    /**
     * Says it anew. What was about to go by the time before stays, unless it is too old by this one as well. Nothing at all goes
     * before it is in effect.
     *
     * @param keep between {@link #SHORTEST} and {@link #LONGEST}; empty for ever
     * @return empty where that was said already
     */
    public Optional<Change> keep(Optional<Duration> keep, Party by) {
        var row = made();
        if (keep.equals(duration(row.keep))) return Optional.empty();
        // NB. What was said and is not in effect yet is not what things were like.
        var previous = duration(pending(row).isPresent() ? row.before : row.keep);
        var now = clock.instant();
        var effective = keep.filter(time ->
                        previous.map(before -> time.compareTo(before) < 0).orElse(true))
                .map(less -> now.plus(AuditServer.grace(session)).truncatedTo(ChronoUnit.MILLIS));
        var withdrawn = Optional.of(row.pruningTo).filter(to -> to > row.prunedTo);
        row.before = previous.map(Duration::toString).orElse(null);
        row.keep = keep.map(Duration::toString).orElse(null);
        row.setBy = Documents.write(by);
        row.setAt = now.toEpochMilli();
        row.effectiveAt = effective.map(Instant::toEpochMilli).orElse(null);
        row.pruningTo = row.prunedTo;
        row.pruningEntry = null;
        return Optional.of(new Change(previous, effective, withdrawn));
    }

    private Optional<Instant> pending(RetentionEntity row) {
        return Optional.ofNullable(row.effectiveAt).map(Instant::ofEpochMilli).filter(clock.instant()::isBefore);
    }

    private static Optional<Duration> duration(String text) {
        return Optional.ofNullable(text).map(Duration::parse);
    }

    /** By what somebody is called who is forgotten; always the same for the same user of the same realm. */
    public String pseudonym(String userId) {
        var row = made();
        if (row.pseudonymKey == null) {
            var key = new byte[32];
            new SecureRandom().nextBytes(key);
            row.pseudonymKey = Base64.getEncoder().encodeToString(key);
        }
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(row.pseudonymKey), "HmacSHA256"));
            var hash = mac.doFinal(userId.getBytes(StandardCharsets.UTF_8));
            return "erased-" + HexFormat.of().formatHex(hash, 0, 16);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
        }
    }

    /**
     * Takes the next step, by one node at a time.
     *
     * @return whether there is more to do at once
     */
    public boolean prune() {
        var held = row(LockModeType.PESSIMISTIC_WRITE);
        if (held.isEmpty() || held.get().keep == null || pending(held.get()).isPresent()) return false;
        var row = held.get();
        if (row.pruningTo > row.prunedTo) return placed(row.pruningEntry) && remove(row);
        var now = clock.instant();
        if (row.pruningSaidAt != null
                && now.isBefore(Instant.ofEpochMilli(row.pruningSaidAt).plus(PAUSE))) return false;
        long before = now.minus(Duration.parse(row.keep)).toEpochMilli();
        long to = Math.min(firstToStay(row.prunedTo, before), delivered());
        if (to <= row.prunedTo || !worthRemoving(row.prunedTo, to)) return false;
        var entry = record(row, to).at(clock);
        new JpaAuditLog(session, realm).append(entry);
        row.pruningTo = to;
        row.pruningEntry = entry.id();
        row.pruningSaidAt = now.toEpochMilli();
        return false;
    }

    // NB. From the first entry on: the records of earlier times are among those that go. And with who wants it, since
    // the entry that says so goes as well.
    private AuditEntries record(RetentionEntity row, long to) {
        var entry = AuditEntries.system(session, "audit.pruned")
                .with("from", 0)
                .with("to", to)
                .with("keep", row.keep);
        if (row.setBy != null) entry.with("setBy", Documents.tree(row.setBy));
        if (row.setAt != null) entry.with("setAt", Instant.ofEpochMilli(row.setAt));
        if (row.before != null) entry.with("previous", row.before);
        return entry;
    }

    // NB. Records of removals would else be the reason for one more, for ever.
    private boolean worthRemoving(long from, long to) {
        return entities(session)
                .createNamedQuery("auditEntriesWorthRemoving", Long.class)
                .setParameter("realmId", realm.getId())
                .setParameter("from", from)
                .setParameter("to", to)
                .setMaxResults(1)
                .getResultStream()
                .findFirst()
                .isPresent();
    }

    // NB. By place and not by time: what is removed is one range, and an entry that came late keeps those after it a
    // little.
    private long firstToStay(long from, long before) {
        long size = new AuditTree(session, realm).size();
        var first = entities(session)
                .createNamedQuery("firstAuditEntryToStay", Long.class)
                .setParameter("realmId", realm.getId())
                .setParameter("from", from)
                .setParameter("before", before)
                .setMaxResults(1)
                .getResultStream()
                .findFirst();
        return first.orElse(size);
    }

    /**
     * The first place that a sink does not have yet which is to get it, or was until a short while ago.
     *
     * <p>NB. Whoever switches a sink off would else have it miss what it is to get once it is on again.
     */
    long delivered() {
        return Optional.ofNullable(entities(session)
                        .createQuery("select min(s.nextIndex) " + WAITED_FOR, Long.class)
                        .setParameter("realmId", realm.getId())
                        .setParameter("since", clock.instant().minus(GRACE).toEpochMilli())
                        .getSingleResult())
                .orElse(Long.MAX_VALUE);
    }

    /** How many of them do not have everything before that place. */
    long behind(long before) {
        return entities(session)
                .createQuery("select count(s) " + WAITED_FOR + " and s.nextIndex < :before", Long.class)
                .setParameter("realmId", realm.getId())
                .setParameter("since", clock.instant().minus(GRACE).toEpochMilli())
                .setParameter("before", before)
                .getSingleResult();
    }

    private boolean placed(String entryId) {
        var entry = entities(session).find(AuditEntryEntity.class, entryId);
        return entry != null && entry.leafIndex != null;
    }

    private boolean remove(RetentionEntity row) {
        long to = Math.min(row.pruningTo, row.prunedTo + PAGE);
        entities(session)
                .createNamedQuery("pruneAuditEntries")
                .setParameter("realmId", realm.getId())
                .setParameter("from", row.prunedTo)
                .setParameter("to", to)
                .executeUpdate();
        row.prunedTo = to;
        return true;
    }

    private RetentionEntity made() {
        return row(LockModeType.PESSIMISTIC_WRITE).orElseGet(() -> {
            var row = new RetentionEntity();
            row.realmId = realm.getId();
            entities(session).persist(row);
            entities(session).flush();
            return row;
        });
    }

    /** The row, as it is now for whoever locks it: it may have been read before somebody else changed it. */
    Optional<RetentionEntity> row(LockModeType lock) {
        var row = Optional.ofNullable(entities(session).find(RetentionEntity.class, realm.getId()));
        if (lock != LockModeType.NONE) row.ifPresent(found -> refresh(found, lock));
        return row;
    }

    private void refresh(RetentionEntity row, LockModeType lock) {
        entities(session).flush();
        entities(session).refresh(row, lock);
    }

    private static EntityManager entities(KeycloakSession session) {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
