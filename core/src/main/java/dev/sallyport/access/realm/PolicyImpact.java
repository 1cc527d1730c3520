package dev.sallyport.access.realm;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.sallyport.access.Impact;
import dev.sallyport.access.Tally;
import dev.sallyport.access.realm.PolicyImpactEntity.Key;
import jakarta.persistence.EntityManager;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * How many sign-ins each policy let through, stepped up, denied or would have, by day. Each node counts in memory and adds
 * to the database every few seconds and when it stops: one row a policy and day would otherwise make all logins wait for
 * each other. What a node has not added yet is lost when it is killed; these are statistics, the audit log is the record.
 */
public final class PolicyImpact {

    private static final Logger LOG = Logger.getLogger(PolicyImpact.class);

    /** More policies than any realm has; beyond it counts are dropped rather than memory used up. */
    static final int MOST_COUNTERS = 10_000;

    private final Map<Key, Tally> pending = new ConcurrentHashMap<>();

    /** What one policy did on one day, in UTC. */
    @JsonPropertyOrder({"day", "policy"})
    public record Row(
            @JsonProperty("day") String day,
            @JsonProperty("policy") String policy,
            @JsonUnwrapped Tally tally) {}

    /** Counts one sign-in. */
    public void count(RealmModel realm, LocalDate day, String policy, Impact impact) {
        add(new Key(realm.getId(), day.toString(), policy), Tally.of(impact));
    }

    private void add(Key key, Tally tally) {
        if (pending.size() >= MOST_COUNTERS && !pending.containsKey(key)) {
            LOG.warnf(
                    "the impact of policy %s in realm %s is not counted: too many policies",
                    key.policy(), key.realmId());
            return;
        }
        pending.merge(key, tally, Tally::plus);
    }

    /** Adds what this node counted to the database; what cannot be added now is kept for the next time. */
    public void flush(KeycloakSessionFactory factory) {
        var order = Comparator.comparing(Key::realmId).thenComparing(Key::day).thenComparing(Key::policy);
        for (var key : pending.keySet().stream().sorted(order).toList()) {
            var tally = pending.remove(key);
            if (tally == null) continue; // another thread adds it
            try {
                store(factory, key, tally);
            } catch (RuntimeException e) {
                LOG.warnf(e, "the impact of policy %s in realm %s could not be added", key.policy(), key.realmId());
                add(key, tally);
            }
        }
    }

    private static void store(KeycloakSessionFactory factory, Key key, Tally tally) {
        if (increase(factory, key, tally)) return;
        try {
            KeycloakModelUtils.runJobInTransaction(factory, own -> {
                // NB. A realm that is gone has taken its rows along.
                if (own.realms().getRealm(key.realmId()) != null) entities(own).persist(row(key, tally));
            });
        } catch (RuntimeException e) {
            // NB. Another node was first.
            if (!increase(factory, key, tally)) throw e;
        }
    }

    private static boolean increase(KeycloakSessionFactory factory, Key key, Tally tally) {
        return KeycloakModelUtils.runJobInTransactionWithResult(
                factory,
                own -> entities(own)
                                .createNamedQuery("addPolicyImpact")
                                .setParameter("realmId", key.realmId())
                                .setParameter("day", key.day())
                                .setParameter("policy", key.policy())
                                .setParameter("allowed", tally.allowed())
                                .setParameter("steppedUp", tally.steppedUp())
                                .setParameter("denied", tally.denied())
                                .setParameter("wouldHaveSteppedUp", tally.wouldHaveSteppedUp())
                                .setParameter("wouldHaveDenied", tally.wouldHaveDenied())
                                .executeUpdate()
                        > 0);
    }

    private static PolicyImpactEntity row(Key key, Tally tally) {
        var row = new PolicyImpactEntity();
        row.realmId = key.realmId();
        row.day = key.day();
        row.policy = key.policy();
        row.allowed = tally.allowed();
        row.steppedUp = tally.steppedUp();
        row.denied = tally.denied();
        row.wouldHaveSteppedUp = tally.wouldHaveSteppedUp();
        row.wouldHaveDenied = tally.wouldHaveDenied();
        return row;
    }

    /** What is in the database, by day and then by policy; both days are included. */
    public static List<Row> rows(KeycloakSession session, RealmModel realm, LocalDate from, LocalDate to) {
        return entities(session)
                .createNamedQuery("policyImpact", PolicyImpactEntity.class)
                .setParameter("realmId", realm.getId())
                .setParameter("from", from.toString())
                .setParameter("to", to.toString())
                .getResultStream()
                .map(row -> new Row(
                        row.day,
                        row.policy,
                        new Tally(row.allowed, row.steppedUp, row.denied, row.wouldHaveSteppedUp, row.wouldHaveDenied)))
                .toList();
    }

    private static EntityManager entities(KeycloakSession session) {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
