package dev.sallyport.audit.realm;

import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;

/**
 * Has a transaction fail whose record cannot be written before anything of it is done.
 *
 * <p>NB. Keycloak writes sessions to its caches before the database commits, and takes nothing of that back: a refresh token would be
 * used up, or a session over, by an act that did not happen. So records are written before that, which takes to be there before
 * Keycloak's sessions are asked for.
 */
public final class RecordFirst extends AbstractKeycloakTransaction {

    private static final String ATTRIBUTE = "sallyport.record-first";

    private final KeycloakSession session;
    private RuntimeException obstacle;
    private boolean records;

    private RecordFirst(KeycloakSession session) {
        this.session = session;
    }

    /** Begins with the transaction. */
    public static void begin(KeycloakSession session) {
        of(session);
    }

    /** Has the transaction fail, since what happens in it cannot be recorded. */
    public static void refuse(KeycloakSession session, RuntimeException cause) {
        of(session).obstacle = cause;
    }

    /** Takes note that there is something to be written. */
    static void expect(KeycloakSession session) {
        of(session).records = true;
    }

    private static RecordFirst of(KeycloakSession session) {
        var known = session.getAttribute(ATTRIBUTE, RecordFirst.class);
        if (known != null) return known;
        var made = new RecordFirst(session);
        var transaction = session.getTransactionManager();
        // NB. What happens without a transaction has none that could fail.
        if (!transaction.isActive()) return made;
        transaction.enlistPrepare(made);
        session.setAttribute(ATTRIBUTE, made);
        return made;
    }

    @Override
    protected void commitImpl() {
        if (obstacle != null) throw new IllegalStateException("What happens cannot be recorded", obstacle);
        if (records)
            session.getProvider(JpaConnectionProvider.class).getEntityManager().flush();
        session.removeAttribute(ATTRIBUTE);
    }

    @Override
    protected void rollbackImpl() {
        session.removeAttribute(ATTRIBUTE);
    }
}
