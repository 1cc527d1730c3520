package dev.sallyport.access.realm;

import dev.sallyport.access.Unmet;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;

/**
 * What a session was asked for: that its user authenticates anew before anything more is had by it. It is kept in the session, where
 * every door finds it at no cost, and goes when a login that is more than a re-entry has passed the last door.
 */
public final class Reauthentication {

    private static final String NOTE = "sallyport.authenticate-after";

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
