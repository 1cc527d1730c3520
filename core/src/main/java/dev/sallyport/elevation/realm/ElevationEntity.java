package dev.sallyport.elevation.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import org.hibernate.annotations.Nationalized;

/** A row per elevation, from its request on; it stays when all is over. Times are epoch milliseconds. */
@Entity
@Table(name = "SP_ELEVATION")
@NamedQuery(name = "removeElevationsOfRealm", query = "delete from ElevationEntity e where e.realmId = :realmId")
@NamedQuery(
        name = "requesterOfElevation",
        query = "select e.requesterId from ElevationEntity e where e.realmId = :realmId and e.id = :id")
@NamedQuery(
        name = "openElevationsOfRequester",
        query = "select e from ElevationEntity e where e.realmId = :realmId and e.requesterId = :userId"
                + " and e.status in ('pending', 'scheduled', 'active')")
@NamedQuery(
        name = "grantedElevationsOfRequester",
        query = "select e from ElevationEntity e where e.realmId = :realmId and e.requesterId = :userId"
                + " and e.status in ('scheduled', 'active')")
@NamedQuery(
        name = "grantedElevationsOfRequesters",
        query = "select e from ElevationEntity e where e.realmId = :realmId and e.requesterId in (:userIds)"
                + " and e.status in ('scheduled', 'active')")
@NamedQuery(
        name = "elevationsThatEnded",
        query = "select e from ElevationEntity e where e.realmId = :realmId and e.requesterId = :userId"
                + " and e.endAt >= :since and e.endAt <= :now and e.privilege in (:privileges)"
                + " and e.status in ('scheduled', 'active', 'ended')")
@NamedQuery(
        name = "openElevationsOfPrivilege",
        query = "select e.id from ElevationEntity e where e.realmId = :realmId and e.privilege = :privilege"
                + " and e.status in ('pending', 'scheduled', 'active') and e.id > :after order by e.id")
@NamedQuery(
        name = "grantedElevationsOfSession",
        query = "select e.id from ElevationEntity e where e.realmId = :realmId and e.sessionId = :sessionId"
                + " and e.status in ('scheduled', 'active')")
@NamedQuery(
        name = "unreviewedElevations",
        query = "select e.privilege from ElevationEntity e where e.realmId = :realmId and e.reviewDue = :userId")
@NamedQuery(
        name = "unreviewedElevationsOfPrivilege",
        query = "select e.id from ElevationEntity e where e.realmId = :realmId and e.privilege = :privilege"
                + " and e.emergency = true and e.reviewDue is not null")
@NamedQuery(
        name = "countEmergencies",
        query = "select count(e) from ElevationEntity e where e.realmId = :realmId and e.privilege = :privilege"
                + " and e.emergency = true and e.requestedAt > :since")
@NamedQuery(name = "nextDueElevation", query = "select min(e.dueAt) from ElevationEntity e where e.dueAt > :now")
@NamedQuery(
        name = "dueElevations",
        query = "select e.realmId, e.id from ElevationEntity e where e.dueAt <= :now order by e.dueAt, e.id")
public class ElevationEntity {

    @Id
    @Column(name = "ID", length = 36)
    String id;

    @Column(name = "REALM_ID", length = 36)
    String realmId;

    @Nationalized
    @Column(name = "PRIVILEGE")
    String privilege;

    @Column(name = "REQUESTER_ID")
    String requesterId;

    @Column(name = "STATUS", length = 20)
    String status;

    @Nationalized
    @Column(name = "JUSTIFICATION", length = 2000)
    String justification;

    @Nationalized
    @Column(name = "TICKET", length = 2000)
    String ticket;

    @Column(name = "EMERGENCY")
    boolean emergency;

    @Column(name = "REQUESTED_AT")
    long requestedAt;

    @Column(name = "DECIDED_AT")
    Long decidedAt;

    @Column(name = "START_AT")
    Long startAt;

    @Column(name = "END_AT")
    Long endAt;

    @Column(name = "DURATION_MILLIS")
    long durationMillis;

    @Column(name = "ENDED_BY", length = 20)
    String endedBy;

    @Column(name = "SESSION_ID", length = 36)
    String sessionId;

    @Nationalized
    @Column(name = "DEVICE_ID")
    String deviceId;

    @Column(name = "EXPIRES_AT")
    long expiresAt;

    @Column(name = "BOUND_TO", length = 20)
    String boundTo;

    @Column(name = "BY_ITSELF")
    boolean byItself;

    @Column(name = "EXTENDING", length = 36)
    String extending;

    @Column(name = "REVIEWED_BY")
    String reviewedBy;

    @Column(name = "REVIEWED_AT")
    Long reviewedAt;

    @Column(name = "REVIEW_OUTCOME", length = 20)
    String reviewOutcome;

    @Nationalized
    @Column(name = "REVIEW_COMMENT", length = 2000)
    String reviewComment;

    /** The requester, as long as this is an emergency that nobody has reviewed; else null. */
    @Column(name = "REVIEW_DUE")
    String reviewDue;

    @Column(name = "GRANTS_HASH", length = 64)
    String grantsHash;

    @Column(name = "APPROVAL_HASH", length = 64)
    String approvalHash;

    /** When the clock does something to it next; null when nothing more can. */
    @Column(name = "DUE_AT")
    Long dueAt;

    /** Unique in a realm: what only one elevation at a time may occupy, or its own id when it occupies nothing. */
    @Column(name = "SLOT", length = 64)
    String slot;

    @Version
    @Column(name = "VERSION")
    int version;
}
