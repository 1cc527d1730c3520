package dev.sallyport.persistence;

import dev.sallyport.access.realm.PolicyImpactEntity;
import dev.sallyport.audit.realm.AuditCheckEntity;
import dev.sallyport.audit.realm.AuditEntryEntity;
import dev.sallyport.audit.realm.AuditGapEntity;
import dev.sallyport.audit.realm.AuditKeyEntity;
import dev.sallyport.audit.realm.AuditTileEntity;
import dev.sallyport.audit.realm.AuditTreeEntity;
import dev.sallyport.audit.realm.RetentionEntity;
import dev.sallyport.delivery.realm.DeadLetterEntity;
import dev.sallyport.delivery.realm.SinkEntity;
import dev.sallyport.detection.realm.DetectionEntity;
import dev.sallyport.detection.realm.DormancyEntity;
import dev.sallyport.detection.realm.LookEntity;
import dev.sallyport.device.realm.DeviceEntity;
import dev.sallyport.elevation.realm.AssignmentEntity;
import dev.sallyport.elevation.realm.DelegationEntity;
import dev.sallyport.elevation.realm.ElevationApproverEntity;
import dev.sallyport.elevation.realm.ElevationEntity;
import dev.sallyport.elevation.realm.Elevations;
import dev.sallyport.elevation.realm.TurnEntity;
import dev.sallyport.elevation.realm.VoteEntity;
import dev.sallyport.erasure.realm.ErasureEntity;
import dev.sallyport.finding.realm.FindingEntity;
import dev.sallyport.posture.realm.LeaseEntity;
import dev.sallyport.posture.realm.PostureEntity;
import dev.sallyport.privilege.realm.DirectoryGrantEntity;
import dev.sallyport.privilege.realm.EditorsEntity;
import dev.sallyport.protection.realm.ProtectionEntity;
import dev.sallyport.review.realm.ReviewEntity;
import dev.sallyport.review.realm.ReviewItemEntity;
import dev.sallyport.risk.realm.LoginHistoryEntity;
import dev.sallyport.session.realm.ReevaluationEntity;
import dev.sallyport.session.realm.SessionEntity;
import java.util.List;
import org.keycloak.Config;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.connections.jpa.entityprovider.JpaEntityProvider;
import org.keycloak.connections.jpa.entityprovider.JpaEntityProviderFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** All tables of the pack, under one changelog: Keycloak keeps one table of applied changes per provider. */
public final class SallyportJpaEntityProvider implements JpaEntityProvider {

    private static final String ID = "sallyport";

    @Override
    public List<Class<?>> getEntities() {
        return List.of(
                DeviceEntity.class,
                AuditEntryEntity.class,
                AuditTreeEntity.class,
                AuditTileEntity.class,
                AuditKeyEntity.class,
                AuditCheckEntity.class,
                AuditGapEntity.class,
                RetentionEntity.class,
                ErasureEntity.class,
                ReviewEntity.class,
                ReviewItemEntity.class,
                LoginHistoryEntity.class,
                PolicyImpactEntity.class,
                PostureEntity.class,
                LeaseEntity.class,
                SessionEntity.class,
                ReevaluationEntity.class,
                ElevationEntity.class,
                VoteEntity.class,
                ElevationApproverEntity.class,
                DelegationEntity.class,
                TurnEntity.class,
                AssignmentEntity.class,
                EditorsEntity.class,
                DirectoryGrantEntity.class,
                FindingEntity.class,
                DetectionEntity.class,
                LookEntity.class,
                DormancyEntity.class,
                ProtectionEntity.class,
                SinkEntity.class,
                DeadLetterEntity.class);
    }

    @Override
    public String getChangelogLocation() {
        return "META-INF/sallyport-changelog.xml";
    }

    @Override
    public String getFactoryId() {
        return ID;
    }

    @Override
    public void close() {}

    /** Creates the one instance, and removes the rows of a realm or user together with it. */
    public static final class Factory implements JpaEntityProviderFactory {

        @Override
        public JpaEntityProvider create(KeycloakSession session) {
            return new SallyportJpaEntityProvider();
        }

        @Override
        public void postInit(KeycloakSessionFactory factory) {
            factory.register(event -> {
                if (event instanceof RealmModel.RealmRemovedEvent removed) {
                    removeRows(removed.getKeycloakSession(), removed.getRealm().getId());
                }
                if (event instanceof UserModel.UserRemovedEvent removed) {
                    Elevations.removed(removed.getKeycloakSession(), removed.getRealm(), removed.getUser());
                    removeRows(
                            removed.getKeycloakSession(),
                            removed.getRealm().getId(),
                            removed.getUser().getId());
                }
            });
        }

        private static void removeRows(KeycloakSession session, String realmId) {
            var entities = session.getProvider(JpaConnectionProvider.class).getEntityManager();
            for (var query : List.of(
                    "removeDevicesOfRealm",
                    "removeAuditEntriesOfRealm",
                    "removeAuditTreeOfRealm",
                    "removeAuditTilesOfRealm",
                    "removeAuditKeysOfRealm",
                    "removeAuditCheckOfRealm",
                    "removeAuditGapsOfRealm",
                    "removeAuditRetentionOfRealm",
                    "removeErasuresOfRealm",
                    "removeReviewsOfRealm",
                    "removeReviewItemsOfRealm",
                    "removeLoginHistoriesOfRealm",
                    "removePolicyImpactOfRealm",
                    "removeSessionsOfRealm",
                    "removeReevaluationsOfRealm",
                    "removeElevationsOfRealm",
                    "removeDelegationsOfRealm",
                    "removeTurnsOfRealm",
                    "removeAssignmentsOfRealm",
                    "removeEditorsOfRealm",
                    "removeDirectoryGrantsOfRealm",
                    "removeFindingsOfRealm",
                    "removeDetectionsOfRealm",
                    "removeLooksOfRealm",
                    "removeDormancyOfRealm",
                    "removeProtectionOfRealm",
                    "removeSinksOfRealm",
                    "removeDeadLettersOfRealm")) {
                entities.createNamedQuery(query)
                        .setParameter("realmId", realmId)
                        .executeUpdate();
            }
        }

        private static void removeRows(KeycloakSession session, String realmId, String userId) {
            var entities = session.getProvider(JpaConnectionProvider.class).getEntityManager();
            for (var query : List.of(
                    "removeLoginHistoryOfUser",
                    "removeAssignmentsOfUser",
                    "removeSessionsOfUser",
                    "removeTurnsOfUser",
                    "removeDormancyOfUser",
                    "removeDirectoryGrantsOfUser",
                    "removeDelegationsOfUser")) {
                entities.createNamedQuery(query)
                        .setParameter("realmId", realmId)
                        .setParameter("userId", userId)
                        .executeUpdate();
            }
        }

        @Override
        public String getId() {
            return ID;
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void close() {}
    }
}
