package dev.sallyport.detection.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import org.hibernate.annotations.Nationalized;

/** Something that somebody may have, as the looks of a rule have found it. */
@Entity
@Table(name = "SP_DORMANCY")
@NamedQuery(name = "removeDormancyOfRealm", query = "delete from DormancyEntity d where d.realmId = :realmId")
@NamedQuery(
        name = "removeDormancyOfUser",
        query = "delete from DormancyEntity d where d.realmId = :realmId and d.userId = :userId")
@NamedQuery(
        name = "removeDormancyOfRule",
        query = "delete from DormancyEntity d where d.realmId = :realmId and d.rule = :rule")
@NamedQuery(
        name = "dormancyOfUsers",
        query = "select d from DormancyEntity d where d.realmId = :realmId and d.rule = :rule and d.userId in (:users)")
public class DormancyEntity {

    @Id
    @Column(name = "ID", length = 36)
    String id;

    @Column(name = "REALM_ID", length = 36)
    String realmId;

    @Nationalized
    @Column(name = "RULE_NAME")
    String rule;

    @Column(name = "USER_ID", length = 255)
    String userId;

    /** By which right. */
    @Column(name = "HELD", length = 20)
    String held;

    /** Of the privilege or the role. */
    @Nationalized
    @Column(name = "NAME", length = 600)
    String name;

    /** Epoch milliseconds, like the other: since when; null where they had it before anybody looked. */
    @Column(name = "SINCE_AT")
    Long since;

    /** The last sign of use without which it was told; null when it was not. */
    @Column(name = "TOLD_FOR")
    Long told;
}
