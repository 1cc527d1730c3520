package dev.sallyport.audit.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;

/** A key that signs, or signed, a realm's checkpoints; the newest one does. */
@Entity
@Table(name = "SP_AUDIT_KEY")
@NamedQuery(name = "removeAuditKeysOfRealm", query = "delete from AuditKeyEntity k where k.realmId = :realmId")
@NamedQuery(
        name = "auditKeysOfRealm",
        query = "select k from AuditKeyEntity k where k.realmId = :realmId order by k.createdAt desc, k.id")
public class AuditKeyEntity {

    @Id
    @Column(name = "ID", length = 36)
    String id;

    @Column(name = "REALM_ID", length = 36)
    String realmId;

    /** Its 32 bytes, in Base64. */
    @Column(name = "PUBLIC_KEY", length = 100)
    String publicKey;

    /** As PKCS #8, in Base64; null where the key is in a file of the server's. */
    @Column(name = "PRIVATE_KEY", length = 500)
    String privateKey;

    /** Epoch milliseconds. */
    @Column(name = "CREATED_AT")
    long createdAt;
}
