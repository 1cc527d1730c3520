package dev.sallyport.session.realm;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.partitioningBy;
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
        var wanted = themes.entrySet().stream().limit(most).toList();
        var held = claim(wanted.stream()
                .flatMap(theme -> theme.getValue().stream())
                .map(row -> row.id)
                .toList());
        var claimed = new ArrayList<Work>();
        for (var theme : wanted) {
            var rows = theme.getValue().stream()
                    .filter(row -> held.contains(row.id))
                    .toList();
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

    /** @return the ids of those that are this node's now */
    private Set<String> claim(List<String> ids) {
        if (ids.isEmpty()) return Set.of();
        var until = leaseEnd();
        // NB. Of two nodes that update a row at once the second one waits, and then finds the condition false.
        int count = entities()
                .createNamedQuery("claimReevaluations")
                .setParameter("ids", ids)
                .setParameter("worker", Reevaluation.NODE)
                .setParameter("now", clock.millis())
                .setParameter("until", until)
                .executeUpdate();
        if (count == ids.size()) return Set.copyOf(ids);
        return Set.copyOf(entities()
                .createNamedQuery("claimedReevaluations", String.class)
                .setParameter("ids", ids)
                .setParameter("worker", Reevaluation.NODE)
                .setParameter("until", until)
                .getResultList());
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

    /** Keeps work that is still waiting for its turn. */
    public void hold(List<Work> works) {
        if (works.isEmpty()) return;
        entities()
                .createNamedQuery("holdReevaluations")
                .setParameter("ids", ids(works))
                .setParameter("worker", Reevaluation.NODE)
                .setParameter("until", leaseEnd())
                .executeUpdate();
    }

    /**
     * Takes finished work away, once latecomers have been looked for, too.
     *
     * <p>NB. A login that was judged before the change, and is committed only now, was not to be found; nobody else would ever
     * end its session.
     */
    public void finish(List<Work> works) {
        Map<Boolean, List<Work>> complete = works.stream()
                .collect(partitioningBy(work -> work.latecomersSince().isPresent()));
        postpone(complete.get(false));
        remove(complete.get(true));
    }

    private void postpone(List<Work> works) {
        if (works.isEmpty()) return;
        entities()
                .createNamedQuery("postponeReevaluations")
                .setParameter("ids", ids(works))
                .setParameter("done", Reevaluation.NODE)
                .setParameter("worker", NOBODY)
                .setParameter("position", Reevaluation.BEGINNING)
                .setParameter("until", clock.instant().plus(LATENESS).toEpochMilli())
                .executeUpdate();
    }

    private void remove(List<Work> works) {
        if (works.isEmpty()) return;
        entities()
                .createNamedQuery("finishReevaluations")
                .setParameter("ids", ids(works))
                .setParameter("worker", Reevaluation.NODE)
                .executeUpdate();
    }

    private static List<String> ids(List<Work> works) {
        return works.stream().flatMap(work -> work.ids().stream()).toList();
    }

    private long leaseEnd() {
        return clock.instant().plus(LEASE).toEpochMilli();
    }

    private EntityManager entities() {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
