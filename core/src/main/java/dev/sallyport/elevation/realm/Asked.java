package dev.sallyport.elevation.realm;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.keycloak.models.UserSessionModel;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * Which elevations a session asked for, or activated, as its notes. Its id alone does not say: all logins of one browser lead
 * to sessions of the same id, however weak they are.
 */
interface Asked {

    String TRUE = "true";

    // NB. Browsers let the script of a page that nobody looks at run once a minute.
    Duration PATIENCE = Duration.ofMinutes(2);

    void add(String elevationId);

    boolean has(String elevationId);

    /** Takes note that somebody waits at that moment. A session waits for nothing: what is granted is there. */
    default void awaits(String elevationId, Instant now) {}

    static Asked in(UserSessionModel userSession) {
        return new Asked() {

            @Override
            public void add(String elevationId) {
                userSession.setNote(note(elevationId), TRUE);
            }

            @Override
            public boolean has(String elevationId) {
                return userSession.getNote(note(elevationId)) != null;
            }
        };
    }

    /** Of a login, whose notes become those of the session that it leads to. */
    static Asked in(AuthenticationSessionModel authSession, Optional<UserSessionModel> ongoing) {
        return new Asked() {

            @Override
            public void add(String elevationId) {
                authSession.setUserSessionNote(note(elevationId), TRUE);
            }

            @Override
            public boolean has(String elevationId) {
                return authSession.getUserSessionNotes().containsKey(note(elevationId))
                        || ongoing.filter(session -> in(session).has(elevationId))
                                .isPresent();
            }

            @Override
            public void awaits(String elevationId, Instant now) {
                authSession.setAuthNote(waiting(elevationId), String.valueOf(now.toEpochMilli()));
            }
        };
    }

    /** Whether somebody waited for it in that login just now. Keycloak takes such notes away when a login starts over. */
    static boolean awaited(AuthenticationSessionModel authSession, String elevationId, Instant now) {
        return authSession.getUserSessionNotes().containsKey(note(elevationId))
                && Optional.ofNullable(authSession.getAuthNote(waiting(elevationId)))
                        .map(millis -> Instant.ofEpochMilli(Long.parseLong(millis)))
                        .filter(seen -> !seen.plus(PATIENCE).isBefore(now))
                        .isPresent();
    }

    private static String note(String elevationId) {
        return "sallyport.elevation." + elevationId;
    }

    private static String waiting(String elevationId) {
        return "sallyport.elevation.awaited." + elevationId;
    }
}
