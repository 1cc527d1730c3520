package dev.sallyport.elevation.realm;

import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.Vote;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * What was asked for and decided in a time, page by page and the oldest first. A page begins after the last row of the one
 * before, so that the last page of a million costs what the first one does.
 */
public record ElevationHistory(KeycloakSession session, RealmModel realm) {

    private static final String IN_TIME =
            " where e.realmId = :realmId and e.requestedAt >= :from and e.requestedAt < :to";

    /** A vote and what it was about. */
    public record Ballot(String elevation, String privilege, String requester, Vote vote) {}

    /** Somebody and what they used. */
    public record Use(String user, String privilege) {}

    /**
     * As they were stored.
     *
     * @param to the first moment after
     * @param emergencies whether only those are wanted
     * @param after the last one of the page before
     */
    public List<Elevation> requests(Instant from, Instant to, boolean emergencies, Optional<Elevation> after, int max) {
        var text = "select e from ElevationEntity e" + IN_TIME
                + (emergencies ? " and e.emergency = true" : "")
                + (after.isPresent() ? " and (e.requestedAt > :time or (e.requestedAt = :time and e.id > :id))" : "")
                + " order by e.requestedAt, e.id";
        var select = entities()
                .createQuery(text, ElevationEntity.class)
                .setParameter("realmId", realm.getId())
                .setParameter("from", from.toEpochMilli())
                .setParameter("to", to.toEpochMilli());
        after.ifPresent(last ->
                select.setParameter("time", last.requestedAt().toEpochMilli()).setParameter("id", last.id()));
        return new JpaElevationStore(session, realm)
                .elevations(select.setMaxResults(max).getResultList());
    }

    /**
     * Votes that were given in that time.
     *
     * @param to the first moment after
     * @param after the last one of the page before
     */
    public List<Ballot> votes(Instant from, Instant to, Optional<Ballot> after, int max) {
        var text = "select v, e.privilege, e.requesterId from VoteEntity v, ElevationEntity e"
                + " where e.id = v.elevationId and e.realmId = :realmId and v.votedAt >= :from and v.votedAt < :to"
                + (after.isPresent()
                        ? " and (v.votedAt > :time or (v.votedAt = :time and (v.elevationId > :id"
                                + " or (v.elevationId = :id and v.approverId > :approver))))"
                        : "")
                + " order by v.votedAt, v.elevationId, v.approverId";
        var select = entities()
                .createQuery(text, Object[].class)
                .setParameter("realmId", realm.getId())
                .setParameter("from", from.toEpochMilli())
                .setParameter("to", to.toEpochMilli());
        after.ifPresent(last -> select.setParameter("time", last.vote().at().toEpochMilli())
                .setParameter("id", last.elevation())
                .setParameter("approver", last.vote().approver()));
        return select.setMaxResults(max)
                .getResultStream()
                .map(row -> ballot((VoteEntity) row[0], (String) row[1], (String) row[2]))
                .toList();
    }

    private static Ballot ballot(VoteEntity vote, String privilege, String requester) {
        return new Ballot(vote.elevationId, privilege, requester, JpaElevationStore.vote(vote));
    }

    /** When somebody began to use a privilege last, and when the last use was over. */
    public record LastUse(Instant began, Instant ended) {}

    /**
     * What those users used before that moment; nothing of what they never did.
     *
     * @param before the first moment that does not count
     */
    public Map<Use, LastUse> lastUses(Collection<String> users, Instant before) {
        var uses = new HashMap<Use, LastUse>();
        if (users.isEmpty()) return uses;
        entities()
                .createQuery(
                        "select e.requesterId, e.privilege, max(e.startAt), max(e.endAt) from ElevationEntity e"
                                + " where e.realmId = :realmId and e.requesterId in (:users)"
                                + " and e.status in ('active', 'ended') and e.startAt < :before"
                                + " group by e.requesterId, e.privilege",
                        Object[].class)
                .setParameter("realmId", realm.getId())
                .setParameter("users", users)
                .setParameter("before", before.toEpochMilli())
                .getResultStream()
                .forEach(row ->
                        uses.put(new Use((String) row[0], (String) row[1]), new LastUse(time(row[2]), time(row[3]))));
        return uses;
    }

    private static Instant time(Object millis) {
        return Instant.ofEpochMilli(((Number) millis).longValue());
    }

    private EntityManager entities() {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
