package dev.sallyport.audit.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;

/** Something that is wrong with a realm's audit log and was told already; there as long as it is wrong. */
@Entity
@Table(name = "SP_AUDIT_GAP")
@NamedQuery(name = "removeAuditGapsOfRealm", query = "delete from AuditGapEntity g where g.realmId = :realmId")
@NamedQuery(
        name = "auditGapsOfRange",
        query = "select g from AuditGapEntity g where g.realmId = :realmId and g.leafFrom < :to and g.leafTo > :from")
@NamedQuery(
        name = "auditGapsOfLog",
        query = "select g from AuditGapEntity g where g.realmId = :realmId and g.leafTo = 0")
public class AuditGapEntity {

    @Id
    @Column(name = "ID", length = 36)
    String id;

    @Column(name = "REALM_ID", length = 36)
    String realmId;

    @Column(name = "FAULT", length = 20)
    String fault;

    @Column(name = "LEAF_FROM")
    long leafFrom;

    /** The first place after; 0 where it is about the log as a whole. */
    @Column(name = "LEAF_TO")
    long leafTo;
}
