package dev.sallyport.protection.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import org.hibernate.annotations.Nationalized;

/** What of the pack worked in a realm when it was last looked at. */
@Entity
@Table(name = "SP_PROTECTION")
@NamedQuery(name = "removeProtectionOfRealm", query = "delete from ProtectionEntity p where p.realmId = :realmId")
@NamedQuery(name = "protectedRealms", query = "select p.realmId from ProtectionEntity p")
public class ProtectionEntity {

    @Id
    @Column(name = "REALM_ID", length = 36)
    String realmId;

    /** Names, as a JSON array. */
    @Nationalized
    @Column(name = "IN_FORCE", length = Integer.MAX_VALUE)
    String inForce;

    /** Which steps the flows have that single applications use, as a JSON object; null until somebody looked at them. */
    @Nationalized
    @Column(name = "OWN_FLOWS", length = Integer.MAX_VALUE)
    String ownFlows;
}
