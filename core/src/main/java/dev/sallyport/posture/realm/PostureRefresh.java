package dev.sallyport.posture.realm;

import dev.sallyport.device.realm.JpaDeviceStore;
import dev.sallyport.server.realm.Realms;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Keeps fresh what is known of the devices that have sessions: whoever stays signed in comes to no browser door for hours.
 * One node at a time does so, whichever is first when it is time.
 */
final class PostureRefresh {

    private static final Logger LOG = Logger.getLogger(PostureRefresh.class);

    private static final String LEASE = "posture-refresh";
    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final int PAGE = 200;

    private final KeycloakSessionFactory factory;
    private final PosturePull pull;
    private final Clock clock;

    PostureRefresh(KeycloakSessionFactory factory, PosturePull pull, Clock clock) {
        this.factory = factory;
        this.pull = pull;
        this.clock = clock;
    }

    void run() {
        try {
            if (!first()) return;
            KeycloakModelUtils.runJobInTransactionWithResult(
                            factory, session -> Realms.having(session, PostureSourceProvider.class))
                    .forEach(this::realm);
        } catch (RuntimeException e) {
            LOG.warnf(e, "devices with sessions could not be asked about; the next attempt follows in %s", EVERY);
        }
    }

    private boolean first() {
        if (take()) return true;
        boolean made = KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> {
            if (entities(session).find(LeaseEntity.class, LEASE) != null) return false;
            var lease = new LeaseEntity();
            lease.name = LEASE;
            // NB. If another node makes it at the same time, this insertion fails and so does this attempt.
            entities(session).persist(lease);
            return true;
        });
        return made && take();
    }

    private boolean take() {
        return KeycloakModelUtils.runJobInTransactionWithResult(
                factory,
                session -> entities(session)
                                .createNamedQuery("takeLease")
                                .setParameter("name", LEASE)
                                .setParameter("now", clock.millis())
                                .setParameter("until", clock.millis() + EVERY.toMillis())
                                .executeUpdate()
                        > 0);
    }

    private void realm(String realmId) {
        var sources = KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> Optional.ofNullable(
                        session.realms().getRealm(realmId))
                .map(realm ->
                        PostureSources.expected(session, realm).freshness().cache())
                .orElse(Map.of()));
        sources.forEach((source, cache) -> {
            var after = Optional.of(" ");
            while (after.isPresent() && pull.idle()) after = page(realmId, source, cache, after.get());
        });
    }

    /** @return where the next page begins; empty after the last */
    private Optional<String> page(String realmId, String source, Duration cache, String after) {
        return KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> {
            var realm = Realms.enter(session, realmId);
            if (realm.isEmpty()) return Optional.<String>empty();
            var ids = entities(session)
                    .createNamedQuery("devicesToAskAbout", String.class)
                    .setParameter("realmId", realmId)
                    .setParameter("source", source)
                    .setParameter("after", after)
                    .setParameter("since", clock.instant().minus(cache).toEpochMilli())
                    .setMaxResults(PAGE)
                    .getResultList();
            var devices = new JpaDeviceStore(session, realm.get());
            for (var id : ids) devices.find(id).ifPresent(device -> PosturePull.sighted(session, realm.get(), device));
            return ids.size() < PAGE ? Optional.empty() : Optional.of(ids.get(ids.size() - 1));
        });
    }

    private static EntityManager entities(KeycloakSession session) {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
