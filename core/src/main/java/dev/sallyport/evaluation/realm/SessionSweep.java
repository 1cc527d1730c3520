package dev.sallyport.evaluation.realm;

import dev.sallyport.elevation.realm.ElevationEnds;
import dev.sallyport.server.realm.Realms;
import dev.sallyport.session.realm.SessionIndex;
import dev.sallyport.watch.realm.PrivilegedSessions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Removes the rows of sessions whose end nobody told: Keycloak is asked about each, page by page. Cleaning up only; a row
 * without a session harms nobody.
 */
record SessionSweep(KeycloakSessionFactory factory) {

    /** Younger rows are left alone: one is written a moment before its session is. */
    private static final Duration GRACE = Duration.ofHours(1);

    private static final int PAGE = 200;

    /** @return how many rows were removed */
    int run() {
        var realms = KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> session.realms()
                .getRealmsStream()
                .map(RealmModel::getId)
                .toList());
        return realms.stream().mapToInt(this::sweep).sum();
    }

    private int sweep(String realmId) {
        int removed = 0;
        var position = Optional.of(SessionIndex.BEGINNING);
        while (position.isPresent()) {
            var from = position.get();
            var swept =
                    KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> Realms.enter(session, realmId)
                            .map(realm -> page(session, realm, from))
                            .orElse(new Swept(0, Optional.empty())));
            removed += swept.removed();
            position = swept.last();
        }
        return removed;
    }

    private record Swept(int removed, Optional<String> last) {}

    private static Swept page(KeycloakSession session, RealmModel realm, String from) {
        var index = new SessionIndex(session, realm);
        List<String> ids = index.olderThan(Clock.systemUTC().instant().minus(GRACE), from, PAGE);
        var gone = index.gone(ids);
        var elevations = new ElevationEnds(session, realm, Clock.systemUTC());
        var records = new PrivilegedSessions(session, realm);
        gone.forEach(id -> {
            index.forget(id);
            elevations.ofSession(id);
            records.ended(id, "expired");
        });
        return new Swept(gone.size(), ids.size() < PAGE ? Optional.empty() : Optional.of(ids.get(ids.size() - 1)));
    }
}
