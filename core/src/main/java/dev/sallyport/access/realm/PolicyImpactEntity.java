package dev.sallyport.access.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import java.io.Serializable;
import org.hibernate.annotations.Nationalized;

/** How often a policy had which impact on the sign-ins of a day. */
@Entity
@IdClass(PolicyImpactEntity.Key.class)
@Table(name = "SP_POLICY_IMPACT")
@NamedQuery(name = "removePolicyImpactOfRealm", query = "delete from PolicyImpactEntity i where i.realmId = :realmId")
@NamedQuery(
        name = "addPolicyImpact",
        query =
                "update PolicyImpactEntity i set i.allowed = i.allowed + :allowed, i.steppedUp = i.steppedUp + :steppedUp, "
                        + "i.denied = i.denied + :denied, i.wouldHaveSteppedUp = i.wouldHaveSteppedUp + :wouldHaveSteppedUp, "
                        + "i.wouldHaveDenied = i.wouldHaveDenied + :wouldHaveDenied "
                        + "where i.realmId = :realmId and i.day = :day and i.policy = :policy")
@NamedQuery(
        name = "policyImpact",
        query = "select i from PolicyImpactEntity i where i.realmId = :realmId and i.day >= :from and i.day <= :to "
                + "order by i.day, i.policy")
public class PolicyImpactEntity {

    @Id
    @Column(name = "REALM_ID", length = 36)
    String realmId;

    /** In UTC, as {@code 2026-11-24}: its order is that of time, and no driver converts it. */
    @Id
    @Column(name = "IMPACT_DAY", length = 10)
    String day;

    @Id
    @Nationalized
    @Column(name = "POLICY", length = 255)
    String policy;

    @Column(name = "ALLOWED")
    long allowed;

    @Column(name = "STEPPED_UP")
    long steppedUp;

    @Column(name = "DENIED")
    long denied;

    @Column(name = "WOULD_HAVE_STEPPED_UP")
    long wouldHaveSteppedUp;

    @Column(name = "WOULD_HAVE_DENIED")
    long wouldHaveDenied;

    /** What makes a row unique. */
    public record Key(String realmId, String day, String policy) implements Serializable {
        private static final long serialVersionUID = 1;
    }
}
