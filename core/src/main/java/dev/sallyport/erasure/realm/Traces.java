package dev.sallyport.erasure.realm;

import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Map;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * What the pack's tables say about a user, apart from the audit log. Rows that are about others as well stay, with a pseudonym
 * for the user and without what the user typed.
 */
record Traces(KeycloakSession session, RealmModel realm) {

    private static final List<String> ALWAYS = List.of(
            "update ElevationEntity e set e.requesterId = :pseudonym, e.justification = null, e.ticket = null,"
                    + " e.sessionId = null, e.deviceId = null, e.reviewDue = null"
                    + " where e.realmId = :realmId and e.requesterId = :userId",
            "update ElevationEntity e set e.reviewedBy = :pseudonym, e.reviewComment = null"
                    + " where e.realmId = :realmId and e.reviewedBy = :userId",
            "update VoteEntity v set v.approverId = :pseudonym, v.comment = null where v.approverId = :userId"
                    + " and v.elevationId in (select e.id from ElevationEntity e where e.realmId = :realmId)",
            "update VoteEntity v set v.behalfOf = :pseudonym where v.behalfOf = :userId"
                    + " and v.elevationId in (select e.id from ElevationEntity e where e.realmId = :realmId)",
            "update ElevationApproverEntity a set a.approverId = :pseudonym"
                    + " where a.realmId = :realmId and a.approverId = :userId",
            "update FindingEntity f set f.userId = :pseudonym, f.details = '{}'"
                    + " where f.realmId = :realmId and f.userId = :userId",
            "update FindingEntity f set f.resolvedBy = :pseudonym, f.resolution = null"
                    + " where f.realmId = :realmId and f.resolvedBy = :userId",
            "update ReviewItemEntity i set i.userId = :pseudonym, i.comment = null"
                    + " where i.realmId = :realmId and i.userId = :userId",
            "update ReviewItemEntity i set i.target = :pseudonym where i.realmId = :realmId and i.kind = 'user'"
                    + " and i.userId = :pseudonym",
            "update ReviewItemEntity i set i.decidedBy = :pseudonym, i.comment = null"
                    + " where i.realmId = :realmId and i.decidedBy = :userId",
            "update ReviewEntity r set r.openedBy = :pseudonym where r.realmId = :realmId and r.openedBy = :userId",
            "delete from LoginHistoryEntity h where h.realmId = :realmId and h.userId = :userId");

    /**
     * NB. Only of who is gone: as long as a device serves somebody it must not serve others. It stays somebody's afterwards,
     * since what is nobody's is everybody's.
     */
    private static final List<String> OF_WHO_IS_GONE =
            List.of("update DeviceEntity d set d.ownerId = :pseudonym, d.displayName = null"
                    + " where d.realmId = :realmId and d.ownerId = :userId");

    /** Whether something of theirs is not over, or an emergency of theirs was not reviewed. */
    boolean open(String userId) {
        return entities()
                        .createQuery(
                                "select count(e) from ElevationEntity e where e.realmId = :realmId"
                                        + " and ((e.requesterId = :userId and e.status in ('pending', 'scheduled', 'active'))"
                                        + " or e.reviewDue = :userId)",
                                Long.class)
                        .setParameter("realmId", realm.getId())
                        .setParameter("userId", userId)
                        .getSingleResult()
                > 0;
    }

    void erase(String userId, String pseudonym, boolean gone) {
        ALWAYS.forEach(statement -> run(statement, userId, pseudonym));
        if (gone) OF_WHO_IS_GONE.forEach(statement -> run(statement, userId, pseudonym));
    }

    private void run(String statement, String userId, String pseudonym) {
        var update = entities().createQuery(statement);
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
