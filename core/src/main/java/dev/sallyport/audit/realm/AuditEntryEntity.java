package dev.sallyport.audit.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import org.hibernate.annotations.Nationalized;

/** A row of the audit log: the entry as JSON, and what is needed to find it. */
@Entity
@Table(name = "SP_AUDIT_ENTRY")
@NamedQuery(name = "removeAuditEntriesOfRealm", query = "delete from AuditEntryEntity e where e.realmId = :realmId")
@NamedQuery(
        name = "repeatsOfAuditEntry",
        query = "select e.repeats from AuditEntryEntity e where e.realmId = :realmId and e.repeatKey = :repeatKey")
@NamedQuery(
        name = "repeatAuditEntry",
        query = "update AuditEntryEntity e set e.repeats = e.repeats + 1 "
                + "where e.realmId = :realmId and e.repeatKey = :repeatKey")
@NamedQuery(
        name = "nextTypeOfAuditEntries",
        query = "select min(e.type) from AuditEntryEntity e where e.realmId = :realmId and e.type > :after")
@NamedQuery(
        name = "auditEntriesWithoutPlace",
        query = "select e from AuditEntryEntity e where e.realmId = :realmId and e.leafIndex is null"
                + " and (e.repeatKey is null or e.time < :counted) order by e.leafIndex, e.time, e.id")
@NamedQuery(
        name = "auditEntriesOfSession",
        query = "select e from AuditEntryEntity e where e.realmId = :realmId and e.sessionId = :sessionId"
                + " and e.entry is not null order by e.time, e.id")
@NamedQuery(
        name = "auditEntriesOfSessionOnDevice",
        query =
                "select e from AuditEntryEntity e where e.realmId = :realmId and e.entry is not null and (e.sessionId = :sessionId"
                        + " or (e.deviceId = :deviceId and e.type like 'device.%' and e.time >= :from and e.time < :until))"
                        + " order by e.time, e.id")
@NamedQuery(
        name = "newestAuditEntriesOfSession",
        query = "select e from AuditEntryEntity e where e.realmId = :realmId and e.sessionId = :sessionId"
                + " and e.entry is not null and e.type in (:types) order by e.time desc, e.id")
@NamedQuery(
        name = "newestAuditEntriesOfActor",
        query = "select e from AuditEntryEntity e where e.realmId = :realmId and e.actorId = :actorId"
                + " and e.entry is not null and e.type in (:types) and e.time >= :since order by e.time desc, e.id")
@NamedQuery(
        name = "auditEntriesByPlace",
        query = "select e from AuditEntryEntity e where e.realmId = :realmId and e.leafIndex >= :from"
                + " and e.leafIndex < :to order by e.leafIndex")
@NamedQuery(
        name = "countAuditEntriesWithoutPlace",
        query = "select count(e) from AuditEntryEntity e where e.realmId = :realmId and e.leafIndex is null"
                + " and e.time < :before")
@NamedQuery(
        name = "lastAuditPlace",
        query = "select max(e.leafIndex) from AuditEntryEntity e where e.realmId = :realmId")
@NamedQuery(
        name = "oldestAuditEntryWithoutPlace",
        query = "select e.id from AuditEntryEntity e where e.realmId = :realmId and e.leafIndex is null"
                + " order by e.leafIndex, e.time, e.id")
@NamedQuery(
        name = "newestAuditEntryOfNoSession",
        query = "select e from AuditEntryEntity e where e.realmId = :realmId and e.sessionId is null"
                + " and e.type = :type and e.entry is not null and e.leafIndex is not null order by e.time desc, e.id")
@NamedQuery(
        name = "firstAuditEntryToStay",
        query = "select e.leafIndex from AuditEntryEntity e where e.realmId = :realmId and e.leafIndex >= :from"
                + " and e.time >= :before order by e.leafIndex")
@NamedQuery(
        name = "auditEntriesWorthRemoving",
        query = "select e.leafIndex from AuditEntryEntity e where e.realmId = :realmId and e.leafIndex >= :from"
                + " and e.leafIndex < :to and e.type <> 'audit.pruned' order by e.leafIndex")
@NamedQuery(
        name = "pruneAuditEntries",
        query =
                "update AuditEntryEntity e set e.entry = null, e.redacted = null, e.type = 'removed', e.sessionId = null,"
                        + " e.actorId = null, e.deviceId = null where e.realmId = :realmId"
                        + " and e.leafIndex >= :from and e.leafIndex < :to")
public class AuditEntryEntity {

    @Id
    @Column(name = "ID", length = 36)
    String id;

    @Column(name = "REALM_ID", length = 36)
    String realmId;

    /** Epoch milliseconds. */
    @Column(name = "ENTRY_TIME")
    long time;

    /** As in the entry, to find it by; {@code removed} where its entry was, for its age. */
    @Column(name = "TYPE", length = 50)
    String type;

    /** Null once it was removed. */
    @Nationalized
    @Column(name = "ENTRY", length = Integer.MAX_VALUE)
    String entry;

    /** What remains of it since somebody was forgotten; else null. */
    @Nationalized
    @Column(name = "REDACTED", length = Integer.MAX_VALUE)
    String redacted;

    /** The id of the record that says why it is empty, or is about to be; null where none was written about it alone. */
    @Column(name = "REMOVAL_ID", length = 36)
    String removal;

    /**
     * What an entry must have in common with another to be only a repetition of it; null for an act, which is never one, and
     * for what is not counted up any more.
     */
    @Column(name = "REPEAT_KEY", length = 64)
    String repeatKey;

    /** How often it happened. */
    @Column(name = "REPEATS")
    long repeats;

    /** What it is about and who acted, as in the entry, to find it by; null where the entry says nothing of it. */
    @Column(name = "SESSION_ID")
    String sessionId;

    @Column(name = "ACTOR_ID")
    String actorId;

    @Nationalized
    @Column(name = "DEVICE_ID")
    String deviceId;

    /** Its place in the realm's tree; null until it has one, and then it does not change any more. */
    @Column(name = "LEAF_INDEX")
    Long leafIndex;
}
