package dev.sallyport.events;

import dev.sallyport.watch.realm.PrivilegedSessions;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.keycloak.Config;
import org.keycloak.events.Event;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventListenerProviderFactory;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;

/**
 * Records what is done in privileged sessions. Listens in every realm, and records in those that are set up, so that taking
 * the listener off a realm's list ends no record of a realm with privileges.
 */
public final class WatchListener implements EventListenerProvider {

    private static final Logger LOG = Logger.getLogger(WatchListener.class);

    private final KeycloakSession session;

    private WatchListener(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public void onEvent(Event event) {
        try {
            recorded(event.getRealmId()).ifPresent(realm -> new UserEvents(session, realm).record(event));
        } catch (RuntimeException e) {
            // NB. What was refused stays refused, and what is over stays over.
            if (event.getError() != null || UserEvents.ends(event)) {
                LOG.errorf(e, "an event in realm %s could not be recorded", event.getRealmId());
            } else {
                Recording.stop(session, event.getRealmId(), e);
            }
        }
    }

    @Override
    public void onEvent(AdminEvent event, boolean includeRepresentation) {
        try {
            recorded(event.getRealmId()).ifPresent(realm -> new AdminEvents(session, realm).record(event));
        } catch (RuntimeException e) {
            Recording.stop(session, event.getRealmId(), e);
        }
    }

    private Optional<RealmModel> recorded(String realmId) {
        return Optional.ofNullable(session.realms().getRealm(realmId)).filter(PrivilegedSessions::recorded);
    }

    @Override
    public void close() {}

    /** Active everywhere. */
    public static final class Factory implements EventListenerProviderFactory {

        @Override
        public boolean isGlobal() {
            return true;
        }

        @Override
        public EventListenerProvider create(KeycloakSession session) {
            return new WatchListener(session);
        }

        @Override
        public String getId() {
            return "sallyport-watch";
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {
            factory.register(ModelChanges::follow);
        }

        @Override
        public void close() {}
    }
}
