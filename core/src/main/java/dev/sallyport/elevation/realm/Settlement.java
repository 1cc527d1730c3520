package dev.sallyport.elevation.realm;

import dev.sallyport.server.realm.Realms;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Takes note of what the clock did, so that one that fails does not keep the others. Any number of nodes can do so at once:
 * the second one passes over what the first one is at.
 */
record Settlement(KeycloakSessionFactory factory) {

    private static final Logger LOG = Logger.getLogger(Settlement.class);
    private static final int PAGE = 100;
    private static final int THREADS = 4;

    /** How many are written down in one transaction. */
    private static final int SHARE = 10;

    private record Due(String realmId, String id) {}

    /** @param next when the next one is due after these, in epoch milliseconds; null when none is */
    private record Page(List<Due> due, Long next) {}

    /**
     * All that is due. What fails is passed over, and is for the next time.
     *
     * @return in how many milliseconds the next one is due, if it is not later than that
     */
    long run(long most) {
        int failed = 0;
        while (true) {
            int passed = failed;
            var page = KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> page(session, passed));
            failed += failures(page.due());
            if (page.due().size() < PAGE) {
                long now = Clock.systemUTC().millis();
                return page.next() == null ? most : Math.max(0, Math.min(most, page.next() - now));
            }
        }
    }

    // NB. In another order on each node, so that those who look at the same time do not meet at each.
    private int failures(List<Due> page) {
        var shuffled = new ArrayList<>(page);
        Collections.shuffle(shuffled);
        var shares = IntStream.iterate(0, first -> first < shuffled.size(), first -> first + SHARE)
                .mapToObj(first -> shuffled.subList(first, Math.min(first + SHARE, shuffled.size())))
                .toList();
        if (shares.isEmpty()) return 0;
        if (shares.size() == 1) return failuresOf(shares.get(0));
        var threads = Executors.newFixedThreadPool(THREADS);
        try {
            var results = threads.invokeAll(shares.stream()
                    .<Callable<Integer>>map(share -> () -> failuresOf(share))
                    .toList());
            int failed = 0;
            for (var result : results) failed += result.get();
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

    // NB. Together, which is sooner for all; each by itself where one fails, so that it does not keep the others.
    private int failuresOf(List<Due> share) {
        try {
            return KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> {
                int passed = 0;
                for (var due : share) if (!settle(session, due)) passed++;
                return passed;
            });
        } catch (RuntimeException e) {
            if (share.size() > 1) {
                return share.stream().mapToInt(due -> failuresOf(List.of(due))).sum();
            }
            var due = share.get(0);
            LOG.warnf(e, "elevation %s in realm %s is over, which could not be written down", due.id(), due.realmId());
            return 1;
        }
    }

    private static Page page(KeycloakSession session, int passed) {
        long now = Clock.systemUTC().millis();
        var entities = session.getProvider(JpaConnectionProvider.class).getEntityManager();
        var due = entities.createNamedQuery("dueElevations", Object[].class)
                .setParameter("now", now)
                .setFirstResult(passed)
                .setMaxResults(PAGE)
                .getResultStream()
                .map(row -> new Due((String) row[0], (String) row[1]))
                .toList();
        var next = entities.createNamedQuery("nextDueElevation", Long.class)
                .setParameter("now", now)
                .getSingleResult();
        return new Page(due, next);
    }

    // NB. What somebody else is at is passed over like what fails: whoever waited for it would keep others waiting.
    private static boolean settle(KeycloakSession session, Due due) {
        // NB. The elevations of a realm that is gone go with it, in a transaction that is not over yet.
        return Realms.enter(session, due.realmId())
                .map(realm -> new Elevations(session, realm, Clock.systemUTC()).settle(due.id()))
                .orElse(false);
    }
}
