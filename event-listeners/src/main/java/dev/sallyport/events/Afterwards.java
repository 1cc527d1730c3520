package dev.sallyport.events;

import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;

/**
 * What is written in a transaction of its own once the one is over in which Keycloak tells of a refusal: that one is nested in
 * the request's already, and each holds a connection to the database.
 */
final class Afterwards extends AbstractKeycloakTransaction {

    private final Runnable work;

    private Afterwards(Runnable work) {
        this.work = work;
    }

    /** @param work does not throw */
    static void run(KeycloakSession session, Runnable work) {
        var transaction = session.getTransactionManager();
        if (transaction.isActive()) transaction.enlistAfterCompletion(new Afterwards(work));
        else work.run();
    }

    @Override
    protected void commitImpl() {
        work.run();
    }

    // NB. That what was refused is taken back does not make it less refused.
    @Override
    protected void rollbackImpl() {
        work.run();
    }
}
