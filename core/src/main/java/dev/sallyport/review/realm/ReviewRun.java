package dev.sallyport.review.realm;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;

/** Has silence have its effect where deadlines are over, a page and a transaction at a time. Any number of nodes may do so. */
public final class ReviewRun implements Runnable {

    private static final Logger LOG = Logger.getLogger(ReviewRun.class);
    private static final long PAUSE_MILLIS = 60_000;

    private final KeycloakSessionFactory factory;

    /** When one that failed is tried again, by its id; others need not wait for it. */
    private final Map<String, Long> paused = new HashMap<>();

    public ReviewRun(KeycloakSessionFactory factory) {
        this.factory = factory;
    }

    private record Due(String realmId, String id) {}

    @Override
    public void run() {
        KeycloakModelUtils.runJobInTransactionWithResult(factory, ReviewRun::due)
                .forEach(this::run);
    }

    private static List<Due> due(KeycloakSession session) {
        return session.getProvider(JpaConnectionProvider.class)
                .getEntityManager()
                .createNamedQuery("dueReviews", Object[].class)
                .setParameter("now", Clock.systemUTC().millis())
                .getResultStream()
                .map(row -> new Due((String) row[0], (String) row[1]))
                .toList();
    }

    private void run(Due due) {
        long now = Clock.systemUTC().millis();
        paused.values().removeIf(until -> until <= now);
        if (paused.containsKey(due.id())) return;
        try {
            for (boolean more = true; more; ) {
                more = KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> step(session, due));
            }
        } catch (RuntimeException e) {
            paused.put(due.id(), now + PAUSE_MILLIS);
            LOG.warnf(e, "review %s in realm %s could not be closed; it is tried again", due.id(), due.realmId());
        }
    }

    private static boolean step(KeycloakSession session, Due due) {
        var realm = session.realms().getRealm(due.realmId());
        if (realm == null) return false;
        session.getContext().setRealm(realm);
        return new Reviews(session, realm, Clock.systemUTC()).settle(due.id());
    }
}
