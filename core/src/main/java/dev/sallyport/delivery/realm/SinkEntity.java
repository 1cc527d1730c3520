package dev.sallyport.delivery.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import org.hibernate.annotations.Nationalized;

/** How far a sink has come. Times are epoch milliseconds. */
@Entity
@Table(name = "SP_SINK")
@NamedQuery(name = "removeSinksOfRealm", query = "delete from SinkEntity s where s.realmId = :realmId")
@NamedQuery(name = "removeSink", query = "delete from SinkEntity s where s.sinkId = :sinkId")
@NamedQuery(
        name = "dueSinks",
        query = "select s from SinkEntity s, AuditTreeEntity t where t.realmId = s.realmId and s.enabled = true"
                + " and s.nextTry <= :now and s.leaseUntil <= :now"
                + " and (s.nextIndex < t.size or s.again = true"
                + " or s.checkpointSize < t.size and s.checkpointAt <= :checkpointed) order by s.nextTry, s.sinkId")
@NamedQuery(
        name = "claimSink",
        query = "update SinkEntity s set s.leaseOwner = :owner, s.leaseUntil = :until"
                + " where s.sinkId = :sinkId and s.leaseUntil <= :now")
@NamedQuery(
        name = "sinksOfFile",
        query = "select s.sinkId from SinkEntity s where s.fileName = :fileName order by s.openedAt, s.sinkId")
public class SinkEntity {

    /** The id of its component. */
    @Id
    @Column(name = "SINK_ID", length = 36)
    String sinkId;

    @Column(name = "REALM_ID", length = 36)
    String realmId;

    @Column(name = "ENABLED")
    boolean enabled;

    /** Null while it is enabled. */
    @Column(name = "DISABLED_AT")
    Long disabledAt;

    @Column(name = "OPENED_AT")
    long openedAt;

    /** Which file it writes to; null if it writes to none. */
    @Column(name = "FILE_NAME", length = 100)
    String fileName;

    /** The place of the first entry that it does not have yet. */
    @Column(name = "NEXT_INDEX")
    long nextIndex;

    /** The place of the last entry that it took; null for none. */
    @Column(name = "LAST_INDEX")
    Long lastIndex;

    /** Whether there are dead letters to be sent again. */
    @Column(name = "AGAIN")
    boolean again;

    /** The size of the last checkpoint that it was sent. */
    @Column(name = "CHECKPOINT_SIZE")
    long checkpointSize;

    @Column(name = "CHECKPOINT_AT")
    long checkpointAt;

    /** How often it failed in a row, for whatever reason. */
    @Column(name = "FAILURES")
    int failures;

    /** How often it refused the next entry. */
    @Column(name = "REFUSALS")
    int refusals;

    /** How many entries it refused for good with none taken in between. */
    @Column(name = "REFUSED_IN_ROW")
    int refusedInRow;

    @Column(name = "NEXT_TRY")
    long nextTry;

    @Nationalized
    @Column(name = "LAST_ERROR", length = 2000)
    String lastError;

    @Column(name = "LAST_DELIVERED")
    Long lastDelivered;

    /** Who delivers to it just now; what another one says of it does not count any more. */
    @Column(name = "LEASE_OWNER", length = 36)
    String leaseOwner;

    /** NB. A node that was killed says nothing; from then on another may deliver. */
    @Column(name = "LEASE_UNTIL")
    long leaseUntil;
}
