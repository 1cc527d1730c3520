package dev.sallyport.erasure.realm;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.audit.AuditEntry.Party;
import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.AuditRedaction;
import dev.sallyport.audit.realm.AuditRetention;
import dev.sallyport.audit.realm.AuditTree;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.document.Documents;
import dev.sallyport.elevation.realm.Elevations;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * Forgets users. Each step is a page and a transaction, and who has the row takes it: a server that stops in between leaves the
 * rest to another. What the audit log loses is recorded before it is lost.
 */
public record Erasures(KeycloakSession session, RealmModel realm, Clock clock) {

    /** How many a realm may have under way: each reads the whole log. */
    private static final int MOST = 20;

    private static final String WAITING = "waiting";
    private static final String LOOKING = "looking";
    private static final String ANNOUNCING = "announcing";
    private static final String PLACING = "placing";
    private static final String REMOVING = "removing";
    private static final String DONE = "done";

    /** Why somebody cannot be forgotten now. */
    public enum Obstacle {
        /** They are there, and nobody said that they are to be forgotten all the same. */
        THERE,
        /** Something about them is not over, or an emergency of theirs was not reviewed. */
        OPEN,
        /** There are as many under way as the realm may have at a time. */
        MANY,
        /** The realm has no tree, so no entry would ever have a place by which its removal could be proven. */
        UNSET
    }

    /**
     * How far it has come.
     *
     * @param pseudonym what stands for the user from now on
     * @param entries how many entries of the audit log lost their text so far
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Progress(
            String id, String pseudonym, String status, Instant requestedAt, long entries, Optional<Instant> doneAt) {}

    /** @param force whether also a user who is there is to be forgotten */
    public Optional<Obstacle> obstacle(String userId, boolean force) {
        if (!new AuditTree(session, realm).open()) return Optional.of(Obstacle.UNSET);
        if (there(userId) && !force) return Optional.of(Obstacle.THERE);
        if (going(userId).isEmpty() && going() >= MOST) return Optional.of(Obstacle.MANY);
        return obstructed(userId) ? Optional.of(Obstacle.OPEN) : Optional.empty();
    }

    private boolean there(String userId) {
        return session.users().getUserById(realm, userId) != null;
    }

    private boolean obstructed(String userId) {
        return new Traces(session, realm).open(userId, there(userId));
    }

    /** Takes it on; one that was taken on already and is not done is that one. */
    public Progress begin(String userId, Party by) {
        var pseudonym = new AuditRetention(session, realm, clock).pseudonym(userId);
        var going = going(userId);
        if (going.isPresent()) return progress(going.get());
        var row = new ErasureEntity();
        row.id = UUID.randomUUID().toString();
        row.realmId = realm.getId();
        row.userId = userId;
        row.pseudonym = pseudonym;
        row.requestedBy = Documents.write(by);
        row.requestedAt = clock.millis();
        row.phase = WAITING;
        entities().persist(row);
        return progress(row);
    }

    private Optional<ErasureEntity> going(String userId) {
        return entities()
                .createNamedQuery("openErasureOfUser", ErasureEntity.class)
                .setParameter("realmId", realm.getId())
                .setParameter("userId", userId)
                .getResultStream()
                .findFirst();
    }

    private long going() {
        return entities()
                .createNamedQuery("countOpenErasures", Long.class)
                .setParameter("realmId", realm.getId())
                .getSingleResult();
    }

    public Optional<Progress> find(String id) {
        return Optional.ofNullable(entities().find(ErasureEntity.class, id))
                .filter(row -> row.realmId.equals(realm.getId()))
                .map(Erasures::progress);
    }

    /** The ids of those that are not done, of all realms. */
    static List<String> open(KeycloakSession session) {
        return session.getProvider(JpaConnectionProvider.class)
                .getEntityManager()
                .createNamedQuery("openErasures", String.class)
                .getResultList();
    }

