package dev.sallyport.detection.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import org.hibernate.annotations.Nationalized;

/** How far the look has come that a rule about what stays as it is asks for. Whoever looks holds this row. */
@Entity
@Table(name = "SP_DETECTION_LOOK")
@NamedQuery(name = "removeLooksOfRealm", query = "delete from LookEntity l where l.realmId = :realmId")
@NamedQuery(name = "looks", query = "select l from LookEntity l")
@NamedQuery(name = "dueLooks", query = "select l.id from LookEntity l where l.dueAt <= :now order by l.dueAt, l.id")
public class LookEntity {

    /** Made of the realm's and the rule's, so that two nodes do not make two. */
    @Id
    @Column(name = "ID", length = 36)
    String id;

    @Column(name = "REALM_ID", length = 36)
    String realmId;

    @Nationalized
    @Column(name = "RULE_NAME")
    String rule;

    /** Epoch milliseconds: when somebody looks on. */
    @Column(name = "DUE_AT")
    long dueAt;

    /** Where the next page begins. */
    @Column(name = "NEXT_USER")
    int nextUser;

    /** Whether everything has been looked at once. */
    @Column(name = "COMPLETED")
    boolean completed;
}
