package dev.sallyport.elevation.realm;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Takes note of what the clock did, each in a transaction of its own, so that one that fails does not keep the others. Any
 * number of nodes can do so at once: the second one finds that it is done.
 */
record Settlement(KeycloakSessionFactory factory) {

    private static final Logger LOG = Logger.getLogger(Settlement.class);
    private static final int PAGE = 100;
    private static final int THREADS = 4;

    private record Due(String realmId, String id) {}

    /** All that is due. What fails is passed over, and is for the next time. */
    void run() {
        int failed = 0;
        for (boolean more = true; more; ) {
            int passed = failed;
            var page = KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> due(session, passed));
            failed += failures(page);
            more = page.size() == PAGE;
        }
    }

    /** In how many milliseconds the next one is due, if it is not later than that. */
    long untilNext(long most) {
        return KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> {
            long now = Clock.systemUTC().millis();
            var next = session.getProvider(JpaConnectionProvider.class)
                    .getEntityManager()
                    .createNamedQuery("nextDueElevation", Long.class)
                    .setParameter("now", now)
                    .getSingleResult();
            return next == null ? most : Math.min(most, next - now);
        });
    }

    // NB. In another order on each node, so that those who look at the same time do not wait for each other at each.
    private int failures(List<Due> page) {
        var shuffled = new ArrayList<>(page);
        Collections.shuffle(shuffled);
        if (shuffled.isEmpty()) return 0;
        if (shuffled.size() == 1) return settled(shuffled.get(0)) ? 0 : 1;
        var threads = Executors.newFixedThreadPool(THREADS);
        try {
            var results = threads.invokeAll(shuffled.stream()
                    .<Callable<Boolean>>map(due -> () -> settled(due))
                    .toList());
            int failed = 0;
            for (var result : results) if (!result.get()) failed++;
            return failed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the server stops", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private boolean settled(Due due) {
        try {
            KeycloakModelUtils.runJobInTransaction(factory, session -> settle(session, due));
            return true;
        } catch (RuntimeException e) {
            LOG.warnf(e, "elevation %s in realm %s is over, which could not be written down", due.id(), due.realmId());
            return false;
        }
    }

    private static List<Due> due(KeycloakSession session, int passed) {
        return session.getProvider(JpaConnectionProvider.class)
                .getEntityManager()
                .createNamedQuery("dueElevations", Object[].class)
                .setParameter("now", Clock.systemUTC().millis())
                .setFirstResult(passed)
                .setMaxResults(PAGE)
                .getResultStream()
                .map(row -> new Due((String) row[0], (String) row[1]))
                .toList();
    }

    private static void settle(KeycloakSession session, Due due) {
        var realm = session.realms().getRealm(due.realmId());
        if (realm == null) return;
        session.getContext().setRealm(realm);
        new Elevations(session, realm, Clock.systemUTC()).settle(due.id());
    }
}
