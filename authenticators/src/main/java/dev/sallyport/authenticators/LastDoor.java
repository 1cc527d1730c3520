package dev.sallyport.authenticators;

import dev.sallyport.access.Door;
import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.elevation.realm.ElevationEnds;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.keycloak.authentication.RequiredActionContextResult;
import org.keycloak.authentication.RequiredActionFactory;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * Asks when a login is complete and before the application hears of it, whatever came before.
 *
 * <p>NB. Required actions alone do not suffice. Keycloak completes a login at once when a consent is posted, also without
 * a code while another action is still waited for, and does not evaluate any action then.
 */
final class LastDoor {

    private LastDoor() {}

    /** @return the page that takes the place of the login, of which nothing remains then; empty when it may end */
    static Optional<Response> page(
            KeycloakSession session,
            AuthenticationSessionModel authSession,
            AuthenticatedClientSessionModel clientSession) {
        // NB. Not thrown: one of the ways here takes every exception for a failure to authenticate.
        return refusal(session, authSession, clientSession)
                .map(refusal -> refusal.page(action(session, authSession).form()));
    }

    /** @return empty when the login may end; nothing of it remains otherwise */
    static Optional<Refusal> refusal(
            KeycloakSession session,
            AuthenticationSessionModel authSession,
            AuthenticatedClientSessionModel clientSession) {
        var door = Entrance.of(session, authSession);
        // NB. An assertion in exchange for a token; the doors of the token endpoint have asked.
        if (door == Door.DIRECT_GRANT) return Optional.empty();

        // NB. By now Keycloak has moved the note of a re-entry from the authentication to the client's session.
        if (AuthenticationManager.isSSOAuthentication(clientSession)) door = Door.SSO_REENTRY;
        var gate = new AccessGate(session);
        var judgement = gate.atLast(door, authSession);
        if (judgement.decision().allowed()) {
            takeOver(authSession, clientSession.getUserSession());
            var given = new StepUp(session, authSession).secondFactorGiven(door);
            boolean privileges = ElevationEnds.possible(authSession.getRealm());
            gate.completed(door, authSession, clientSession.getUserSession(), judgement, given, privileges);
            return Optional.empty();
        }

        session.getTransactionManager().setRollbackOnly();
        return Optional.of(new Refusal(session, authSession, judgement));
    }

    // NB. Keycloak has taken the notes of the authentication over by now, without the device if nobody asked before.
    private static void takeOver(AuthenticationSessionModel authSession, UserSessionModel userSession) {
        authSession.getUserSessionNotes().forEach((name, value) -> {
            if (!value.equals(userSession.getNote(name))) userSession.setNote(name, value);
        });
    }

    private static RequiredActionContextResult action(KeycloakSession session, AuthenticationSessionModel authSession) {
        var context = session.getContext();
        var factory = (RequiredActionFactory) session.getKeycloakSessionFactory()
                .getProviderFactory(RequiredActionProvider.class, AccessRequiredAction.ID);
        return new RequiredActionContextResult(
                authSession,
                context.getRealm(),
                new EventBuilder(context.getRealm(), session, context.getConnection()),
                session,
                context.getHttpRequest(),
                authSession.getAuthenticatedUser(),
                factory);
    }
}
