package dev.sallyport.elevation.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;

/**
 * The lease of one role or membership that an elevation gave its user: written before the mapping is made, and over only
 * together with it. It stays for a while then, for those who have read before that the user has the mapping.
 */
@Entity
@Table(name = "SP_ASSIGNMENT")
@NamedQuery(name = "removeAssignmentsOfRealm", query = "delete from AssignmentEntity a where a.realmId = :realmId")
@NamedQuery(
        name = "removeAssignmentsOfUser",
        query = "delete from AssignmentEntity a where a.realmId = :realmId and a.userId = :userId")
@NamedQuery(
        name = "assignmentsOfRealm",
        query = AssignmentEntity.LEASE + "where a.realmId = :realmId and a.removedAt is null")
@NamedQuery(
        name = "assignmentsOfUser",
        query = AssignmentEntity.LEASE + "where a.realmId = :realmId and a.userId = :userId")
@NamedQuery(
        name = "assignmentsOfUsers",
        query = AssignmentEntity.LEASE + "where a.realmId = :realmId and a.userId in (:userIds)")
@NamedQuery(
        name = "assignmentsOfElevation",
        query = AssignmentEntity.LEASE
                + "where a.realmId = :realmId and a.elevationId = :elevationId and a.removedAt is null")
@NamedQuery(
        name = "assignedElevations",
        query = "select distinct a.elevationId from AssignmentEntity a where a.realmId = :realmId"
                + " and a.removedAt is null and a.elevationId > :after order by a.elevationId")
@NamedQuery(
        name = "takeAssignments",
        query = "update AssignmentEntity a set a.removedAt = :now where a.realmId = :realmId"
                + " and a.elevationId = :elevationId and a.removedAt is null")
@NamedQuery(
        name = "forgetAssignments",
        query = "delete from AssignmentEntity a where a.realmId = :realmId and a.removedAt < :before")
@NamedQuery(name = "realmsWithAssignments", query = "select distinct a.realmId from AssignmentEntity a")
public class AssignmentEntity {

    /** What {@link Lease} is made of. */
    static final String LEASE =
            "select a.elevationId, a.userId, a.kind, a.targetId, a.leasedAt, a.removedAt" + " from AssignmentEntity a ";

    @Id
    @Column(name = "ID", length = 36)
    String id;

    @Column(name = "REALM_ID", length = 36)
    String realmId;

    @Column(name = "ELEVATION_ID", length = 36)
    String elevationId;

    @Column(name = "USER_ID")
    String userId;

    /** {@code role} or {@code group}. */
    @Column(name = "KIND", length = 10)
    String kind;

    @Column(name = "TARGET_ID", length = 36)
    String targetId;

    /** Epoch milliseconds. */
    @Column(name = "LEASED_AT")
    long leasedAt;

    /** When the mapping was taken away, in epoch milliseconds; null as long as it is there. */
    @Column(name = "REMOVED_AT")
    Long removedAt;
}
