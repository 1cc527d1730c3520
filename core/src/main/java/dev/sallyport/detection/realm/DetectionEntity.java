package dev.sallyport.detection.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import org.hibernate.annotations.Nationalized;

/** Something recorded that the rules have yet to look at; there until they have. */
@Entity
@Table(name = "SP_DETECTION")
@NamedQuery(name = "removeDetectionsOfRealm", query = "delete from DetectionEntity d where d.realmId = :realmId")
@NamedQuery(
        name = "dueDetections",
        query = "select d.id from DetectionEntity d where d.dueAt <= :now or (d.worker = :worker and d.dueAt <= :soon"
                + " and d.attempts = 0) order by d.dueAt, d.id")
@NamedQuery(name = "takeDetection", query = "delete from DetectionEntity d where d.id = :id")
public class DetectionEntity {

    @Id
    @Column(name = "ID", length = 36)
    String id;

    @Column(name = "REALM_ID", length = 36)
    String realmId;

    /** As in the audit log, as JSON. */
    @Nationalized
    @Column(name = "ENTRY", length = Integer.MAX_VALUE)
    String entry;

    /** The node that recorded it, which looks at once. */
    @Column(name = "WORKER", length = 36)
    String worker;

    /** Epoch milliseconds: when any node may look. */
    @Column(name = "DUE_AT")
    long dueAt;

    @Column(name = "ATTEMPTS")
    int attempts;
}
