package dev.sallyport.elevation.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;

/**
 * The lease of one role or membership that an elevation gave its user: written before the mapping is made, and gone only
 * together with it.
 */
@Entity
@Table(name = "SP_ASSIGNMENT")
@NamedQuery(name = "removeAssignmentsOfRealm", query = "delete from AssignmentEntity a where a.realmId = :realmId")
@NamedQuery(
        name = "removeAssignmentsOfUser",
        query = "delete from AssignmentEntity a where a.realmId = :realmId and a.userId = :userId")
@NamedQuery(name = "assignmentsOfRealm", query = "select a from AssignmentEntity a where a.realmId = :realmId")
@NamedQuery(
        name = "assignmentsOfUser",
        query = "select a from AssignmentEntity a where a.realmId = :realmId and a.userId = :userId")
@NamedQuery(
        name = "assignmentsOfUsers",
        query = "select a from AssignmentEntity a where a.realmId = :realmId and a.userId in (:userIds)")
@NamedQuery(
        name = "assignmentsOfElevation",
        query = "select a from AssignmentEntity a where a.realmId = :realmId and a.elevationId = :elevationId")
@NamedQuery(
        name = "assignedElevations",
        query = "select distinct a.elevationId from AssignmentEntity a where a.realmId = :realmId"
                + " and a.elevationId > :after order by a.elevationId")
@NamedQuery(name = "realmsWithAssignments", query = "select distinct a.realmId from AssignmentEntity a")
public class AssignmentEntity {

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
}
