package dev.sallyport.authenticators;

import org.keycloak.models.Constants;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * What the gate asks of the sub-flows that follow it, left in the authentication session since they run in later
 * requests. That something was asked says nothing about whether it was given: the gate judges anew when the flow ends.
 */
enum StepUp {
    /** To authenticate anew. */
    REAUTHENTICATE("reauthenticate"),
    /** To reach a higher level of authentication. */
    LEVEL("step-up");

    private final String id;

    StepUp(String id) {
        this.id = id;
    }

    /** The name in the configuration of the condition that leads to the sub-flow. */
    String id() {
        return id;
    }

    boolean asked(AuthenticationSessionModel authSession) {
        return authSession.getAuthNote(note()) != null;
    }

    private void ask(AuthenticationSessionModel authSession) {
        authSession.setAuthNote(note(), "true");
    }

    private String note() {
        return "sallyport.step-up." + id;
    }

    /** Forgets what was asked, before it is judged anew what to ask. */
    static void withdrawAll(AuthenticationSessionModel authSession) {
        for (var stepUp : values()) authSession.removeAuthNote(stepUp.note());
    }

    static void askToReauthenticate(AuthenticationSessionModel authSession) {
        REAUTHENTICATE.ask(authSession);
    }

    /** Asks for a level in the way that an application would, so that Keycloak's own conditions lead there. */
    static void askForLevel(AuthenticationSessionModel authSession, int level) {
        LEVEL.ask(authSession);
        var requested = authSession.getClientNote(Constants.REQUESTED_LEVEL_OF_AUTHENTICATION);
        // NB. Never lower: the application may have asked for more, and then insists on it.
        int higher = requested == null ? level : Math.max(level, Integer.parseInt(requested));
        authSession.setClientNote(Constants.REQUESTED_LEVEL_OF_AUTHENTICATION, String.valueOf(higher));
    }

    /** Takes note that the user has authenticated anew, so that the session's time of authentication is renewed. */
    static void reauthenticated(AuthenticationSessionModel authSession) {
        authSession.removeAuthNote(REAUTHENTICATE.note());
        authSession.removeAuthNote(AuthenticationManager.SSO_AUTH);
        authSession.removeClientNote(AuthenticationManager.AUTH_TIME_BROKER);
    }
}
