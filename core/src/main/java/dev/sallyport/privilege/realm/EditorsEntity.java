package dev.sallyport.privilege.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import java.io.Serializable;
import org.hibernate.annotations.Nationalized;

/** Who edited a privilege that was deleted before anybody confirmed it: what is written anew under its name is theirs, too. */
@Entity
@Table(name = "SP_PRIVILEGE_EDITORS")
@IdClass(EditorsEntity.Key.class)
@NamedQuery(name = "removeEditorsOfRealm", query = "delete from EditorsEntity e where e.realmId = :realmId")
public class EditorsEntity {

    @Id
    @Column(name = "REALM_ID", length = 36)
    String realmId;

    @Id
    @Nationalized
    @Column(name = "NAME")
    String name;

    /** As a component keeps them. */
    @Nationalized
    @Column(name = "EDITORS", length = Integer.MAX_VALUE)
    String editors;

    /** What makes a row unique. */
    public record Key(String realmId, String name) implements Serializable {
        private static final long serialVersionUID = 1;
    }
}
