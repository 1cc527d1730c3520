package dev.sallyport.erasure.realm;

import dev.sallyport.server.realm.Realms;
import dev.sallyport.server.realm.Steps;
import java.time.Clock;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;

/** Goes on with what was asked for, each step in a transaction of its own. Any number of nodes may do so. */
public record ErasureRun(KeycloakSessionFactory factory) implements Runnable {

    private static final Logger LOG = Logger.getLogger(ErasureRun.class);

    @Override
    public void run() {
        KeycloakModelUtils.runJobInTransactionWithResult(factory, Erasures::open)
                .forEach(this::run);
    }

    private void run(String id) {
        try {
            Steps.take(factory, session -> step(session, id));
        } catch (RuntimeException e) {
            LOG.warnf(e, "erasure %s stopped; the next look goes on with it", id);
        }
    }

    private static boolean step(KeycloakSession session, String id) {
        var row = Erasures.take(session, id);
        return row.flatMap(taken -> Realms.enter(session, taken.realmId))
                .map(realm -> new Erasures(session, realm, Clock.systemUTC()).step(row.get()))
                .orElse(false);
    }
}
