package dev.sallyport.elevation.realm;

import dev.sallyport.access.Subject;
import dev.sallyport.device.ProofMethod;
import dev.sallyport.device.Recognition;
import dev.sallyport.device.Recognition.Reason;
import dev.sallyport.device.Recognition.Recognised;
import dev.sallyport.device.Recognition.Unrecognised;
import dev.sallyport.device.realm.JpaDeviceStore;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.EndedBy;
import dev.sallyport.elevation.Forfeiture;
import dev.sallyport.elevation.Forfeiture.Standing;
import dev.sallyport.lock.Lock;
import dev.sallyport.lock.realm.LockProvider;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** How those stand now who have a privilege. Never throws; what cannot be told is lost. */
record Standings(KeycloakSession session, RealmModel realm, Clock clock) {

    private static final Logger LOG = Logger.getLogger(Standings.class);

    /** Why the elevation is not its holder's any more; empty as long as it is. */
    Optional<EndedBy> lost(Elevation elevation) {
        try {
            return clearlyLost(elevation);
        } catch (RuntimeException e) {
            LOG.errorf(
                    e,
                    "nobody can tell whether elevation %s in realm %s still holds, so it does not",
                    elevation.id(),
                    realm.getName());
            return Optional.of(EndedBy.ELIGIBILITY);
        }
    }

    /**
     * As {@link #lost}, but throws where that cannot be told: for who looks again later and ends for good, while doors refuse in
     * the meantime. A directory that stumbles for a moment would end everything otherwise.
     */
    Optional<EndedBy> clearlyLost(Elevation elevation) {
        var now = clock.instant();
        return Forfeiture.of(elevation, standing(elevation, now), now);
    }

    private Standing standing(Elevation elevation, Instant now) {
        Optional<Subject> holder = Optional.ofNullable(session.users().getUserById(realm, elevation.requester()))
                .filter(UserModel::isEnabled)
                .map(user -> OwnSubject.of(session, realm, user));
        return new Standing(
                PrivilegeProvider.find(realm, elevation.privilege()),
                holder,
                PrivilegeProvider.edited(realm, elevation.privilege(), elevation.requester()),
                locked(elevation, now),
                () -> device(elevation));
    }

    private boolean locked(Elevation elevation, Instant now) {
        var devices = elevation.deviceId().map(Set::of).orElse(Set.of());
        return !LockProvider.bars(realm, elevation.requester(), devices, now).isEmpty()
                || LockProvider.locks(realm).stream().anyMatch(held -> ofPrivilege(held, elevation.privilege(), now));
    }

    private static boolean ofPrivilege(Lock.Held held, String privilege, Instant now) {
        return held instanceof Lock.Valid valid
                && valid.inForce(now)
                && valid.lock().privilege().filter(privilege::equals).isPresent();
    }

    // NB. The proof was made when the privilege was activated; what is asked now is how that device is.
    private Recognition device(Elevation elevation) {
        if (elevation.deviceId().isEmpty()) return Recognition.unrecognised(Reason.NO_PROOF);
        var device =
                new JpaDeviceStore(session, realm).find(elevation.deviceId().get());
        if (device.isEmpty()) return new Unrecognised(Reason.NOT_REGISTERED, elevation.deviceId());
        if (!device.get().servesUser(elevation.requester())) {
            return new Unrecognised(Reason.OTHER_OWNER, elevation.deviceId());
        }
        return new Recognised(device.get(), ProofMethod.CERTIFICATE);
    }
}
