package dev.sallyport.events;

import dev.sallyport.audit.AuditEntry;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.document.Documents;
import java.util.HashMap;
import org.jboss.logging.Logger;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Writes down what Keycloak tells of, in the transaction of what it tells of. Keycloak swallows what a listener throws, so an
 * act that cannot be recorded is stopped where its transaction would be committed.
 */
record Recording(KeycloakSession session, RealmModel realm) {

    private static final Logger LOG = Logger.getLogger(Recording.class);

    /** Adds the entry of what happened. If it turns out not to have happened, that it was tried is kept. */
    void append(AuditEntry entry) {
        var transaction = session.getTransactionManager();
        if (!transaction.isActive()) {
            alone(session.getKeycloakSessionFactory(), realm.getId(), entry);
            return;
        }
        new JpaAuditLog(session, realm).append(entry);
        transaction.enlistAfterCompletion(new Attempted(session.getKeycloakSessionFactory(), realm.getId(), entry));
    }

    /** Has the transaction fail that this is told in. */
    static void stop(KeycloakSession session, String realmId, RuntimeException cause) {
        LOG.errorf(cause, "an event in realm %s cannot be recorded, so it is not to happen", realmId);
        var transaction = session.getTransactionManager();
        if (transaction.isActive()) transaction.enlistPrepare(new Stop(cause));
    }

    private static void alone(KeycloakSessionFactory factory, String realmId, AuditEntry entry) {
        KeycloakModelUtils.runJobInTransaction(factory, own -> {
            var realm = own.realms().getRealm(realmId);
            if (realm != null) new JpaAuditLog(own, realm).append(entry);
        });
    }

    private static final class Attempted extends AbstractKeycloakTransaction {

        private final KeycloakSessionFactory factory;
        private final String realmId;
        private final AuditEntry entry;

        Attempted(KeycloakSessionFactory factory, String realmId, AuditEntry entry) {
            this.factory = factory;
            this.realmId = realmId;
            this.entry = entry;
        }

        @Override
        protected void commitImpl() {}

        @Override
        protected void rollbackImpl() {
            try {
                var details = new HashMap<>(entry.details());
                details.put("outcome", Documents.toTree("rolled-back"));
                alone(factory, realmId, entry.with(details));
            } catch (RuntimeException e) {
                LOG.errorf(e, "what was rolled back in realm %s could not be recorded", realmId);
            }
        }
    }

    private static final class Stop extends AbstractKeycloakTransaction {

        private final RuntimeException cause;

        Stop(RuntimeException cause) {
            this.cause = cause;
        }

        @Override
        protected void commitImpl() {
            throw new IllegalStateException("The event cannot be recorded", cause);
        }

        @Override
        protected void rollbackImpl() {}
    }
}
