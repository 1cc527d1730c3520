package dev.sallyport.elevation.realm;

import static java.util.stream.Collectors.groupingBy;

import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.EndedBy;
import dev.sallyport.elevation.Review;
import dev.sallyport.elevation.Status;
import dev.sallyport.elevation.Terms;
import dev.sallyport.elevation.Vote;
import dev.sallyport.elevation.realm.Elevations.Filter;
import dev.sallyport.privilege.BoundTo;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** Elevations in Keycloak's database. */
final class JpaElevationStore {

    /** What makes a set that is given to a query non-empty. */
    private static final String NOBODY = "-";

    private final EntityManager entities;
    private final String realmId;

    JpaElevationStore(KeycloakSession session, RealmModel realm) {
        this.entities = session.getProvider(JpaConnectionProvider.class).getEntityManager();
        this.realmId = realm.getId();
    }

    Optional<Elevation> find(String id) {
        return elevations(Optional.ofNullable(entities.find(ElevationEntity.class, id)).stream()
                        .filter(row -> row.realmId.equals(realmId))
                        .toList())
                .stream()
                .findFirst();
    }

    /** As it is now, and stays until this transaction ends. */
    Optional<Elevation> locked(String id) {
        entities.flush();
        var row = entities.find(ElevationEntity.class, id, LockModeType.PESSIMISTIC_WRITE);
        if (row == null || !row.realmId.equals(realmId)) return Optional.empty();
        entities.refresh(row);
        return elevations(List.of(row)).stream().findFirst();
    }

    Optional<String> requester(String id) {
        return entities.createNamedQuery("requesterOfElevation", String.class)
                .setParameter("realmId", realmId)
                .setParameter("id", id)
                .getResultStream()
                .findFirst();
    }

    void add(Elevation elevation, Collection<String> approvers) {
        var row = new ElevationEntity();
        row.id = elevation.id();
        row.realmId = realmId;
        write(row, elevation);
        entities.persist(row);
        for (var approver : approvers) {
            var named = new ElevationApproverEntity();
            named.elevationId = row.id;
            named.approverId = approver;
            named.realmId = realmId;
            entities.persist(named);
        }
        // NB. Here, and not when the request is over, somebody else may turn out to have been first.
        entities.flush();
    }

    void save(Elevation before, Elevation after) {
        var row = entities.find(ElevationEntity.class, after.id());
        write(row, after);
        after.approvals().stream()
                .filter(vote -> !before.approvals().contains(vote))
                .map(vote -> row(after, vote))
                .forEach(entities::persist);
        entities.flush();
    }

    /** Those whose time may not be over, as they were stored. */
    List<Elevation> openOf(String requester) {
        var rows = entities.createNamedQuery("openElevationsOfRequester", ElevationEntity.class)
                .setParameter("realmId", realmId)
                .setParameter("userId", requester)
                .getResultList();
        // NB. Some may have been read before it was this transaction's turn.
        rows.forEach(entities::refresh);
        return elevations(rows);
    }

    /** Those that may be in effect, as they were stored; without votes. */
    List<Elevation> grantedTo(String requester) {
        return entities.createNamedQuery("grantedElevationsOfRequester", ElevationEntity.class)
                .setParameter("realmId", realmId)
                .setParameter("userId", requester)
                .getResultStream()
                .map(row -> elevation(row, List.of()))
                .toList();
    }

    /** Those that ended then or later, written down or not; without votes. */
    List<Elevation> ended(String requester, Set<String> privileges, Instant since, Instant now) {
        return entities.createNamedQuery("elevationsThatEnded", ElevationEntity.class)
                .setParameter("realmId", realmId)
                .setParameter("userId", requester)
                .setParameter("privileges", privileges)
                .setParameter("since", since.toEpochMilli())
                .setParameter("now", now.toEpochMilli())
                .getResultStream()
                .map(row -> elevation(row, List.of()).at(now))
                .filter(elevation -> elevation.status() == Status.ENDED)
                .toList();
    }

    /** As {@link #grantedTo(String)}, of several, by requester. */
    Map<String, List<Elevation>> grantedTo(Collection<String> requesters) {
        return entities.createNamedQuery("grantedElevationsOfRequesters", ElevationEntity.class)
                .setParameter("realmId", realmId)
                .setParameter("userIds", requesters)
                .getResultStream()
                .map(row -> elevation(row, List.of()))
                .collect(groupingBy(Elevation::requester));
    }

    List<String> grantedIn(String sessionId) {
        return entities.createNamedQuery("grantedElevationsOfSession", String.class)
                .setParameter("realmId", realmId)
                .setParameter("sessionId", sessionId)
                .getResultList();
    }

