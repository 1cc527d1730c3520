package dev.sallyport.elevation.realm;

import dev.sallyport.access.AccessContext.Authentication;
import dev.sallyport.access.Door;
import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.access.realm.SessionOrigin;
import dev.sallyport.device.Device;
import dev.sallyport.device.Recognition;
import dev.sallyport.elevation.Elevation;
import java.time.Instant;
import java.util.Optional;
import org.keycloak.authentication.AuthenticatorUtil;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * Who acts, how strongly they authenticated and on which device: read from the session or the login, never from a token.
 *
 * @param sessionId the session, also when the login that makes it is not complete yet
 * @param asked what the session, or the login that makes it, asked for itself
 * @param impersonated whether somebody else may be in the user's place
 */
public record Actor(
        UserModel user,
        Optional<String> sessionId,
        Authentication authentication,
        Recognition device,
        Asked asked,
        boolean impersonated) {

    /** Of a session that calls by the back channel: the device is the one that it was started on. */
    public static Actor ofSession(KeycloakSession session, UserSessionModel userSession, ClientModel client) {
        var standing = new AccessGate(session).standingOf(userSession, client);
        return new Actor(
                userSession.getUser(),
                Optional.of(userSession.getId()),
                standing.authentication(),
                standing.device(),
                Asked.in(userSession),
                SessionOrigin.standsIn(session, userSession));
    }

    /** Of a login that goes on: the device is proven anew. */
    public static Actor ofLogin(KeycloakSession session, AuthenticationSessionModel authSession) {
        var door = AuthenticatorUtil.isSSOAuthentication(authSession) ? Door.SSO_REENTRY : Door.BROWSER_LOGIN;
        return ofLogin(session, door, authSession);
    }

    /** As {@link #ofLogin(KeycloakSession, AuthenticationSessionModel)}, by a door that the caller knows. */
    public static Actor ofLogin(KeycloakSession session, Door door, AuthenticationSessionModel authSession) {
        var standing = new AccessGate(session).standingOf(door, authSession);
        return new Actor(
                authSession.getAuthenticatedUser(),
                // NB. The session that a login makes gets the id of what the browser's tabs have in common.
                standing.ongoing()
                        .map(UserSessionModel::getId)
                        .or(() -> Optional.of(authSession.getParentSession().getId())),
                standing.authentication(),
                standing.device(),
                Asked.in(authSession, standing.ongoing()),
                standing.ongoing()
                        .filter(ongoing -> SessionOrigin.standsIn(session, ongoing))
                        .isPresent());
    }

    /** The same, who has shown something else. */
    public Actor having(Authentication shown) {
        return new Actor(user, sessionId, shown, device, asked, impersonated);
    }

    /** Whether the session, or the login that makes it, is the one that asked for the elevation or activated it. */
    public boolean askedFor(Elevation elevation) {
        return asked.has(elevation.id());
    }

    /** Takes note that somebody sees, in the login that asked for it, that it is not decided yet. */
    public void awaits(Elevation elevation, Instant now) {
        if (askedFor(elevation)) asked.awaits(elevation.id(), now);
    }

    String id() {
        return user.getId();
    }

    Optional<String> deviceId() {
        return device.known().map(Device::id);
    }
}
