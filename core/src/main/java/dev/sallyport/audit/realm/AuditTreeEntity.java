package dev.sallyport.audit.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import org.hibernate.annotations.Nationalized;

/** How far a realm's tree has come. Whoever gives entries their place holds this row. */
@Entity
@Table(name = "SP_AUDIT_TREE")
@NamedQuery(name = "removeAuditTreeOfRealm", query = "delete from AuditTreeEntity t where t.realmId = :realmId")
@NamedQuery(
        name = "treesBehind",
        query = "select t.realmId from AuditTreeEntity t where exists (select 1 from AuditEntryEntity e"
                + " where e.realmId = t.realmId and e.leafIndex is null)")
public class AuditTreeEntity {

    @Id
    @Column(name = "REALM_ID", length = 36)
    String realmId;

    /** The name of the log, for good. */
    @Nationalized
    @Column(name = "ORIGIN", length = 1000)
    String origin;

    @Column(name = "TREE_SIZE")
    long size;

    /** The signed note about that size. */
    @Nationalized
    @Column(name = "CHECKPOINT", length = Integer.MAX_VALUE)
    String checkpoint;
}
