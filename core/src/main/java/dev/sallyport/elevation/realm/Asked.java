package dev.sallyport.elevation.realm;

import java.util.Optional;
import org.keycloak.models.UserSessionModel;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * Which elevations a session asked for, or activated, as its notes. Its id alone does not say: all logins of one browser lead
 * to sessions of the same id, however weak they are.
 */
interface Asked {

    String TRUE = "true";

    void add(String elevationId);

    boolean has(String elevationId);

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
        };
    }

    private static String note(String elevationId) {
        return "sallyport.elevation." + elevationId;
    }
}