    List<String> openOfPrivilege(String privilege, String after, int max) {
        return entities.createNamedQuery("openElevationsOfPrivilege", String.class)
                .setParameter("realmId", realmId)
                .setParameter("privilege", privilege)
                .setParameter("after", after)
                .setMaxResults(max)
                .getResultList();
    }

    Set<String> approvers(String id) {
        return Set.copyOf(entities.createNamedQuery("approversOfElevation", String.class)
                .setParameter("id", id)
                .getResultList());
    }

    /** The privileges of the user's emergencies that nobody has reviewed. */
    List<String> unreviewed(String requester) {
        return entities.createNamedQuery("unreviewedElevations", String.class)
                .setParameter("realmId", realmId)
                .setParameter("userId", requester)
                .getResultList();
    }

    /** Whether one of that privilege was not reviewed. */
    boolean unreviewedOf(String privilege) {
        return !entities.createNamedQuery("unreviewedElevationsOfPrivilege", String.class)
                .setParameter("realmId", realmId)
                .setParameter("privilege", privilege)
                .setMaxResults(1)
                .getResultList()
                .isEmpty();
    }

    long emergencies(String privilege, Instant since) {
        return entities.createNamedQuery("countEmergencies", Long.class)
                .setParameter("realmId", realmId)
                .setParameter("privilege", privilege)
                .setParameter("since", since.toEpochMilli())
                .getSingleResult();
    }

    /** Newest first. */
    List<Elevation> list(Filter filter, Optional<Set<String>> approvers, Instant now, int first, int max) {
        var text = new StringBuilder("select e from ElevationEntity e where e.realmId = :realmId");
        var parameters = new HashMap<String, Object>(Map.of("realmId", realmId));
        filter.status().ifPresent(status -> {
            var condition = condition(status);
            text.append(" and (").append(condition).append(')');
            if (condition.contains(":now")) parameters.put("now", now.toEpochMilli());
        });
        filter.user().ifPresent(user -> {
            text.append(" and e.requesterId = :userId");
            parameters.put("userId", user);
        });
        filter.privilege().ifPresent(privilege -> {
            text.append(" and e.privilege = :privilege");
            parameters.put("privilege", privilege);
        });
        filter.from().ifPresent(from -> {
            text.append(" and e.requestedAt >= :from");
            parameters.put("from", from.toEpochMilli());
        });
        filter.to().ifPresent(to -> {
            text.append(" and e.requestedAt < :to");
            parameters.put("to", to.toEpochMilli());
        });
        approvers.ifPresent(ids -> {
            text.append(" and e.id in (select a.elevationId from ElevationApproverEntity a"
                    + " where a.realmId = :realmId and a.approverId in (:approvers))");
            parameters.put("approvers", ids.isEmpty() ? Set.of(NOBODY) : ids);
        });
        text.append(" order by e.requestedAt desc, e.id");
        var select = entities.createQuery(text.toString(), ElevationEntity.class);
        parameters.forEach(select::setParameter);
        return elevations(select.setFirstResult(first).setMaxResults(max).getResultList());
    }

    /** {@link Elevation#at} as a condition, so that lists are right although nobody took note of the time. */
    private static String condition(Status status) {
        return switch (status) {
            case PENDING -> "e.status = 'pending' and e.expiresAt > :now";
            case EXPIRED -> "e.status = 'expired' or (e.status = 'pending' and e.expiresAt <= :now)";
            case SCHEDULED ->
                "e.status = 'scheduled' and e.endAt > :now" + " and (e.byItself = false or e.startAt > :now)";
            case ACTIVE ->
                "e.endAt > :now and (e.status = 'active'"
                        + " or (e.status = 'scheduled' and e.byItself = true and e.startAt <= :now))";
            case ENDED -> "e.status = 'ended' or (e.status in ('active', 'scheduled') and e.endAt <= :now)";
            case DENIED -> "e.status = 'denied'";
            case CANCELLED -> "e.status = 'cancelled'";
        };
    }

    List<Elevation> elevations(List<ElevationEntity> rows) {
        if (rows.isEmpty()) return List.of();
        var votes = entities.createNamedQuery("votesOnElevations", VoteEntity.class)
                .setParameter("ids", rows.stream().map(row -> row.id).toList())
                .getResultStream()
                .collect(groupingBy(vote -> vote.elevationId));
        return rows.stream()
                .map(row -> elevation(
                        row,
                        votes.getOrDefault(row.id, List.of()).stream()
                                .map(JpaElevationStore::vote)
                                .toList()))
                .toList();
    }

