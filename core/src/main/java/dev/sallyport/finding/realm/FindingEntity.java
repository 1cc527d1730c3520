package dev.sallyport.finding.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import org.hibernate.annotations.Nationalized;

/** A row of what somebody should look at. */
@Entity
@Table(name = "SP_FINDING")
@NamedQuery(
        name = "listFindings",
        query = "select f from FindingEntity f where f.realmId = :realmId order by f.raisedAt desc, f.id")
@NamedQuery(
        name = "listOpenFindings",
        query = "select f from FindingEntity f where f.realmId = :realmId and f.resolvedAt is null"
                + " order by f.raisedAt desc, f.id")
@NamedQuery(
        name = "findingsOfRule",
        query = "select f from FindingEntity f where f.realmId = :realmId and f.rule = :rule"
                + " and f.userId = :userId and f.raisedAt >= :since")
@NamedQuery(name = "removeFindingsOfRealm", query = "delete from FindingEntity f where f.realmId = :realmId")
public class FindingEntity {

    @Id
    @Column(name = "ID", length = 36)
    String id;

    @Column(name = "REALM_ID", length = 36)
    String realmId;

    @Column(name = "KIND", length = 50)
    String kind;

    @Column(name = "USER_ID", length = 255)
    String userId;

    @Nationalized
    @Column(name = "DETAILS", length = Integer.MAX_VALUE)
    String details;

    @Column(name = "SEVERITY", length = 20)
    String severity;

    /** Null for what no rule is about. */
    @Nationalized
    @Column(name = "RULE_NAME")
    String rule;

    @Column(name = "SESSION_ID")
    String sessionId;

    @Column(name = "ELEVATION_ID", length = 36)
    String elevationId;

    /** Epoch milliseconds, like the other. */
    @Column(name = "RAISED_AT")
    long raisedAt;

    @Column(name = "RESOLVED_AT")
    Long resolvedAt;

    @Column(name = "RESOLVED_BY", length = 255)
    String resolvedBy;

    @Nationalized
    @Column(name = "RESOLUTION", length = 2000)
    String resolution;
}
