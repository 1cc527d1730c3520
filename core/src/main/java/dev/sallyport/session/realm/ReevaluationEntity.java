package dev.sallyport.session.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import org.hibernate.annotations.Nationalized;

/** Sessions that have to be looked at again because something changed; there until they all have been. */
@Entity
@Table(name = "SP_REEVALUATION")
@NamedQuery(name = "removeReevaluationsOfRealm", query = "delete from ReevaluationEntity r where r.realmId = :realmId")
@NamedQuery(
        name = "openReevaluations",
        query = "select r from ReevaluationEntity r where r.scope in (:scopes)"
                + " and (r.leaseUntil < :now or r.worker = :worker) order by r.requestedAt, r.id")
@NamedQuery(
        name = "claimReevaluations",
        query = "update ReevaluationEntity r set r.worker = :worker, r.leaseUntil = :until"
                + " where r.id in (:ids) and (r.leaseUntil < :now or r.worker = :worker)")
@NamedQuery(
        name = "claimedReevaluations",
        query = "select r.id from ReevaluationEntity r"
                + " where r.id in (:ids) and r.worker = :worker and r.leaseUntil = :until")
@NamedQuery(
        name = "holdReevaluations",
        query = "update ReevaluationEntity r set r.leaseUntil = :until where r.id in (:ids) and r.worker = :worker")
@NamedQuery(
        name = "advanceReevaluation",
        query = "update ReevaluationEntity r set r.position = :position, r.leaseUntil = :until"
                + " where r.id in (:ids) and r.worker = :worker")
@NamedQuery(
        name = "postponeReevaluations",
        query = "update ReevaluationEntity r set r.late = true, r.position = :position, r.worker = :worker,"
                + " r.leaseUntil = :until where r.id in (:ids) and r.worker = :done")
@NamedQuery(
        name = "finishReevaluations",
        query = "delete from ReevaluationEntity r where r.id in (:ids) and r.worker = :worker")
public class ReevaluationEntity {

    @Id
    @Column(name = "ID", length = 36)
    String id;

    @Column(name = "REALM_ID", length = 36)
    String realmId;

    @Column(name = "SCOPE", length = 20)
    String scope;

    /** The id of the device or the user; of the realm, when all its sessions are meant. */
    @Nationalized
    @Column(name = "SUBJECT")
    String subject;

    /** Epoch milliseconds. */
    @Column(name = "REQUESTED_AT")
    long requestedAt;

    /** The node that works on it; at first the one that made the change, which begins as soon as that is committed. */
    @Column(name = "WORKER", length = 36)
    String worker;

    /** Epoch milliseconds: when a worker that was not heard of since is taken for dead. */
    @Column(name = "LEASE_UNTIL")
    long leaseUntil;

    /** The last session that is done, in the order of ids; {@link Reevaluation#BEGINNING} before any is. */
    @Column(name = "POSITION_ID", length = 36)
    String position;

    /** Whether only sessions are left that were begun before the change and written down after it. */
    @Column(name = "LATE")
    boolean late;
}
