package dev.sallyport.elevation.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import java.io.Serializable;
import org.hibernate.annotations.Nationalized;

/** What one person decided about one request; the key is why nobody is counted twice. */
@Entity
@Table(name = "SP_ELEVATION_VOTE")
@IdClass(VoteEntity.Key.class)
@NamedQuery(
        name = "votesOnElevations",
        query = "select v from VoteEntity v where v.elevationId in (:ids) order by v.votedAt, v.approverId")
public class VoteEntity {

    @Id
    @Column(name = "ELEVATION_ID", length = 36)
    String elevationId;

    @Id
    @Column(name = "APPROVER_ID")
    String approverId;

    @Column(name = "BEHALF_OF")
    String behalfOf;

    @Column(name = "DECISION", length = 20)
    String decision;

    @Nationalized
    @Column(name = "COMMENT_TEXT", length = 2000)
    String comment;

    @Column(name = "VOTED_AT")
    long votedAt;

    /** What makes a row unique. */
    public record Key(String elevationId, String approverId) implements Serializable {
        private static final long serialVersionUID = 1;
    }
}
