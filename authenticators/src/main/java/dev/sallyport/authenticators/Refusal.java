package dev.sallyport.authenticators;

import dev.sallyport.access.realm.AccessGate.Judgement;
import dev.sallyport.access.realm.Explanation;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.keycloak.OAuthErrorException;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.LoginProtocol;
import org.keycloak.representations.idm.OAuth2ErrorRepresentation;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * What a refused login is told, in the form that fits who listens: a page, an error to the application, or an answer of
 * the token endpoint. Each also leaves an event.
 */
record Refusal(KeycloakSession session, AuthenticationSessionModel authSession, Judgement judgement) {

    private static final String TEMPLATE = "sallyport-denied.ftl";

    /** The query parameter by which the page's link asks to return to the application. */
    private static final String RETURN = "sallyport_return";

    /** Whether the user has chosen to leave the page for the application. */
    static boolean accepted(KeycloakSession session) {
        return session.getContext().getUri().getQueryParameters().containsKey(RETURN);
    }

    /** @param form a form of the execution or action to which "Try again" shall lead */
    Response page(LoginFormsProvider form) {
        report();
        var context = session.getContext();
        var locale = context.resolveLocale(authSession.getAuthenticatedUser());
        return form.setAttribute("sallyport", Explanation.of(session, context.getRealm(), locale, judgement))
                .setAttribute("sallyportReturn", RETURN + "=true")
                .setStatus(Response.Status.FORBIDDEN)
                .createForm(TEMPLATE);
    }

    /** The error to an application that wanted no page to be shown. */
    Response passive() {
        report();
        return interactionRequired(session, authSession);
    }

    /** What an application is told that wanted no page to be shown where one is needed. */
    static Response interactionRequired(KeycloakSession session, AuthenticationSessionModel authSession) {
        var context = session.getContext();
        return session.getProvider(LoginProtocol.class, authSession.getProtocol())
                .setSession(session)
                .setRealm(context.getRealm())
                .setUriInfo(context.getUri())
                .setHttpHeaders(context.getRequestHeaders())
                .setEventBuilder(event(session, authSession))
                .sendError(authSession, LoginProtocol.Error.PASSIVE_INTERACTION_REQUIRED, null);
    }

    /** The answer of the token endpoint (RFC 6749, 5.2). */
    Response tokenError() {
        report();
        var description = Explanation.line(session, session.getContext().getRealm(), judgement);
        return Response.status(Response.Status.BAD_REQUEST)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new OAuth2ErrorRepresentation(OAuthErrorException.INVALID_GRANT, description))
                .build();
    }

    private void report() {
        event(session, authSession)
                .user(authSession.getAuthenticatedUser())
                .detail(Details.REASON, String.join(", ", judgement.decision().reasons()))
                .error(Errors.ACCESS_DENIED);
    }

    private static EventBuilder event(KeycloakSession session, AuthenticationSessionModel authSession) {
        var context = session.getContext();
        return new EventBuilder(context.getRealm(), session, context.getConnection())
                .event(EventType.LOGIN)
                .client(authSession.getClient())
                .detail(Details.CODE_ID, authSession.getParentSession().getId())
                .detail(Details.REDIRECT_URI, authSession.getRedirectUri());
    }
}
