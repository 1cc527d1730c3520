package dev.sallyport.review.realm;

import dev.sallyport.review.realm.Reviews.Undecided;
import dev.sallyport.server.realm.Realms;
import java.time.Clock;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;

/** Has silence have its effect where deadlines are over, an item and a transaction at a time. Any number of nodes may do so. */
public final class ReviewRun implements Runnable {

    private static final Logger LOG = Logger.getLogger(ReviewRun.class);
    private static final long PAUSE_MILLIS = 60_000;
    private static final int TRIES = 2;

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
            for (int from = 0; from >= 0; ) from = page(due, from);
            act(due, reviews -> reviews.closeIfDecided(due.id()));
        } catch (RuntimeException e) {
            paused.put(due.id(), now + PAUSE_MILLIS);
            LOG.warnf(e, "review %s in realm %s could not be closed; it is tried again", due.id(), due.realmId());
        }
    }

    /** @return where the next page begins; negative when there is none */
    private int page(Due due, int from) {
        var page = inRealm(due, reviews -> Optional.of(reviews.undecided(due.id(), from)))
                .orElse(List.of());
        for (var item : page) settle(due, item);
        return page.size() < Reviews.PAGE ? -1 : page.get(page.size() - 1).position() + 1;
    }

    // NB. What cannot be taken from one must not keep it for all who come after.
    private void settle(Due due, Undecided item) {
        for (int tried = 0; tried < TRIES; tried++) if (settled(due, item)) return;
        act(due, reviews -> reviews.giveUp(due.id(), item.id()));
    }

    private boolean settled(Due due, Undecided item) {
        try {
            act(due, reviews -> reviews.settle(due.id(), item.id()));
            return true;
        } catch (ConcurrentModificationException e) {
            // NB. Somebody changes the privilege, or this node has not heard of a change yet; that passes.
            paused.put(due.id(), Clock.systemUTC().millis() + PAUSE_MILLIS);
            LOG.warnf(e, "item %s of review %s is tried again later", item.id(), due.id());
            return true;
        } catch (RuntimeException e) {
            LOG.warnf(e, "what item %s of review %s is about could not be taken away", item.id(), due.id());
            return false;
        }
    }

    private void act(Due due, Consumer<Reviews> work) {
        var done = inRealm(due, reviews -> {
            work.accept(reviews);
            return Optional.of(due);
        });
        if (done.isEmpty()) LOG.debugf("realm %s is gone", due.realmId());
    }

    private <T> Optional<T> inRealm(Due due, Function<Reviews, Optional<T>> work) {
        return KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> Realms.enter(session, due.realmId())
                .flatMap(realm -> work.apply(new Reviews(session, realm, Clock.systemUTC()))));
    }
}
