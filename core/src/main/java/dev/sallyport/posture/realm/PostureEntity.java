package dev.sallyport.posture.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import java.io.Serializable;
import org.hibernate.annotations.Nationalized;

/**
 * What one source said last of one device. Only written while the device's own row is locked; the database removes it
 * together with that.
 */
@Entity
@Table(name = "SP_POSTURE")
@IdClass(PostureEntity.Key.class)
@NamedQuery(
        name = "posturesOfDevices",
        query = "select p from PostureEntity p where p.realmId = :realmId and p.deviceId in (:deviceIds)")
@NamedQuery(
        name = "devicesToAskAbout",
        query = "select distinct s.deviceId from SessionEntity s where s.realmId = :realmId and s.deviceId > :after"
                + " and exists (select d from DeviceEntity d where d.realmId = s.realmId and d.deviceId = s.deviceId)"
                + " and not exists (select p from PostureEntity p where p.realmId = s.realmId"
                + " and p.deviceId = s.deviceId and p.source = :source and p.askedAt > :since)"
                + " order by s.deviceId")
public class PostureEntity {

    @Id
    @Column(name = "REALM_ID", length = 36)
    String realmId;

    @Id
    @Nationalized
    @Column(name = "DEVICE_ID")
    String deviceId;

    @Id
    @Nationalized
    @Column(name = "SOURCE")
    String source;

    /** Null when the source does not know the device, or never answered. */
    @Nationalized
    @Column(name = "POSTURE", length = Integer.MAX_VALUE)
    String posture;

    /** When it was asked last, or told us; epoch milliseconds, as all times here. */
    @Column(name = "ASKED_AT")
    long askedAt;

    /** Null until it has answered for the first time. */
    @Column(name = "ANSWERED_AT")
    Long answeredAt;

    /** Null when it answered the last time. */
    @Column(name = "OUTAGE_SINCE")
    Long outageSince;

    @Nationalized
    @Column(name = "OUTAGE_REASON", length = 2000)
    String outageReason;

    /** What makes a row unique. */
    public record Key(String realmId, String deviceId, String source) implements Serializable {
        private static final long serialVersionUID = 1;
    }
}
