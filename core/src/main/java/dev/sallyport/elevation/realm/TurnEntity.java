package dev.sallyport.elevation.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import java.io.Serializable;
import org.hibernate.annotations.Nationalized;

/** A row that is locked by whoever acts for that user, or under that privilege's limit, so that one acts after the other. */
@Entity
@Table(name = "SP_ELEVATION_TURN")
@IdClass(TurnEntity.Key.class)
@NamedQuery(name = "removeTurnsOfRealm", query = "delete from TurnEntity t where t.realmId = :realmId")
@NamedQuery(
        name = "removeTurnsOfUser",
        query = "delete from TurnEntity t where t.realmId = :realmId"
                + " and t.name in (concat('user ', :userId), concat('findings ', :userId))")
public class TurnEntity {

    @Id
    @Column(name = "REALM_ID", length = 36)
    String realmId;

    @Id
    @Nationalized
    @Column(name = "NAME", length = 300)
    String name;

    /** What makes a row unique. */
    public record Key(String realmId, String name) implements Serializable {
        private static final long serialVersionUID = 1;
    }
}
