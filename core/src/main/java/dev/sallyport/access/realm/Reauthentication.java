package dev.sallyport.access.realm;

import dev.sallyport.access.Unmet;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.util.TokenUtil;

/**
 * What a session was asked for: that its user authenticates anew before anything more is had by it. It is kept in the session, where
 * every door finds it at no cost, and goes when a login that is more than a re-entry has passed the last door.
 */
public final class Reauthentication {

    private static final String NOTE = "sallyport.authenticate-after";

    /** The note of a login that keeps which session it entered by its cookie. */
    private static final String ENTERED = "sallyport.entered";

    private Reauthentication() {}

    /** Asks for it, of the session and of the offline session of that id. */
    public static boolean demand(KeycloakSession session, RealmModel realm, String sessionId, Instant now) {
        var found = both(session, realm, sessionId).toList();
        found.forEach(userSession -> userSession.setNote(NOTE, now.toString()));
        return !found.isEmpty();
    }

    /** Whether a mere re-entry is not enough. */
    public static boolean due(UserSessionModel userSession) {
        return userSession.getNote(NOTE) != null;
    }

    /**
     * Whether the login is to be shown instead of entering the session by its cookie. Takes note of the session that is
     * entered otherwise.
     *
     * @param userSession null where Keycloak asks whether another identity provider is to show its login
     */
    public static boolean insteadOfReentry(UserSessionModel userSession, AuthenticationSessionModel authSession) {
        var prompt = authSession.getClientNote(OIDCLoginProtocol.PROMPT_PARAM);
        if (userSession == null) return TokenUtil.hasPrompt(prompt, OIDCLoginProtocol.PROMPT_VALUE_LOGIN);
        if (!due(userSession)) {
            authSession.setAuthNote(ENTERED, userSession.getId());
            return false;
        }
        // NB. As if the application had asked: Keycloak hands that on to another identity provider, which has a session
        // too.
        authSession.setClientNote(OIDCLoginProtocol.PROMPT_PARAM, withLogin(prompt));
        return true;
    }

    private static String withLogin(String prompt) {
        if (TokenUtil.hasPrompt(prompt, OIDCLoginProtocol.PROMPT_VALUE_LOGIN)) return prompt;
        boolean more = TokenUtil.hasPrompt(prompt, OIDCLoginProtocol.PROMPT_VALUE_CONSENT);
        return (more ? OIDCLoginProtocol.PROMPT_VALUE_CONSENT + " " : "") + OIDCLoginProtocol.PROMPT_VALUE_LOGIN;
    }

    /**
     * Whether it entered a session by its cookie of which more was asked since, or which is over. Nobody may go on with
     * such a login.
     */
    public static boolean overtaken(KeycloakSession session, RealmModel realm, AuthenticationSessionModel authSession) {
        if (!reentry(authSession)) return false;
        var entered = Optional.ofNullable(authSession.getAuthNote(ENTERED));
        return entered.map(id ->
                        entered(session, realm, id).map(Reauthentication::due).orElse(true))
                .orElse(false);
    }

    /**
     * The session that a login entered by its cookie.
     *
     * <p>NB. Not that of the request: whoever goes on with the login may leave the cookie out.
     */
    static Optional<UserSessionModel> entered(
            KeycloakSession session, RealmModel realm, AuthenticationSessionModel authSession) {
        return Optional.ofNullable(authSession.getAuthNote(ENTERED)).flatMap(id -> entered(session, realm, id));
    }

    private static Optional<UserSessionModel> entered(KeycloakSession session, RealmModel realm, String id) {
        return Optional.ofNullable(session.sessions().getUserSession(realm, id));
    }

    private static boolean reentry(AuthenticationSessionModel authSession) {
        return authSession.getAuthNote(AuthenticationManager.SSO_AUTH) != null;
    }

    /**
     * What is missing.
     *
     * @param authenticated when the user last gave proof of identity; empty when that is not known
     */
    static Optional<Unmet> unmet(UserSessionModel userSession, Optional<Instant> authenticated) {
        return Optional.ofNullable(userSession.getNote(NOTE))
                .map(Reauthentication::time)
                .filter(since -> authenticated.filter(at -> at.isAfter(since)).isEmpty())
                .map(since -> Unmet.of("reauthentication", since, authenticated));
    }

    // NB. Nobody has authenticated after a time that cannot be read.
    private static Instant time(String note) {
        try {
            return Instant.parse(note);
        } catch (DateTimeException e) {
            return Instant.MAX;
        }
    }

    /** Takes note that the user has. */
    static void given(KeycloakSession session, RealmModel realm, UserSessionModel userSession) {
        if (!due(userSession)) return;
        userSession.removeNote(NOTE);
        Optional.ofNullable(session.sessions().getOfflineUserSession(realm, userSession.getId()))
                .ifPresent(offline -> offline.removeNote(NOTE));
    }

    private static Stream<UserSessionModel> both(KeycloakSession session, RealmModel realm, String sessionId) {
        return Stream.of(
                        Optional.ofNullable(session.sessions().getUserSession(realm, sessionId)),
                        Optional.ofNullable(session.sessions().getOfflineUserSession(realm, sessionId)))
                .flatMap(Optional::stream);
    }
}
