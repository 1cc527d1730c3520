package dev.sallyport.elevation.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import java.io.Serializable;

/** Who was an approver when a request was made: whoever becomes one later does not decide about it. */
@Entity
@Table(name = "SP_ELEVATION_APPROVER")
@IdClass(ElevationApproverEntity.Key.class)
@NamedQuery(
        name = "approversOfElevation",
        query = "select a.approverId from ElevationApproverEntity a where a.elevationId = :id")
public class ElevationApproverEntity {

    @Id
    @Column(name = "ELEVATION_ID", length = 36)
    String elevationId;

    @Id
    @Column(name = "APPROVER_ID")
    String approverId;

    @Column(name = "REALM_ID", length = 36)
    String realmId;

    /** What makes a row unique. */
    public record Key(String elevationId, String approverId) implements Serializable {
        private static final long serialVersionUID = 1;
    }
}
