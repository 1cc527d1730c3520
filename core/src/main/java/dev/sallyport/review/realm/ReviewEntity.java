package dev.sallyport.review.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import org.hibernate.annotations.Nationalized;

/** A review. Whoever decides in it or closes it holds this row. Times are epoch milliseconds. */
@Entity
@Table(name = "SP_REVIEW")
@NamedQuery(name = "removeReviewsOfRealm", query = "delete from ReviewEntity r where r.realmId = :realmId")
@NamedQuery(
        name = "listReviews",
        query = "select r from ReviewEntity r where r.realmId = :realmId order by r.openedAt desc, r.id")
@NamedQuery(
        name = "dueReviews",
        query = "select r.realmId, r.id from ReviewEntity r where r.dueAt <= :now order by r.dueAt, r.id")
public class ReviewEntity {

    @Id
    @Column(name = "ID", length = 36)
    String id;

    @Column(name = "REALM_ID", length = 36)
    String realmId;

    /** As JSON. */
    @Nationalized
    @Column(name = "CAMPAIGN", length = Integer.MAX_VALUE)
    String campaign;

    @Column(name = "OPENED_BY")
    String openedBy;

    @Column(name = "OPENED_AT")
    long openedAt;

    /** When silence has its effect; null once the review is closed. */
    @Column(name = "DUE_AT")
    Long dueAt;

    @Column(name = "CLOSED_AT")
    Long closedAt;

    /** How many items nobody has decided about. */
    @Column(name = "UNDECIDED")
    int undecided;
}
