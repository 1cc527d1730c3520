package dev.sallyport.delivery.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Objects;
import org.hibernate.annotations.Nationalized;

/** An entry that a sink refused for good. What it says is in the log. */
@Entity
@Table(name = "SP_SINK_DEAD_LETTER")
@IdClass(DeadLetterEntity.Key.class)
@NamedQuery(name = "removeDeadLettersOfRealm", query = "delete from DeadLetterEntity d where d.realmId = :realmId")
@NamedQuery(name = "removeDeadLettersOfSink", query = "delete from DeadLetterEntity d where d.sinkId = :sinkId")
@NamedQuery(name = "countDeadLetters", query = "select count(d) from DeadLetterEntity d where d.sinkId = :sinkId")
@NamedQuery(
        name = "sendDeadLettersAgain",
        query = "update DeadLetterEntity d set d.again = true where d.sinkId = :sinkId")
@NamedQuery(
        name = "deadLettersToSendAgain",
        query = "select d from DeadLetterEntity d where d.sinkId = :sinkId and d.again = true order by d.leafIndex")
public class DeadLetterEntity {

    @Id
    @Column(name = "SINK_ID", length = 36)
    String sinkId;

    @Id
    @Column(name = "LEAF_INDEX")
    long leafIndex;

    @Column(name = "REALM_ID", length = 36)
    String realmId;

    @Nationalized
    @Column(name = "REASON", length = 2000)
    String reason;

    /** Epoch milliseconds. */
    @Column(name = "REFUSED_AT")
    long refusedAt;

    /** Whether somebody asked for it to be sent again. */
    @Column(name = "AGAIN")
    boolean again;

    /** Which letter of which sink. */
    public static final class Key implements Serializable {

        private static final long serialVersionUID = 1;

        String sinkId;
        long leafIndex;

        public Key() {}

        Key(String sinkId, long leafIndex) {
            this.sinkId = sinkId;
            this.leafIndex = leafIndex;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && key.sinkId.equals(sinkId) && key.leafIndex == leafIndex;
        }

        @Override
        public int hashCode() {
            return Objects.hash(sinkId, leafIndex);
        }
    }
}
