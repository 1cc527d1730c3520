package dev.sallyport.audit.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;

/** How far the look at a realm's audit log has come, and what it saw. Whoever looks holds this row. */
@Entity
@Table(name = "SP_AUDIT_CHECK")
@NamedQuery(name = "removeAuditCheckOfRealm", query = "delete from AuditCheckEntity c where c.realmId = :realmId")
@NamedQuery(
        name = "realmsWithoutAuditCheck",
        query = "select t.realmId from AuditTreeEntity t where not exists"
                + " (select 1 from AuditCheckEntity c where c.realmId = t.realmId)")
@NamedQuery(
        name = "dueAuditChecks",
        query = "select c.realmId from AuditCheckEntity c where c.dueAt <= :now order by c.dueAt, c.realmId")
public class AuditCheckEntity {

    @Id
    @Column(name = "REALM_ID", length = 36)
    String realmId;

    /** Epoch milliseconds. */
    @Column(name = "DUE_AT")
    long dueAt;

    /** The tile at which the next look goes on. */
    @Column(name = "NEXT_TILE")
    long nextTile;

    /** How large the log was when it was looked at last. */
    @Column(name = "TREE_SIZE")
    long size;

    /** The hash of it then, in Base64; null before the first look. */
    @Column(name = "ROOT_HASH", length = 50)
    String root;

    /** The id of the entry that had waited for its place for longest then; null where none had. */
    @Column(name = "WAITING_ID", length = 36)
    String waitingId;

    /** Epoch milliseconds: when that was seen first. */
    @Column(name = "WAITING_SINCE")
    Long waitingSince;
}
