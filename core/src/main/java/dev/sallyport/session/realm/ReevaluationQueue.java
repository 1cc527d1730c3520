package dev.sallyport.session.realm;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.sallyport.session.realm.Reevaluation.Scope;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;

/**
 * The sessions that have to be looked at again, as the nodes of a cluster share them out. Who claims work holds it for the
 * time of a lease, and longer only by getting on with it: what a dead node had begun, another one takes up where it stopped.
 * All of it is done at least once.
 */
public record ReevaluationQueue(KeycloakSession session, Clock clock) {

    private static final Duration LEASE = Duration.ofSeconds(6);

    /**
     * What was claimed.
     *
     * @param ids the requests that it fulfils: of several that are the same, all are fulfilled at once
     * @param position the last session that is done
     */
    public record Work(List<String> ids, String realmId, Scope scope, String subject, String position) {

        public Work at(String reached) {
            return new Work(ids, realmId, scope, subject, reached);
        }
    }

    private record Theme(String realmId, String scope, String subject) {}

    /**
     * Claims work for this node.
     *
     * @param most how many pieces
     * @param busy the ids of what this node has at hand already
     */
    public List<Work> claim(Set<Scope> scopes, int most, Set<String> busy) {
        var open = entities()
                .createNamedQuery("openReevaluations", ReevaluationEntity.class)
                .setParameter("scopes", scopes.stream().map(Scope::id).toList())
                .setParameter("now", clock.millis())
                .setParameter("worker", Reevaluation.NODE)
                .setMaxResults(1_000)
                .getResultList();
        Map<Theme, List<ReevaluationEntity>> themes = open.stream()
                .filter(row -> !busy.contains(row.id))
                .collect(groupingBy(
                        row -> new Theme(row.realmId, row.scope, row.subject), LinkedHashMap::new, toList()));
        var claimed = new ArrayList<Work>();
        for (var theme : themes.entrySet()) {
            if (claimed.size() == most) break;
            var rows = theme.getValue().stream().filter(this::claim).toList();
            if (rows.isEmpty()) continue;
            // NB. Which of two positions comes first, only the database knows.
            var positions = rows.stream().map(row -> row.position).distinct().toList();
            var position = positions.size() == 1 ? positions.get(0) : Reevaluation.BEGINNING;
            claimed.add(new Work(
                    rows.stream().map(row -> row.id).toList(),
                    theme.getKey().realmId(),
                    Scope.valueOf(theme.getKey().scope().toUpperCase(Locale.ROOT)),
                    theme.getKey().subject(),
                    position));
        }
        return claimed;
    }

    // NB. Of two nodes that update the row at once the second one waits, and then finds the condition false.
    private boolean claim(ReevaluationEntity row) {
        return entities()
                        .createNamedQuery("claimReevaluation")
                        .setParameter("id", row.id)
                        .setParameter("worker", Reevaluation.NODE)
                        .setParameter("now", clock.millis())
                        .setParameter("until", leaseEnd())
                        .executeUpdate()
                == 1;
    }

    /** The next sessions that are touched, in the order of ids. */
    public List<String> page(Work work, int size) {
        var query =
                switch (work.scope()) {
                    case DEVICE -> "sessionsOfDevice";
                    case USER -> "sessionsOfUser";
                    case REALM -> "sessionsOfRealm";
                };
        var select = entities()
                .createNamedQuery(query, String.class)
                .setParameter("realmId", work.realmId())
                .setParameter("position", work.position())
                .setMaxResults(size);
        if (work.scope() != Scope.REALM) select.setParameter("subject", work.subject());
        return select.getResultList();
    }

    /**
     * Notes how far the work has come.
     *
     * @return whether it is still this node's; if not, somebody else goes on with it
     */
    public boolean advance(Work work) {
        return entities()
                        .createNamedQuery("advanceReevaluation")
                        .setParameter("ids", work.ids())
                        .setParameter("worker", Reevaluation.NODE)
                        .setParameter("position", work.position())
                        .setParameter("until", leaseEnd())
                        .executeUpdate()
                > 0;
    }

    /** Takes finished work away. */
    public void finish(Work work) {
        entities()
                .createNamedQuery("finishReevaluation")
                .setParameter("ids", work.ids())
                .setParameter("worker", Reevaluation.NODE)
                .executeUpdate();
    }

    private long leaseEnd() {
        return clock.instant().plus(LEASE).toEpochMilli();
    }

    private EntityManager entities() {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
