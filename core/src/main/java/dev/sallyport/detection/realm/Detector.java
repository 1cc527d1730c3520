package dev.sallyport.detection.realm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.document.Documents;
import dev.sallyport.server.realm.Daemons;
import dev.sallyport.server.realm.Realms;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Looks at what was recorded, one entry a transaction, which takes its row away: of two nodes that look at once the second
 * waits for the first and finds nothing, and what a dead node had begun another one finds as it was.
 */
final class Detector {

    private static final Logger LOG = Logger.getLogger(Detector.class);
    /** What only a response has that is to be taken, and no entry. */
    private static final String RESPONSE = "response";

    // NB. Few: what is to be done about the first of them comes before all that is still to be looked at.
    private static final int PAGE = 5;

    private static final int MOST_ATTEMPTS = 4;
    private static final long LOOK_MILLIS = 1_000;
    private static final Duration SOON = Duration.ofMillis(200);
    private static final Duration LATER = Duration.ofSeconds(5);

    private final KeycloakSessionFactory factory;
    private final Clock clock = Clock.systemUTC();
    private final AtomicBoolean awake = new AtomicBoolean();
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(Daemons.named("sallyport-detection"));

    Detector(KeycloakSessionFactory factory) {
        this.factory = factory;
    }

    void start() {
        thread.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    void stop() {
        thread.shutdownNow();
    }

    /** Looks at once. */
    void wake() {
        if (!awake.compareAndSet(false, true)) return; // somebody is about to look
        try {
            thread.execute(this::look);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("nothing more is detected: the server stops");
        }
    }

    private void look() {
        awake.set(false);
        try {
            var failed = new HashSet<String>();
            for (var due = due(failed); !due.isEmpty(); due = due(failed)) {
                for (var id : due) if (!detect(id)) failed.add(id);
            }
        } catch (RuntimeException e) {
            LOG.error("what was recorded could not be looked at; the next look will", e);
        }
    }

    private List<String> due(Set<String> failed) {
        return KeycloakModelUtils.runJobInTransactionWithResult(
                factory, session -> session.getProvider(JpaConnectionProvider.class)
                        .getEntityManager()
                        .createNamedQuery("dueDetections", String.class)
                        .setParameter("now", clock.millis())
                        .setParameter("soon", clock.millis() + Signals.FIRST_RIGHT_MILLIS)
                        .setParameter("worker", Signals.NODE)
                        .setMaxResults(PAGE)
                        .getResultStream()
                        .filter(id -> !failed.contains(id))
                        .toList());
    }

    private boolean detect(String id) {
        try {
            KeycloakModelUtils.runJobInTransaction(factory, session -> detect(session, id));
            return true;
        } catch (RuntimeException e) {
            LOG.errorf(e, "entry of detection %s could not be looked at; it is tried again", id);
            postpone(id);
            return false;
        }
    }

    private void detect(KeycloakSession session, String id) {
        var entities = session.getProvider(JpaConnectionProvider.class).getEntityManager();
        var row = entities.find(DetectionEntity.class, id);
        if (row == null) return;
        entities.detach(row);
        if (entities.createNamedQuery("takeDetection").setParameter("id", id).executeUpdate() == 0) return;
        var realm = Realms.enter(session, row.realmId);
        if (realm.isEmpty()) return;
        var work = Documents.tree(row.entry);
        if (work.has(RESPONSE)) responses(session, realm.get(), work).take();
        else new DetectionRun(session, realm.get(), work, clock).run();
    }

    private Responses responses(KeycloakSession session, RealmModel realm, JsonNode work) {
        return new Responses(session, realm, clock, Documents.bind(work, Pending.class));
    }

    private void postpone(String id) {
        try {
            KeycloakModelUtils.runJobInTransaction(factory, session -> {
                var entities = session.getProvider(JpaConnectionProvider.class).getEntityManager();
                var row = entities.find(DetectionEntity.class, id, LockModeType.PESSIMISTIC_WRITE);
                if (row == null) return;
                // NB. Two that met in the database need not meet again; what fails once more is likely to go on
                // failing.
                row.dueAt =
                        clock.instant().plus(row.attempts == 0 ? SOON : LATER).toEpochMilli();
                if (++row.attempts < MOST_ATTEMPTS) return;
                var work = Documents.tree(row.entry);
                if (work.has(RESPONSE)) {
                    Realms.enter(session, row.realmId)
                            .ifPresent(realm -> responses(session, realm, work).failed());
                }
                LOG.errorf(
                        "entry of detection %s is given up: %s",
                        id, Documents.tree(row.entry).path("id").asText());
                entities.remove(row);
            });
        } catch (RuntimeException e) {
            LOG.warnf(e, "entry of detection %s could not be postponed", id);
        }
    }
}
