package dev.sallyport.delivery.realm;

import dev.sallyport.audit.realm.AuditTree;
import dev.sallyport.delivery.SinkDocument;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** How far each sink has come, in the database. */
final class Cursors {

    private static final Duration BETWEEN_CHECKPOINTS = Duration.ofSeconds(1);

    private final KeycloakSession session;

    Cursors(KeycloakSession session) {
        this.session = session;
    }

    /** Which sink, of which realm. */
    record Due(String realmId, String sinkId) {}

    /** Sinks that something is to be sent to and that nobody is sending to, those that wait longest first. */
    List<Due> due(Instant now, int max) {
        return entities()
                .createNamedQuery("dueSinks", SinkEntity.class)
                .setParameter("now", now.toEpochMilli())
                .setParameter("checkpointed", now.minus(BETWEEN_CHECKPOINTS).toEpochMilli())
                .setMaxResults(max)
                .getResultStream()
                .map(row -> new Due(row.realmId, row.sinkId))
                .toList();
    }

    /** Begins a cursor at the end of the log, unless the sink has one. */
    void open(RealmModel realm, String sinkId, SinkDocument document, Clock clock) {
        if (entities().find(SinkEntity.class, sinkId) != null) {
            changed(realm, sinkId, document, clock);
            return;
        }
        var row = new SinkEntity();
        row.sinkId = sinkId;
        row.realmId = realm.getId();
        row.openedAt = clock.millis();
        row.nextIndex = new AuditTree(session, realm).size();
        take(row, document, clock);
        entities().persist(row);
    }

    /** What was configured anew is tried at once, and nobody goes on with what it was. */
    void changed(RealmModel realm, String sinkId, SinkDocument document, Clock clock) {
        var row = locked(sinkId);
        if (row.isEmpty()) {
            open(realm, sinkId, document, clock);
            return;
        }
        take(row.get(), document, clock);
        interrupt(row.get());
    }

    private static void take(SinkEntity row, SinkDocument document, Clock clock) {
        row.enabled = document.enabled();
        if (row.enabled) row.disabledAt = null;
        else if (row.disabledAt == null) row.disabledAt = clock.millis();
        row.fileName = document.type().equals(SinkDocument.FILE) ? document.url() : null;
    }

    void remove(String sinkId) {
        for (var query : List.of("removeSink", "removeDeadLettersOfSink")) {
            entities().createNamedQuery(query).setParameter("sinkId", sinkId).executeUpdate();
        }
    }

    Optional<SinkEntity> find(String sinkId) {
        return Optional.ofNullable(entities().find(SinkEntity.class, sinkId));
    }

    /** The row, for this transaction alone. */
    Optional<SinkEntity> locked(String sinkId) {
        return Optional.ofNullable(entities().find(SinkEntity.class, sinkId, LockModeType.PESSIMISTIC_WRITE));
    }

    /** Whether this owner delivers to the sink from now on. */
    boolean claim(String sinkId, String owner, Instant now, Instant until) {
        return entities()
                        .createNamedQuery("claimSink")
                        .setParameter("sinkId", sinkId)
                        .setParameter("owner", owner)
                        .setParameter("now", now.toEpochMilli())
                        .setParameter("until", until.toEpochMilli())
                        .executeUpdate()
                > 0;
    }

    /** Whoever delivers to it just now stops, and what it delivered since is delivered again. */
    static void interrupt(SinkEntity row) {
        row.leaseOwner = null;
        row.leaseUntil = 0;
        row.failures = 0;
        row.refusals = 0;
        row.refusedInRow = 0;
        row.nextTry = 0;
    }

    /** Whether no other sink has that file, or this one had it first. */
    boolean mayWrite(String fileName, Optional<String> sinkId) {
        return entities()
                .createNamedQuery("sinksOfFile", String.class)
                .setParameter("fileName", fileName)
                .setMaxResults(1)
                .getResultStream()
                .allMatch(first -> sinkId.filter(first::equals).isPresent());
    }

    long deadLetters(String sinkId) {
        return entities()
                .createNamedQuery("countDeadLetters", Long.class)
                .setParameter("sinkId", sinkId)
                .getSingleResult();
    }

    boolean sendDeadLettersAgain(String sinkId) {
        return entities()
                        .createNamedQuery("sendDeadLettersAgain")
                        .setParameter("sinkId", sinkId)
                        .executeUpdate()
                > 0;
    }

    List<DeadLetterEntity> toSendAgain(String sinkId, int max) {
        return entities()
                .createNamedQuery("deadLettersToSendAgain", DeadLetterEntity.class)
                .setParameter("sinkId", sinkId)
                .setMaxResults(max)
                .getResultList();
    }

    void refused(SinkEntity sink, long index, String reason, Instant now) {
        var key = new DeadLetterEntity.Key(sink.sinkId, index);
        var row = Optional.ofNullable(entities().find(DeadLetterEntity.class, key))
                .orElseGet(() -> {
                    var made = new DeadLetterEntity();
                    made.sinkId = sink.sinkId;
                    made.leafIndex = index;
                    made.realmId = sink.realmId;
                    return made;
                });
        row.reason = reason;
        row.refusedAt = now.toEpochMilli();
        row.again = false;
        entities().persist(row);
    }

    void taken(String sinkId, long index) {
        Optional.ofNullable(entities().find(DeadLetterEntity.class, new DeadLetterEntity.Key(sinkId, index)))
                .ifPresent(entities()::remove);
    }

    private EntityManager entities() {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
