package dev.sallyport.audit.realm;

import dev.sallyport.server.realm.Realms;
import dev.sallyport.server.realm.Steps;
import java.time.Clock;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;

/** Removes what realms do not keep any longer, a page and a transaction at a time. Any number of nodes may do so. */
public record RetentionRun(KeycloakSessionFactory factory) implements Runnable {

    private static final Logger LOG = Logger.getLogger(RetentionRun.class);

    @Override
    public void run() {
        KeycloakModelUtils.runJobInTransactionWithResult(factory, AuditRetention::realms)
                .forEach(this::run);
    }

    private void run(String realmId) {
        try {
            Steps.take(factory, session -> step(session, realmId));
        } catch (RuntimeException e) {
            LOG.warnf(e, "what is too old in the audit log of realm %s is removed the next time", realmId);
        }
    }

    private static boolean step(KeycloakSession session, String realmId) {
        return Realms.enter(session, realmId)
                .map(realm -> new AuditRetention(session, realm, Clock.systemUTC()).prune())
                .orElse(false);
    }
}
