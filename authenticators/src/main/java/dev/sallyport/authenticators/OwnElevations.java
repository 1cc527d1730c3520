package dev.sallyport.authenticators;

import dev.sallyport.access.AccessContext.Authentication;
import dev.sallyport.device.Device;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.Status;
import dev.sallyport.elevation.realm.Actor;
import dev.sallyport.elevation.realm.Elevations;
import dev.sallyport.privilege.BoundTo;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.sessions.CommonClientSessionModel.ExecutionStatus;

/**
 * What of a user's elevations concerns the session that a login leads to.
 *
 * @param name of the privilege
 */
record OwnElevations(
        KeycloakSession session,
        RealmModel realm,
        AuthenticationSessionModel authSession,
        Elevations elevations,
        String name) {

    /** The note with the id of the request that this login waits for; the privilege's name follows. */
    private static final String REQUEST = "sallyport.elevation.request.";

    private static final int MOST = 1_000;

    /** From now on this login is about that one, whatever becomes of it. */
    void await(Elevation elevation) {
        authSession.setAuthNote(REQUEST + name, elevation.id());
    }

    boolean awaits(Elevation elevation) {
        return elevation.id().equals(authSession.getAuthNote(REQUEST + name));
    }

    void forget() {
        authSession.removeAuthNote(REQUEST + name);
    }

    Actor actor() {
        return actor(session, authSession);
    }

    /**
     * Who acts in a login.
     *
     * <p>NB. Keycloak counts a level as reached by a user who is still to set up the credential for it. That lets nobody in
     * before it is done, but what is done here is done at once.
     */
    static Actor actor(KeycloakSession session, AuthenticationSessionModel authSession) {
        var actor = Actor.ofLogin(session, authSession);
        if (!authSession.getExecutionStatus().containsValue(ExecutionStatus.SETUP_REQUIRED)) return actor;
        var claimed = actor.authentication();
        var shown = new Authentication(Constants.NO_LOA, claimed.levels(), claimed.at());
        return actor.having(shown);
    }

    /**
     * What this login waits for, or else what of the user is in effect here or open, as it is now. What is active need not be
     * had here: see {@link #has}.
     */
    Optional<Elevation> current(Actor actor) {
        var awaited = Optional.ofNullable(authSession.getAuthNote(REQUEST + name))
                .flatMap(elevations::find)
                .filter(found -> found.requester().equals(actor.user().getId()))
                .filter(found -> found.status() != Status.ACTIVE || here(actor, found));
        return awaited.or(() -> ofUser(actor, Status.ACTIVE)
                        .filter(found -> inEffect(actor, found))
                        .findFirst())
                .or(() -> ofUser(actor, Status.ACTIVE)
                        .filter(found -> ofThisBrowser(actor, found) && !actor.askedFor(found))
                        .findFirst())
                .or(() -> ofUser(actor, Status.PENDING)
                        .filter(this::asAskedFor)
                        .filter(found -> here(actor, found) || ofThisBrowser(actor, found) || abandoned(found))
                        .findFirst())
                .or(() -> ofUser(actor, Status.SCHEDULED).findFirst());
    }

    /** Whether the session that this login leads to has what is active. */
    boolean has(Actor actor, Elevation active) {
        return here(actor, active) || inEffect(actor, active);
    }

    // NB. Of another one nothing can come any more but a new request, for which the form is there.
    private boolean asAskedFor(Elevation elevation) {
        return PrivilegeProvider.find(realm, name).filter(elevation::asAskedFor).isPresent();
    }

    private Stream<Elevation> ofUser(Actor actor, Status status) {
        return elevations.ofRequester(actor.user(), Optional.of(status), 0, MOST).stream()
                .filter(found ->
                        found.privilege().equals(name) && found.extending().isEmpty());
    }

    private boolean inEffect(Actor actor, Elevation elevation) {
        // NB. In a login that is not complete there is no session yet of which to ask what it has.
        return actor.sessionId()
                .map(id -> session.sessions().getUserSession(realm, id))
                .map(ongoing -> elevations.inEffect(ongoing).stream()
                        .anyMatch(found -> found.id().equals(elevation.id())))
                .orElseGet(() -> here(actor, elevation));
    }

    /** Whether the session that this login leads to is the one that has it, or will have it. */
    private static boolean here(Actor actor, Elevation elevation) {
        return switch (elevation.boundTo()) {
            case SESSION -> ofThisBrowser(actor, elevation) && actor.askedFor(elevation);
            case DEVICE ->
                elevation.deviceId().isPresent()
                        && elevation.deviceId().equals(actor.device().known().map(Device::id));
            case USER -> true;
        };
    }

    /**
     * Whether it was asked for in a login of this browser, though perhaps in another one: Keycloak starts over what timed out, and
     * all lead to sessions of one id.
     */
    private static boolean ofThisBrowser(Actor actor, Elevation elevation) {
        return elevation.boundTo() == BoundTo.SESSION
                && elevation.sessionId().isPresent()
                && elevation.sessionId().equals(actor.sessionId());
    }

    /** Whether the login or the session in which it was asked for is gone: once approved, it is activated in another one. */
    private boolean abandoned(Elevation elevation) {
        return !elevations.there(elevation);
    }
}
