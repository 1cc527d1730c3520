package dev.sallyport.access.realm;

import dev.sallyport.access.AccessContext.Authentication;
import dev.sallyport.access.Door;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.keycloak.authentication.authenticators.util.AcrStore;
import org.keycloak.authentication.authenticators.util.LoAUtil;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.ClientModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.utils.AcrUtils;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.sessions.AuthenticationSessionModel;

/** How strongly a user authenticated, and when, as Keycloak keeps it. */
final class AuthenticationStrength {

    private final KeycloakSession session;
    private final RealmModel realm;
    private final Clock clock;

    AuthenticationStrength(KeycloakSession session, RealmModel realm, Clock clock) {
        this.session = session;
        this.realm = realm;
        this.clock = clock;
    }

    /** Of a user who has shown nothing. */
    Authentication none() {
        return new Authentication(Constants.MINIMUM_LOA, levels(), Optional.empty());
    }

    /** Of a user who will have approved a login elsewhere. */
    Authentication begun() {
        return new Authentication(1, levels(), Optional.of(clock.instant()));
    }

    /** @param ongoing the session that is re-entered or joined */
    Authentication ofLogin(Door door, AuthenticationSessionModel authSession, Optional<UserSessionModel> ongoing) {
        boolean sso = door == Door.SSO_REENTRY;
        int level = new AcrStore(session, authSession).getLevelOfAuthenticationFromCurrentAuthentication();
        // NB. What a machine does by itself, anybody's visit from it sets off.
        boolean old = sso || ongoing.filter(Reauthentication::due).isPresent() && unattended(door, authSession);
        Optional<Instant> at = old
                ? ongoing.filter(this::beganWithLogin).flatMap(AuthenticationStrength::authenticatedAt)
                : Optional.ofNullable(authSession.getClientNote(AuthenticationManager.AUTH_TIME_BROKER))
                        .flatMap(AuthenticationStrength::seconds)
                        .or(() -> Optional.of(clock.instant()));
        return new Authentication(level(level, sso), levels(), at);
    }

    private boolean unattended(Door door, AuthenticationSessionModel authSession) {
        return door != Door.BROKERED_LOGIN && new UnattendedLogin(session, realm).is(authSession);
    }

    /** What was shown for that client in the session. */
    Authentication ofSession(UserSessionModel userSession, ClientModel client) {
        if (!beganWithLogin(userSession)) return none();
        var clientSession = Optional.ofNullable(userSession.getAuthenticatedClientSessionByClient(client.getId()));
        int level = clientSession.map(AuthenticationStrength::level).orElse(Constants.MINIMUM_LOA);
        return new Authentication(level, levels(), authenticatedAt(userSession));
    }

    private boolean beganWithLogin(UserSessionModel userSession) {
        return SessionOrigin.beganWithLogin(session, userSession);
    }

    private static int level(AuthenticatedClientSessionModel clientSession) {
        return level(
                LoAUtil.getCurrentLevelOfAuthentication(clientSession),
                AuthenticationManager.isSSOAuthentication(clientSession));
    }

    // NB. As Keycloak's own acr claim: without levels in the flow a login is level 1 and a re-entry level 0.
    private static int level(int reached, boolean sso) {
        return reached >= Constants.MINIMUM_LOA ? reached : sso ? 0 : 1;
    }

    private static Optional<Instant> authenticatedAt(UserSessionModel userSession) {
        return Optional.ofNullable(userSession.getNote(AuthenticationManager.AUTH_TIME))
                .flatMap(AuthenticationStrength::seconds)
                .or(() -> Optional.of(Instant.ofEpochSecond(userSession.getStarted())));
    }

    private static Optional<Instant> seconds(String note) {
        try {
            return Optional.of(Instant.ofEpochSecond(Long.parseLong(note)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /**
     * The realm's names of levels. A client's own map is not asked: whoever may edit a client must not be able to redefine
     * what a policy of the realm means.
     */
    Map<String, Integer> levels() {
        return AcrUtils.getAcrLoaMap(realm);
    }
}
