package dev.sallyport.authenticators;

import dev.sallyport.access.Door;
import java.util.Optional;
import org.keycloak.authentication.authenticators.util.AcrStore;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * What the gate asks of the sub-flows that follow it, left in the authentication session since they run in later
 * requests. That something was asked says nothing about whether it was given: the gate judges anew when the flow ends.
 */
record StepUp(KeycloakSession session, AuthenticationSessionModel authSession) {

    private static final String REAUTHENTICATE = "sallyport.step-up.reauthenticate";
    private static final String LEVEL = "sallyport.step-up.level";
    private static final String GIVEN = "sallyport.step-up.given";
    private static final String REENTERED = "sallyport.step-up.reentered";

    /** The level that takes more than knowledge of a password. */
    private static final int SECOND_FACTOR = 2;

    /** Replaces what was asked before. */
    void ask(Optional<Integer> level, boolean reauthenticate) {
        authSession.removeAuthNote(REAUTHENTICATE);
        authSession.removeAuthNote(LEVEL);
        if (reauthenticate) authSession.setAuthNote(REAUTHENTICATE, "true");
        level.ifPresent(this::ask);
    }

    private void ask(int level) {
        authSession.setAuthNote(LEVEL, String.valueOf(level));
        // NB. As if the application had asked, so that Keycloak's own conditions lead there too. Never lower: it may
        // have
        // asked for more, and then insists on it.
        var requested = authSession.getClientNote(Constants.REQUESTED_LEVEL_OF_AUTHENTICATION);
        int higher = requested == null ? level : Math.max(level, Integer.parseInt(requested));
        authSession.setClientNote(Constants.REQUESTED_LEVEL_OF_AUTHENTICATION, String.valueOf(higher));
    }

    /** Whether a newer authentication is still missing. */
    boolean wantsReauthentication() {
        return authSession.getAuthNote(REAUTHENTICATE) != null;
    }

    /** Whether what gives that level is on the way to the level that is still missing. */
    boolean wants(int level) {
        var asked = authSession.getAuthNote(LEVEL);
        return asked != null && Integer.parseInt(asked) >= level && reached() < level;
    }

    /** Takes note that the user has authenticated anew, so that the session's time of authentication is renewed. */
    void reauthenticated() {
        authSession.removeAuthNote(REAUTHENTICATE);
        if (authSession.getAuthNote(AuthenticationManager.SSO_AUTH) != null) authSession.setAuthNote(REENTERED, "true");
        authSession.removeAuthNote(AuthenticationManager.SSO_AUTH);
        authSession.removeClientNote(AuthenticationManager.AUTH_TIME_BROKER);
    }

    /** Takes note of a level for this login and for the session, where Keycloak's own level conditions find it. */
    void reached(int level) {
        int before = reached();
        if (level >= SECOND_FACTOR) authSession.setAuthNote(GIVEN, "true");
        var levels = new AcrStore(session, authSession);
        levels.setLevelAuthenticated(level);
        levels.setLevelAuthenticatedToCurrentRequest(Math.max(before, level));
        authSession.setUserSessionNote(Constants.LOA_MAP, authSession.getAuthNote(Constants.LOA_MAP));
    }

    /** Whether the user gave a second factor during this authentication, and not only some time in this session. */
    boolean secondFactorGiven(Door door) {
        // NB. On re-entry a level of the session counts on for a while, for whoever has its cookie.
        boolean reentered = door == Door.SSO_REENTRY || authSession.getAuthNote(REENTERED) != null;
        return reentered ? authSession.getAuthNote(GIVEN) != null : reached() >= SECOND_FACTOR;
    }

    private int reached() {
        return new AcrStore(session, authSession).getLevelOfAuthenticationFromCurrentAuthentication();
    }
}
