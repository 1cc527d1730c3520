package dev.sallyport.audit.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import java.io.Serializable;
import org.hibernate.annotations.Nationalized;

/** Up to 256 hashes of a realm's tree. */
@Entity
@Table(name = "SP_AUDIT_TILE")
@IdClass(AuditTileEntity.Key.class)
@NamedQuery(name = "removeAuditTilesOfRealm", query = "delete from AuditTileEntity t where t.realmId = :realmId")
public class AuditTileEntity {

    @Id
    @Column(name = "REALM_ID", length = 36)
    String realmId;

    @Id
    @Column(name = "TILE_LEVEL")
    int level;

    @Id
    @Column(name = "TILE_INDEX")
    long index;

    /** One after the other, in Base64. */
    @Nationalized
    @Column(name = "HASHES", length = Integer.MAX_VALUE)
    String hashes;

    /** What makes a row unique. */
    public record Key(String realmId, int level, long index) implements Serializable {
        private static final long serialVersionUID = 1;
    }
}
