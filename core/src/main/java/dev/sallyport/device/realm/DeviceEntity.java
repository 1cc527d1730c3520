package dev.sallyport.device.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import java.io.Serializable;
import org.hibernate.annotations.Nationalized;

/** A row of the device registry, with its last posture beside it: a decision needs both, by one look-up of the key. */
@Entity
@Table(name = "SP_DEVICE")
@IdClass(DeviceEntity.Key.class)
@NamedQuery(name = "removeDevicesOfRealm", query = "delete from DeviceEntity d where d.realmId = :realmId")
@NamedQuery(
        name = "devicesKnownBy",
        query = "select d.deviceId from DeviceEntity d where d.realmId = :realmId"
                + " and (d.deviceId in :keys or d.serial in :keys) order by d.deviceId")
@NamedQuery(
        name = "devicesOfIds",
        query = "select d from DeviceEntity d where d.realmId = :realmId and d.deviceId in (:ids) order by d.deviceId")
public class DeviceEntity {

    @Id
    @Column(name = "REALM_ID", length = 36)
    String realmId;

    @Id
    @Nationalized
    @Column(name = "DEVICE_ID")
    String deviceId;

    @Nationalized
    @Column(name = "DISPLAY_NAME")
    String displayName;

    @Column(name = "OWNER_ID")
    String ownerId;

    @Nationalized
    @Column(name = "SERIAL")
    String serial;

    @Column(name = "PLATFORM", length = 20)
    String platform;

    @Column(name = "STATUS", length = 20)
    String status;

    /** Epoch milliseconds; null until a source has reported. */
    @Column(name = "OBSERVED_AT")
    Long observedAt;

    /** A copy of the fact in the posture, for lists; null when it is unknown. */
    @Column(name = "COMPLIANT")
    Boolean compliant;

    @Nationalized
    @Column(name = "POSTURE", length = Integer.MAX_VALUE)
    String posture;

    /** Who said what of the posture, and who could not be asked; null until a source has reported. */
    @Nationalized
    @Column(name = "PROVENANCE", length = Integer.MAX_VALUE)
    String provenance;

    /** What makes a row unique. */
    public record Key(String realmId, String deviceId) implements Serializable {
        private static final long serialVersionUID = 1;
    }
}
