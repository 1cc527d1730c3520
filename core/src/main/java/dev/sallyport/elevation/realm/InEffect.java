package dev.sallyport.elevation.realm;

import dev.sallyport.access.realm.RealmSubject;
import dev.sallyport.access.realm.SessionOrigin;
import dev.sallyport.device.Device;
import dev.sallyport.device.Recognition;
import dev.sallyport.device.realm.DeviceRecognition;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.Forfeiture;
import dev.sallyport.elevation.Forfeiture.Standing;
import dev.sallyport.logic.Once;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import dev.sallyport.request.realm.RequestMemory;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.keycloak.models.Constants;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;

/** Which elevations a session has at this moment, by the clock and by everything that must still hold. */
record InEffect(Registry registry) {

    /** What was read for this request already, by realm and user. */
    static final String CACHE = "sallyport.elevations";

    private static final Logger LOG = Logger.getLogger(InEffect.class);

    List<Elevation> of(UserSessionModel userSession) {
        var user = userSession.getUser();
        if (!carries(userSession) || !Roster.person(user)) return List.of();
        if (PrivilegeProvider.held(registry.realm()).isEmpty()) return List.of();
        try {
            var now = registry.now();
            var device = Once.of(() -> new DeviceRecognition(registry.session(), registry.realm(), registry.clock())
                    .ofSession(userSession, user));
            return granted(user).stream()
                    .filter(elevation -> elevation.inEffect(now))
                    .filter(elevation ->
                            bound(elevation, userSession, () -> device.get().known()))
                    .filter(elevation -> Forfeiture.of(elevation, standing(elevation, userSession, device), now)
                            .isEmpty())
                    .map(elevation -> elevation.at(now))
                    .toList();
        } catch (RuntimeException e) {
            LOG.errorf(
                    e,
                    "elevations of user %s in realm %s could not be told, so there are none",
                    user.getId(),
                    registry.realm().getName());
            return List.of();
        }
    }

    boolean possible(UserModel user) {
        return !PrivilegeProvider.held(registry.realm()).isEmpty()
                && !granted(user).isEmpty();
    }

    // NB. An offline token outlives everything that an elevation rests on, and what is made of it for one request is no
    // better. Whoever is in somebody's place got nothing approved.
    private boolean carries(UserSessionModel userSession) {
        var copyOf = userSession.getNote(Constants.CREATED_FROM_PERSISTENT);
        return !userSession.isOffline()
                && !Constants.CREATED_FROM_PERSISTENT_OFFLINE.equals(copyOf)
                && !SessionOrigin.standsIn(registry.session(), userSession);
    }

    private Standing standing(Elevation elevation, UserSessionModel userSession, Supplier<Recognition> device) {
        var devices = Stream.concat(DeviceRecognition.startedOn(userSession).stream(), elevation.deviceId().stream())
                .collect(Collectors.toUnmodifiableSet());
        return new Standing(
                PrivilegeProvider.find(registry.realm(), elevation.privilege()),
                Optional.of(registry.subject(userSession.getUser())),
                PrivilegeProvider.edited(registry.realm(), elevation.privilege(), elevation.requester()),
                registry.locked(elevation.requester(), devices, Optional.of(elevation.privilege())),
                device);
    }

    private static boolean bound(Elevation elevation, UserSessionModel userSession, Supplier<Optional<Device>> device) {
        return switch (elevation.boundTo()) {
            case USER -> true;
            case DEVICE ->
                elevation
                        .deviceId()
                        .filter(id ->
                                device.get().map(Device::id).filter(id::equals).isPresent())
                        .isPresent();
            // NB. A session that was elevated on a device stays on it.
            case SESSION ->
                elevation.sessionId().filter(userSession.getId()::equals).isPresent()
                        && Asked.in(userSession).has(elevation.id())
                        && elevation
                                .deviceId()
                                .map(DeviceRecognition.startedOn(userSession)::contains)
                                .orElse(true);
        };
    }

    void readAhead(Set<String> userIds) {
        if (userIds.isEmpty() || PrivilegeProvider.held(registry.realm()).isEmpty()) return;
        var granted = registry.store().grantedTo(userIds);
        userIds.forEach(id -> memory().put(id, granted.getOrDefault(id, List.of())));
        new Assignments(registry.session(), registry.realm(), registry.clock()).readAhead(granted.keySet());
    }

    // NB. Most users are named by no privilege, and so have nothing: no database is asked about them.
    private List<Elevation> granted(UserModel user) {
        return memory().get(user.getId(), () -> named(user) ? registry.store().grantedTo(user.getId()) : List.of());
    }

    // NB. By all that they are now, also for a while: whoever is not named so is not eligible by less either.
    private boolean named(UserModel user) {
        var realm = registry.realm();
        return PrivilegeProvider.mayName(realm, new RealmSubject(registry.session(), realm, user));
    }

    private RequestMemory<List<Elevation>> memory() {
        return new RequestMemory<>(registry.session(), registry.realm(), CACHE);
    }
}
