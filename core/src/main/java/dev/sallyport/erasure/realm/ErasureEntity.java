package dev.sallyport.erasure.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import org.hibernate.annotations.Nationalized;

/** A request to forget somebody, and how far it has come. Times are epoch milliseconds. */
@Entity
@Table(name = "SP_ERASURE")
@NamedQuery(name = "removeErasuresOfRealm", query = "delete from ErasureEntity e where e.realmId = :realmId")
@NamedQuery(
        name = "openErasures",
        query = "select e.id from ErasureEntity e where e.doneAt is null order by e.requestedAt, e.id")
@NamedQuery(
        name = "countOpenErasures",
        query = "select count(e) from ErasureEntity e where e.realmId = :realmId and e.doneAt is null")
@NamedQuery(
        name = "openErasureOfUser",
        query = "select e from ErasureEntity e where e.realmId = :realmId and e.userId = :userId and e.doneAt is null")
public class ErasureEntity {

    @Id
    @Column(name = "ID", length = 36)
    String id;

    @Column(name = "REALM_ID", length = 36)
    String realmId;

    /** Null once it is done. */
    @Column(name = "USER_ID")
    String userId;

    @Column(name = "PSEUDONYM", length = 50)
    String pseudonym;

    /** Who asked for it, as JSON. */
    @Nationalized
    @Column(name = "REQUESTED_BY", length = 2000)
    String requestedBy;

    @Column(name = "REQUESTED_AT")
    long requestedAt;

    @Column(name = "PHASE", length = 20)
    String phase;

    /** The first place that this phase has not looked at. */
    @Column(name = "REACHED")
    long reached;

    /** The first place that is none of its business. */
    @Column(name = "LIMIT_AT")
    long limit;

    /** The id of the last record of what will be removed; null for none. */
    @Column(name = "ANNOUNCED", length = 36)
    String announced;

    /** How many entries lost their text. */
    @Column(name = "ENTRIES")
    long entries;

    /** How many sinks did not have all of that when it was removed. */
    @Column(name = "SINKS_BEHIND")
    long sinksBehind;

    @Column(name = "DONE_AT")
    Long doneAt;
}