    private static void write(ElevationEntity row, Elevation elevation) {
        row.privilege = elevation.privilege();
        row.requesterId = elevation.requester();
        row.status = elevation.status().id();
        row.justification = elevation.justification().orElse(null);
        row.ticket = elevation.ticket().orElse(null);
        row.emergency = elevation.emergency();
        row.requestedAt = elevation.requestedAt().toEpochMilli();
        row.decidedAt = millis(elevation.decidedAt());
        row.startAt = millis(elevation.start());
        row.endAt = millis(elevation.end());
        row.durationMillis = elevation.duration().toMillis();
        row.endedBy = elevation.endedBy().map(EndedBy::id).orElse(null);
        row.sessionId = elevation.sessionId().orElse(null);
        row.deviceId = elevation.deviceId().orElse(null);
        row.expiresAt = elevation.expiresAt().toEpochMilli();
        row.boundTo = elevation.boundTo().id();
        row.byItself = elevation.byItself();
        row.extending = elevation.extending().orElse(null);
        var review = elevation.review();
        row.reviewedBy = review.map(Review::officer).orElse(null);
        row.reviewedAt = millis(review.map(Review::at));
        row.reviewOutcome = review.map(Review::outcome).map(Review.Outcome::id).orElse(null);
        row.reviewComment = review.flatMap(Review::comment).orElse(null);
        row.reviewDue = elevation.emergency() && review.isEmpty() ? elevation.requester() : null;
        row.grantsHash = elevation.terms().map(Terms::grants).orElse(null);
        row.approvalHash = elevation.terms().map(Terms::approval).orElse(null);
        row.dueAt = due(elevation);
        row.slot = slot(elevation);
    }

    private static Long due(Elevation elevation) {
        return switch (elevation.status()) {
            case PENDING -> elevation.expiresAt().toEpochMilli();
            case SCHEDULED -> millis(elevation.byItself() ? elevation.start() : elevation.end());
            case ACTIVE -> millis(elevation.end());
            default -> null;
        };
    }

    private static String slot(Elevation elevation) {
        if (!elevation.status().open()) return elevation.id();
        var place = elevation
                .extending()
                .map(other -> "extending\n" + other)
                .orElseGet(() -> switch (elevation.boundTo()) {
                    case SESSION -> "session\n" + elevation.sessionId().orElse(elevation.id());
                    case DEVICE -> "device\n" + elevation.deviceId().orElse(elevation.id());
                    case USER -> "user";
                });
        return hash(elevation.requester() + "\n" + elevation.privilege() + "\n" + place);
    }

    private static String hash(String text) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static Elevation elevation(ElevationEntity row, List<Vote> votes) {
        return new Elevation(
                row.id,
                row.privilege,
                row.requesterId,
                // NB. What a later version wrote is over for this one.
                Status.of(row.status).orElse(Status.ENDED),
                Optional.ofNullable(row.justification),
                Optional.ofNullable(row.ticket),
                row.emergency,
                Instant.ofEpochMilli(row.requestedAt),
                time(row.decidedAt),
                time(row.startAt),
                time(row.endAt),
                Duration.ofMillis(row.durationMillis),
                Optional.ofNullable(row.endedBy).flatMap(EndedBy::of),
                votes,
                Optional.ofNullable(row.sessionId),
                Optional.ofNullable(row.deviceId),
                Instant.ofEpochMilli(row.expiresAt),
                BoundTo.valueOf(row.boundTo.toUpperCase(Locale.ROOT)),
                row.byItself,
                Optional.ofNullable(row.extending),
                Optional.ofNullable(row.reviewedBy).map(officer -> review(row, officer)),
                Optional.ofNullable(row.grantsHash).map(grants -> new Terms(grants, row.approvalHash)));
    }

    private static Review review(ElevationEntity row, String officer) {
        return new Review(
                officer,
                Review.Outcome.valueOf(row.reviewOutcome.toUpperCase(Locale.ROOT)),
                Optional.ofNullable(row.reviewComment),
                Instant.ofEpochMilli(row.reviewedAt));
    }

    private static VoteEntity row(Elevation elevation, Vote vote) {
        var row = new VoteEntity();
        row.elevationId = elevation.id();
        row.approverId = vote.approver();
        row.behalfOf = vote.onBehalfOf().orElse(null);
        row.decision = vote.decision().id();
        row.comment = vote.comment().orElse(null);
        row.votedAt = vote.at().toEpochMilli();
        return row;
    }

    static Vote vote(VoteEntity row) {
        return new Vote(
                row.approverId,
                Vote.Decision.valueOf(row.decision.toUpperCase(Locale.ROOT)),
                Optional.ofNullable(row.comment),
                Instant.ofEpochMilli(row.votedAt),
                Optional.ofNullable(row.behalfOf));
    }

    private static Long millis(Optional<Instant> time) {
        return time.map(Instant::toEpochMilli).orElse(null);
    }

    private static Optional<Instant> time(Long millis) {
        return Optional.ofNullable(millis).map(Instant::ofEpochMilli);
    }
}
