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
        name = "repeatAuditEntry",
        query = "update AuditEntryEntity e set e.repeats = e.repeats + 1 "
                + "where e.realmId = :realmId and e.repeatKey = :repeatKey")
public class AuditEntryEntity {

    @Id
    @Column(name = "ID", length = 36)
    String id;

    @Column(name = "REALM_ID", length = 36)
    String realmId;

    /** Epoch milliseconds. */
    @Column(name = "ENTRY_TIME")
    long time;

    @Column(name = "TYPE", length = 50)
    String type;

    @Nationalized
    @Column(name = "ENTRY", length = Integer.MAX_VALUE)
    String entry;

    /** What an entry must have in common with another to be only a repetition of it; null for an act, which is never one. */
    @Column(name = "REPEAT_KEY", length = 64)
    String repeatKey;

    /** How often it happened. */
    @Column(name = "REPEATS")
    long repeats;
}
