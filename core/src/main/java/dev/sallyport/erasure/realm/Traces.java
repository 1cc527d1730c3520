package dev.sallyport.erasure.realm;

import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.util.List;
import java.util.Map;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * What the pack's tables say about a user, apart from the audit log. Rows that are about others as well stay, with a pseudonym
 * for the user and without what the user typed, or others about the user.
 */
record Traces(KeycloakSession session, RealmModel realm) {

    private static final List<String> ALWAYS = List.of(
            // NB. Before the requester is nobody whom these could be found by.
            "update VoteEntity v set v.comment = null where v.elevationId in (select e.id from ElevationEntity e"
                    + " where e.realmId = :realmId and e.requesterId = :userId)",
            "update ElevationEntity e set e.requesterId = :pseudonym, e.justification = null, e.ticket = null,"
                    + " e.sessionId = null, e.deviceId = null, e.reviewDue = null, e.reviewComment = null"
                    + " where e.realmId = :realmId and e.requesterId = :userId",
            "update ElevationEntity e set e.reviewedBy = :pseudonym, e.reviewComment = null"
                    + " where e.realmId = :realmId and e.reviewedBy = :userId",
            "update VoteEntity v set v.behalfOf = :pseudonym, v.comment = null where v.behalfOf = :userId"
                    + " and v.elevationId in (select e.id from ElevationEntity e where e.realmId = :realmId)",
            "update FindingEntity f set f.userId = :pseudonym, f.details = '{}', f.resolution = null, f.sessionId = null"
                    + " where f.realmId = :realmId and f.userId = :userId",
            "update FindingEntity f set f.resolvedBy = :pseudonym, f.resolution = null"
                    + " where f.realmId = :realmId and f.resolvedBy = :userId",
            "update ReviewItemEntity i set i.userId = :pseudonym, i.comment = null"
                    + " where i.realmId = :realmId and i.userId = :userId",
            // NB. Only undecided ones of who is gone get here: see open.
            "update ReviewItemEntity i set i.target = :pseudonym where i.realmId = :realmId and i.kind = 'user'"
                    + " and i.userId = :pseudonym",
            "update ReviewItemEntity i set i.decidedBy = :pseudonym, i.comment = null"
                    + " where i.realmId = :realmId and i.decidedBy = :userId",
            "update ReviewEntity r set r.openedBy = :pseudonym where r.realmId = :realmId and r.openedBy = :userId",
            "delete from DormancyEntity d where d.realmId = :realmId and d.userId = :userId",
            "delete from LoginHistoryEntity h where h.realmId = :realmId and h.userId = :userId");

    /** In SQL: they are parts of keys, which JPQL does not change. */
    private static final List<String> KEYS = List.of(
            "update {h-schema}SP_ELEVATION_VOTE set APPROVER_ID = :pseudonym, COMMENT_TEXT = null"
                    + " where APPROVER_ID = :userId"
                    + " and ELEVATION_ID in (select ID from {h-schema}SP_ELEVATION where REALM_ID = :realmId)",
            "update {h-schema}SP_ELEVATION_APPROVER set APPROVER_ID = :pseudonym"
                    + " where REALM_ID = :realmId and APPROVER_ID = :userId");

    /**
     * NB. Only of who is gone: as long as a device serves somebody it must not serve others. It stays somebody's afterwards,
     * since what is nobody's is everybody's.
     */
    private static final List<String> OF_WHO_IS_GONE = List.of(
            "update DeviceEntity d set d.ownerId = :pseudonym, d.displayName = null"
                    + " where d.realmId = :realmId and d.ownerId = :userId",
            "delete from TurnEntity t where t.realmId = :realmId"
                    + " and t.name in (concat('user ', :userId), concat('findings ', :userId))");

    private static final String ELEVATIONS = "select count(e) from ElevationEntity e where e.realmId = :realmId"
            + " and ((e.requesterId = :userId and e.status in ('pending', 'scheduled', 'active'))"
            + " or e.reviewDue = :userId"
            + " or (e.status in ('pending', 'scheduled', 'active') and exists (select 1"
            + " from VoteEntity v where v.elevationId = e.id"
            + " and (v.approverId = :userId or v.behalfOf = :userId))))";

    private static final String FINDINGS = "select count(f) from FindingEntity f where f.realmId = :realmId"
            + " and f.userId = :userId and f.resolvedAt is null";

    private static final String ITEMS = "select count(i) from ReviewItemEntity i where i.realmId = :realmId"
            + " and i.userId = :userId and i.decision is null";

    private static final String SESSIONS = "select s.sessionId from SessionEntity s where s.realmId = :realmId"
            + " and s.userId = :userId and s.watched = true";

    /**
     * Whether something of theirs is not over, an emergency of theirs was not reviewed or a finding about them not resolved; or
     * something on which they voted is not over: their vote would be nobody's. Of who is there also whether what they have is
     * under review, which would be nobody's as well, and whether a session is recorded whose end belongs to its beginning.
     */
    boolean open(String userId, boolean there) {
        return any(ELEVATIONS, userId) || any(FINDINGS, userId) || (there && (any(ITEMS, userId) || recorded(userId)));
    }

    // NB. A row may outlive its session.
    private boolean recorded(String userId) {
        return entities()
                .createQuery(SESSIONS, String.class)
                .setParameter("realmId", realm.getId())
                .setParameter("userId", userId)
                .getResultList()
                .stream()
                .anyMatch(id -> session.sessions().getUserSession(realm, id) != null
                        || session.sessions().getOfflineUserSession(realm, id) != null);
    }

    private boolean any(String count, String userId) {
        return entities()
                        .createQuery(count, Long.class)
                        .setParameter("realmId", realm.getId())
                        .setParameter("userId", userId)
                        .getSingleResult()
                > 0;
    }

    void erase(String userId, String pseudonym, boolean gone) {
        ALWAYS.forEach(statement -> run(entities().createQuery(statement), statement, userId, pseudonym));
        KEYS.forEach(statement -> run(entities().createNativeQuery(statement), statement, userId, pseudonym));
        if (gone)
            OF_WHO_IS_GONE.forEach(statement -> run(entities().createQuery(statement), statement, userId, pseudonym));
    }

    private void run(Query update, String statement, String userId, String pseudonym) {
        Map.of("realmId", realm.getId(), "userId", userId, "pseudonym", pseudonym)
                .forEach((name, value) -> {
                    if (statement.contains(":" + name)) update.setParameter(name, value);
                });
        update.executeUpdate();
    }

    private EntityManager entities() {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
