package dev.sallyport.access.realm;

import dev.sallyport.access.DeviceRequirement;
import dev.sallyport.access.Door;
import dev.sallyport.device.Device;
import dev.sallyport.device.Recognition;
import dev.sallyport.device.realm.DeviceRecognition;
import dev.sallyport.lock.realm.LockProvider;
import dev.sallyport.logic.Truth;
import java.time.Clock;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * Whether a device meets what somebody else than an access policy asks of it: a condition in a flow, or an authorization
 * policy. Whoever is locked, or whose device is, has none. Leaves no trace, so it can be asked any number of times. Never
 * throws; what goes wrong is unknown.
 */
public record DeviceCheck(KeycloakSession session, RealmModel realm, Clock clock) {

    private static final Logger LOG = Logger.getLogger(DeviceCheck.class);

    public DeviceCheck(KeycloakSession session) {
        this(session, session.getContext().getRealm(), Clock.systemUTC());
    }

    /**
     * Asks about the device that this very request comes from.
     *
     * @param authSession the ongoing authentication; as long as its user is not known, whose device it is is not either
     */
    public Truth atBrowser(Door door, AuthenticationSessionModel authSession, DeviceRequirement requirement) {
        var user = authSession.getAuthenticatedUser();
        if (user == null) return Truth.UNKNOWN;
        return met(requirement, user, Set.of(), () -> new AccessGate(session, realm, clock).look(door, authSession));
    }

    /** Asks about the device that the session was started on, as it is now. */
    public Truth ofSession(UserSessionModel userSession, DeviceRequirement requirement) {
        var user = userSession.getUser();
        return met(requirement, user, DeviceRecognition.startedOn(userSession), () -> new DeviceRecognition(
                        session, realm, clock)
                .ofSession(userSession, user));
    }

    private Truth met(
            DeviceRequirement requirement, UserModel user, Set<String> startedOn, Supplier<Recognition> device) {
        try {
            var now = clock.instant();
            var recognition = device.get();
            var devices = Stream.concat(startedOn.stream(), recognition.known().map(Device::id).stream())
                    .collect(Collectors.toUnmodifiableSet());
            // NB. Not "no": there are those who grant something when a device is known to be ill.
            if (!LockProvider.bars(realm, user.getId(), devices, now).isEmpty()) return Truth.UNKNOWN;
            return requirement.met(recognition, now);
        } catch (RuntimeException e) {
            LOG.errorf(e, "a device in realm %s could not be checked", realm.getName());
            return Truth.UNKNOWN;
        }
    }
}
