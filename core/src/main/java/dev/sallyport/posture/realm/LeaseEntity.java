package dev.sallyport.posture.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;

/** Work that is done once in the cluster, and until when it counts as done. */
@Entity
@Table(name = "SP_LEASE")
@NamedQuery(
        name = "takeLease",
        query = "update LeaseEntity l set l.until = :until where l.name = :name and l.until <= :now")
public class LeaseEntity {

    @Id
    @Column(name = "NAME", length = 50)
    String name;

    /** Epoch milliseconds. */
    @Column(name = "LEASE_UNTIL")
    long until;
}
