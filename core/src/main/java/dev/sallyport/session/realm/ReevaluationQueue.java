package dev.sallyport.session.realm;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.sallyport.session.realm.Reevaluation.Scope;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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

    /** After how long latecomers are looked for. */
    private static final Duration LATENESS = Duration.ofSeconds(10);

    /** How long before a change a login may have been judged that is committed after it; longer than any transaction. */
    private static final Duration OVERLAP = Duration.ofMinutes(5);

    private static final String NOBODY = "-";

    /**
     * What was claimed.
     *
     * @param ids the requests that it fulfils: of several that are the same, all are fulfilled at once
     * @param position the last session that is done
     * @param latecomersSince since when sessions were written down that it concerns; empty for all
     */
    public record Work(
            List<String> ids,
            String realmId,
            Scope scope,
            String subject,
            String position,
            Optional<Instant> latecomersSince) {

        public Work at(String reached) {
            return new Work(ids, realmId, scope, subject, reached, latecomersSince);
        }
    }

    private record Theme(String realmId, String scope, String subject, boolean late) {}

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
                        row -> new Theme(row.realmId, row.scope, row.subject, row.late), LinkedHashMap::new, toList()));
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
                    position,
                    latecomersSince(rows)));
        }
        return claimed;
    }

    private static Optional<Instant> latecomersSince(List<ReevaluationEntity> rows) {
        return rows.stream()
                .filter(row -> row.late)
                .map(row -> Instant.ofEpochMilli(row.requestedAt).minus(OVERLAP))
                .min(Comparator.naturalOrder());
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
                .setParameter(
                        "since",
                        work.latecomersSince().map(Instant::toEpochMilli).orElse(0L))
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

    /**
     * Takes finished work away, once latecomers have been looked for, too.
     *
     * <p>NB. A login that was judged before the change, and is committed only now, was not to be found; nobody else would ever
     * end its session.
     */
    public void finish(Work work) {
        if (work.latecomersSince().isEmpty()) postpone(work);
        else remove(work);
    }

    private void postpone(Work work) {
        entities()
                .createNamedQuery("postponeReevaluation")
                .setParameter("ids", work.ids())
                .setParameter("done", Reevaluation.NODE)
                .setParameter("worker", NOBODY)
                .setParameter("position", Reevaluation.BEGINNING)
                .setParameter("until", clock.instant().plus(LATENESS).toEpochMilli())
                .executeUpdate();
    }

    private void remove(Work work) {
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
