package dev.sallyport.session.realm;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Clock;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.ProviderEvent;

/**
 * Has the sessions looked at again that a change touches. Whoever makes the change asks for it in the same transaction: a
 * change that is acknowledged is then never without its consequences, whatever happens to this server. The work itself
 * begins once the change is committed, and on no request's thread.
 */
public final class Reevaluation {

    /** This node, while it runs. */
    static final String NODE = UUID.randomUUID().toString();

    /**
     * How long others leave a new row to the node that made the change. It begins at once; and theirs may not have heard yet
     * that what they keep in their caches is old.
     */
    private static final long FIRST_RIGHT_MILLIS = 2_000;

    private static final String REQUESTED = "sallyport.reevaluation";

    /** Sorts before every id; not the empty text, which some databases take for null. */
    static final String BEGINNING = " ";

    private Reevaluation() {}

    /** Which sessions a change touches. */
    public enum Scope {
        DEVICE,
        USER,
        REALM;

        @JsonValue
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Told on the node that made a change, once it is committed. */
    public record Requested(KeycloakSessionFactory factory) implements ProviderEvent {}

    /** The sessions that were started on a device, because of what is known of it. */
    public static void ofDevice(KeycloakSession session, RealmModel realm, String deviceId) {
        request(session, realm, Scope.DEVICE, deviceId);
    }

    /** The sessions of a user, because of who they are. */
    public static void ofUser(KeycloakSession session, RealmModel realm, String userId) {
        request(session, realm, Scope.USER, userId);
    }

    /** All sessions of a realm, because of its rules. */
    public static void ofRealm(KeycloakSession session, RealmModel realm) {
        request(session, realm, Scope.REALM, realm.getId());
    }

    private record Asked(String realmId, Scope scope, String subject) {}

    private static void request(KeycloakSession session, RealmModel realm, Scope scope, String subject) {
        if (!asked(session).add(new Asked(realm.getId(), scope, subject))) return;
        var row = new ReevaluationEntity();
        row.id = UUID.randomUUID().toString();
        row.realmId = realm.getId();
        row.scope = scope.id();
        row.subject = subject;
        row.requestedAt = Clock.systemUTC().millis();
        row.worker = NODE;
        row.leaseUntil = row.requestedAt + FIRST_RIGHT_MILLIS;
        row.position = BEGINNING;
        session.getProvider(JpaConnectionProvider.class).getEntityManager().persist(row);
    }

    /** What was asked for in this transaction already: a change of a user comes as a handful of events. */
    private static Set<Asked> asked(KeycloakSession session) {
        @SuppressWarnings("unchecked")
        var known = (Set<Asked>) session.getAttribute(REQUESTED, Set.class);
        if (known != null) return known;
        var asked = new HashSet<Asked>();
        session.setAttribute(REQUESTED, asked);
        session.getTransactionManager().enlistAfterCompletion(new Announcement(session));
        return asked;
    }

    private static final class Announcement extends AbstractKeycloakTransaction {

        private final KeycloakSession session;

        Announcement(KeycloakSession session) {
            this.session = session;
        }

        @Override
        protected void commitImpl() {
            session.removeAttribute(REQUESTED);
            var factory = session.getKeycloakSessionFactory();
            factory.publish(new Requested(factory));
        }

        @Override
        protected void rollbackImpl() {
            session.removeAttribute(REQUESTED);
        }
    }
}