    /** @return whether there is more to do at once */
    boolean step(ErasureEntity row) {
        var redaction = new AuditRedaction(session, realm, clock);
        switch (row.phase) {
            case WAITING -> {
                if (!redaction.settled(asked(row))) return false;
                row.limit = new AuditTree(session, realm).size();
                row.phase = there(row.userId) ? ANNOUNCING : LOOKING;
            }
            case LOOKING -> look(row, redaction);
            case ANNOUNCING -> {
                redaction
                        .announce(row.userId, row.pseudonym, by(row), row.reached, row.limit)
                        .ifPresent(id -> row.announced = id);
                row.reached = Math.min(row.limit, row.reached + AuditRedaction.PAGE);
                if (row.reached == row.limit) row.phase = PLACING;
            }
            case PLACING -> {
                if (row.announced != null && !redaction.placed(row.announced)) return false;
                if (obstructed(row.userId)) return false;
                long behind = redaction.behind(row.limit);
                if (behind > 0 && clock.instant().isBefore(asked(row).plus(AuditRetention.GRACE))) return false;
                row.sinksBehind = Math.max(row.sinksBehind, behind);
                row.reached = 0;
                row.phase = REMOVING;
            }
            default -> {
                row.entries += redaction.redact(row.userId, row.pseudonym, row.reached, row.limit);
                row.reached = Math.min(row.limit, row.reached + AuditRedaction.PAGE);
                if (row.reached == row.limit) return end(row, redaction);
            }
        }
        return row.doneAt == null;
    }

    // NB. Sessions, devices and requests have ids as well, and what is about those is not to be taken out.
    private void look(ErasureEntity row, AuditRedaction redaction) {
        boolean known = redaction.knows(row.userId, row.pseudonym, row.reached, row.limit);
        row.reached = known ? 0 : Math.min(row.limit, row.reached + AuditRedaction.PAGE);
        if (known) row.phase = ANNOUNCING;
        else if (row.reached == row.limit) finish(row);
    }

    private boolean end(ErasureEntity row, AuditRedaction redaction) {
        // NB. So that nothing begins between the look and the end of this transaction.
        if (there(row.userId)) new Elevations(session, realm, clock).turnOf(row.userId);
        if (obstructed(row.userId)) return false;
        if (goOn(row, redaction)) return true;
        finish(row);
        return false;
    }

    /** Whether somebody wrote about the user meanwhile: the end of a session, for one, is found a little later. */
    private boolean goOn(ErasureEntity row, AuditRedaction redaction) {
        long size = new AuditTree(session, realm).size();
        if (!redaction.anyConcerning(row.userId, row.limit, size)) return false;
        row.limit = size;
        row.phase = ANNOUNCING;
        return true;
    }

    private void finish(ErasureEntity row) {
        boolean gone = !there(row.userId);
        new Traces(session, realm).erase(row.userId, row.pseudonym, gone);
        var entry = AuditEntries.system(session, "audit.erased")
                .by(by(row))
                .about("user", row.pseudonym)
                .with("from", 0)
                .with("to", 0)
                .with("entries", row.entries)
                .with("requestedAt", asked(row))
                .with("deleted", gone);
        if (row.sinksBehind > 0) entry.with("sinksBehind", row.sinksBehind);
        new JpaAuditLog(session, realm).append(entry.at(clock));
        row.userId = null;
        row.phase = DONE;
        row.doneAt = clock.millis();
    }

    /** As nobody else has it until this transaction ends; empty when it is done. */
    static Optional<ErasureEntity> take(KeycloakSession session, String id) {
        var entities = session.getProvider(JpaConnectionProvider.class).getEntityManager();
        return Optional.ofNullable(entities.find(ErasureEntity.class, id, LockModeType.PESSIMISTIC_WRITE))
                .filter(row -> row.doneAt == null);
    }

    private static Instant asked(ErasureEntity row) {
        return Instant.ofEpochMilli(row.requestedAt);
    }

    private static Party by(ErasureEntity row) {
        return Documents.bind(Documents.tree(row.requestedBy), Party.class);
    }

    private static Progress progress(ErasureEntity row) {
        return new Progress(
                row.id,
                row.pseudonym,
                row.doneAt == null ? "running" : DONE,
                asked(row),
                row.entries,
                Optional.ofNullable(row.doneAt).map(Instant::ofEpochMilli));
    }

    private EntityManager entities() {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
