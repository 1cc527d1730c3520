package dev.sallyport.review.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import org.hibernate.annotations.Nationalized;

/** One way in which one user has something that is reviewed. */
@Entity
@Table(name = "SP_REVIEW_ITEM")
@NamedQuery(name = "removeReviewItemsOfRealm", query = "delete from ReviewItemEntity i where i.realmId = :realmId")
@NamedQuery(
        name = "itemsOfReview",
        query = "select i from ReviewItemEntity i where i.reviewId = :reviewId order by i.position")
@NamedQuery(
        name = "undecidedItems",
        query = "select i from ReviewItemEntity i where i.reviewId = :reviewId and i.decision is null"
                + " and i.position >= :from order by i.position")
public class ReviewItemEntity {

    @Id
    @Column(name = "ID", length = 36)
    String id;

    @Column(name = "REALM_ID", length = 36)
    String realmId;

    @Column(name = "REVIEW_ID", length = 36)
    String reviewId;

    @Column(name = "POSITION_AT")
    int position;

    @Column(name = "USER_ID")
    String userId;

    /** {@code user}, {@code group}, {@code role} or {@code standing}. */
    @Column(name = "KIND", length = 20)
    String kind;

    /** Null for a role that is held for good. */
    @Nationalized
    @Column(name = "PRIVILEGE")
    String privilege;

    /** A username, the path of a group, or the name of a role. */
    @Nationalized
    @Column(name = "TARGET", length = 2000)
    String target;

    /** The id of the group or role; null for a username. */
    @Column(name = "TARGET_ID", length = 36)
    String targetId;

    /** The group or role by which a role is held for good; null where it is held directly. */
    @Nationalized
    @Column(name = "THROUGH", length = 2000)
    String through;

    /** Its id. */
    @Column(name = "THROUGH_ID", length = 36)
    String throughId;

    @Column(name = "DECISION", length = 20)
    String decision;

    /** Null where nobody decided and the deadline did. */
    @Column(name = "DECIDED_BY")
    String decidedBy;

    @Column(name = "DECIDED_AT")
    Long decidedAt;

    @Nationalized
    @Column(name = "COMMENT_TEXT", length = 2000)
    String comment;

    @Column(name = "EFFECT", length = 20)
    String effect;
}
