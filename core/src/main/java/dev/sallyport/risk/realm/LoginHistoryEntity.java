package dev.sallyport.risk.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import java.io.Serializable;
import org.hibernate.annotations.Nationalized;

/** The history of one user's logins: one row, of bounded size, read by its key. */
@Entity
@Table(name = "SP_LOGIN_HISTORY")
@IdClass(LoginHistoryEntity.Key.class)
@NamedQuery(name = "removeLoginHistoriesOfRealm", query = "delete from LoginHistoryEntity h where h.realmId = :realmId")
@NamedQuery(
        name = "removeLoginHistoryOfUser",
        query = "delete from LoginHistoryEntity h where h.realmId = :realmId and h.userId = :userId")
@NamedQuery(
        name = "removeLoginHistoriesOfNobody",
        query = "delete from LoginHistoryEntity h where h.realmId = :realmId and h.userId not like :federated"
                + " and not exists (select u.id from UserEntity u where u.id = h.userId)")
@NamedQuery(
        name = "removeLoginHistoriesLike",
        query = "delete from LoginHistoryEntity h where h.realmId = :realmId and h.userId like :users")
public class LoginHistoryEntity {

    @Id
    @Column(name = "REALM_ID", length = 36)
    String realmId;

    @Id
    @Column(name = "USER_ID")
    String userId;

    @Nationalized
    @Column(name = "HISTORY", length = Integer.MAX_VALUE)
    String history;

    /** What makes a row unique. */
    public record Key(String realmId, String userId) implements Serializable {
        private static final long serialVersionUID = 1;
    }
}
