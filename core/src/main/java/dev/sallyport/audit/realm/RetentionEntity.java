package dev.sallyport.audit.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import org.hibernate.annotations.Nationalized;

/** How long a realm keeps what its audit log says. Whoever removes some of it holds this row. */
@Entity
@Table(name = "SP_AUDIT_RETENTION")
@NamedQuery(name = "removeAuditRetentionOfRealm", query = "delete from RetentionEntity r where r.realmId = :realmId")
@NamedQuery(name = "realmsWithRetention", query = "select r.realmId from RetentionEntity r where r.keep is not null")
public class RetentionEntity {

    @Id
    @Column(name = "REALM_ID", length = 36)
    String realmId;

    /** An ISO 8601 duration; null for ever. */
    @Column(name = "KEEP_FOR", length = 40)
    String keep;

    /** The first place whose entry was not removed for its age. */
    @Column(name = "PRUNED_TO")
    long prunedTo;

    /** The first place that is to stay, once the record of that has its own; {@link #prunedTo} when nothing is to go. */
    @Column(name = "PRUNING_TO")
    long pruningTo;

    /** The id of that record. */
    @Column(name = "PRUNING_ENTRY", length = 36)
    String pruningEntry;

    /** When that was written, in epoch milliseconds; null before the first. */
    @Column(name = "PRUNING_SAID_AT")
    Long pruningSaidAt;

    /** Who said how long, as JSON; null as long as nobody has. */
    @Nationalized
    @Column(name = "SET_BY", length = 2000)
    String setBy;

    /** Epoch milliseconds. */
    @Column(name = "SET_AT")
    Long setAt;

    /** From when on that is so; null for at once. Epoch milliseconds. */
    @Column(name = "EFFECTIVE_AT")
    Long effectiveAt;

    /** What it was before; null for ever. */
    @Column(name = "KEPT_BEFORE", length = 40)
    String before;

    /** From which the pseudonyms of those are made who are forgotten, in Base64; null before the first. */
    @Column(name = "PSEUDONYM_KEY", length = 100)
    String pseudonymKey;
}
