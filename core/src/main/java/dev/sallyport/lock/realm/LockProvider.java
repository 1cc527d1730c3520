package dev.sallyport.lock.realm;

import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.configuration.realm.DocumentFactory;
import dev.sallyport.device.realm.DeviceRecognition;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.document.realm.DocumentComponents;
import dev.sallyport.lock.Lock;
import dev.sallyport.lock.Lock.Bar;
import dev.sallyport.lock.Lock.Held;
import dev.sallyport.server.realm.PackSpi;
import dev.sallyport.session.realm.Reevaluation;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.keycloak.common.util.Time;
import org.keycloak.component.ComponentModel;
import org.keycloak.component.ComponentValidationException;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.provider.Provider;

/** A realm's locks, one component each; its name is the id of the lock. */
public final class LockProvider implements Provider {

    /** The provider id of a lock's component. */
    public static final String ID = "sallyport-lock";

    private LockProvider() {}

    /** Every lock of the realm, also those that are over and those that cannot be read. */
    public static List<Held> locks(RealmModel realm) {
        return documents(realm)
                .all(component ->
                        Lock.readAnyway(String.valueOf(component.getName()), DocumentComponents.document(component)));
    }

    /** What keeps this user, on these devices, out now; from the realm cache. */
    public static List<Bar> bars(RealmModel realm, String userId, Set<String> deviceIds, Instant now) {
        return locks(realm).stream()
                .flatMap(lock -> lock.bar(userId, deviceIds, now).stream())
                .toList();
    }

    /**
     * What keeps out the one whose request this is, as far as the realm's locks concern them: users of another realm are
     * not locked by this one's.
     */
    public static List<Bar> barsOfCaller(KeycloakSession session, RealmModel realm, Instant now) {
        var caller = Optional.ofNullable(session.getContext().getUserSession())
                .filter(userSession -> userSession.getRealm().getId().equals(realm.getId()));
        return caller.map(userSession ->
                        bars(realm, userSession.getUser().getId(), DeviceRecognition.startedOn(userSession), now))
                .orElse(List.of());
    }

    static void put(RealmModel realm, String id, Lock lock) {
        documents(realm).put(id, Documents.write(lock));
    }

    /** @return whether there was such a lock */
    public static boolean lift(RealmModel realm, String id) {
        return documents(realm).remove(id);
    }

    private static DocumentComponents documents(RealmModel realm) {
        return new DocumentComponents(realm, LockProvider.class, ID);
    }

    @Override
    public void close() {}

    /**
     * Validates and records every change, through whichever API it comes, and has the sessions ended that a lock shuts out. Whoever is locked changes no lock: Keycloak's
     * component API accepts tokens that our doors refuse.
     */
    public static final class Factory extends DocumentFactory<LockProvider> {

        public Factory() {
            super(ID, "lock", "Refuses a user or a device at every door.", LockProvider::new);
        }

        @Override
        protected void validate(KeycloakSession session, RealmModel realm, ComponentModel model)
                throws ComponentValidationException {
            refuseTheLocked(session, realm);
            Lock.read(DocumentComponents.document(model));
        }

        private static void refuseTheLocked(KeycloakSession session, RealmModel realm) {
            if (!barsOfCaller(session, realm, Clock.systemUTC().instant()).isEmpty()) {
                throw new ComponentValidationException("An administrator who is locked cannot change locks");
            }
        }

        @Override
        public void onCreate(KeycloakSession session, RealmModel realm, ComponentModel model) {
            set(session, realm, model);
        }

        @Override
        public void onUpdate(KeycloakSession session, RealmModel realm, ComponentModel old, ComponentModel model) {
            record(session, realm, "lock.lifted", old);
            set(session, realm, model);
        }

        private static void set(KeycloakSession session, RealmModel realm, ComponentModel model) {
            lockedUser(session, realm, model).ifPresent(user -> disownTokens(session, realm, user));
            record(session, realm, "lock.set", model);
            lock(model).ifPresent(lock -> {
                lock.user().ifPresent(user -> Reevaluation.ofUser(session, realm, user));
                lock.device().ifPresent(device -> Reevaluation.ofDevice(session, realm, device));
                lock.privilege().ifPresent(privilege -> Reevaluation.ofRealm(session, realm));
            });
        }

        // NB. Tokens of service accounts have no session that could be ended, and Keycloak's own API accepts them until
        // they expire. The next second, since a token of this one bears the same time of issue.
        private static void disownTokens(KeycloakSession session, RealmModel realm, UserModel user) {
            session.users().setNotBeforeForUser(realm, user, Time.currentTime() + 1);
        }

        @Override
        public void preRemove(KeycloakSession session, RealmModel realm, ComponentModel model) {
            refuseTheLocked(session, realm);
            record(session, realm, "lock.lifted", model);
        }

        private static void record(KeycloakSession session, RealmModel realm, String type, ComponentModel model) {
            var entry = AuditEntries.of(session, type)
                    .with("lock", model.getName())
                    .with("document", DocumentComponents.document(model));
            lockedUser(session, realm, model).ifPresent(entry::about);
            lock(model).flatMap(Lock::device).ifPresent(device -> entry.about("device", device)
                    .on(Optional.of(device)));
            new JpaAuditLog(session, realm).append(entry.at(Clock.systemUTC()));
        }

        private static Optional<UserModel> lockedUser(KeycloakSession session, RealmModel realm, ComponentModel model) {
            return lock(model)
                    .flatMap(Lock::user)
                    .flatMap(id -> Optional.ofNullable(session.users().getUserById(realm, id)));
        }

        private static Optional<Lock> lock(ComponentModel model) {
            try {
                return Optional.of(Lock.read(DocumentComponents.document(model)));
            } catch (DocumentFault fault) {
                return Optional.empty();
            }
        }
    }

    /** Makes the component type known to Keycloak. */
    public static final class ProviderSpi extends PackSpi {

        public ProviderSpi() {
            super(ID, LockProvider.class, Factory.class);
        }
    }
}
