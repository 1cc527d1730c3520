package dev.sallyport.elevation.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import org.hibernate.annotations.Nationalized;

/** A row per delegation, as long as it has not been taken back. Times are epoch milliseconds. */
@Entity
@Table(name = "SP_DELEGATION")
@NamedQuery(name = "removeDelegationsOfRealm", query = "delete from DelegationEntity d where d.realmId = :realmId")
@NamedQuery(
        name = "removeDelegationsOfUser",
        query = "delete from DelegationEntity d where d.realmId = :realmId"
                + " and (d.approverId = :userId or d.delegateId = :userId)")
@NamedQuery(
        name = "delegationsOf",
        query = "select d from DelegationEntity d where d.realmId = :realmId and d.approverId in (:userIds)"
                + " and d.fromAt <= :now and d.untilAt > :now")
@NamedQuery(
        name = "delegationsBy",
        query = "select d from DelegationEntity d where d.realmId = :realmId and d.approverId = :userId"
                + " and d.untilAt > :now order by d.fromAt, d.id")
@NamedQuery(
        name = "delegationsTo",
        query = "select d from DelegationEntity d where d.realmId = :realmId and d.delegateId = :userId"
                + " and d.untilAt > :now order by d.fromAt, d.id")
public class DelegationEntity {

    @Id
    @Column(name = "ID", length = 36)
    String id;

    @Column(name = "REALM_ID", length = 36)
    String realmId;

    @Column(name = "APPROVER_ID")
    String approverId;

    @Column(name = "DELEGATE_ID")
    String delegateId;

    /** The names of the privileges that it is about, a space between them; null for all. */
    @Nationalized
    @Column(name = "PRIVILEGES", length = Integer.MAX_VALUE)
    String privileges;

    @Column(name = "FROM_AT")
    long fromAt;

    @Column(name = "UNTIL_AT")
    long untilAt;
}
