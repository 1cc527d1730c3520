package dev.sallyport.rest;

import dev.sallyport.access.realm.Reauthentication;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.ext.Provider;
import java.util.Optional;
import org.keycloak.authentication.AuthenticatorUtil;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.managers.AuthenticationSessionManager;
import org.keycloak.services.resources.LoginActionsService;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.utils.KeycloakSessionUtil;

/**
 * Refuses what is sent from the page of a required action, such as a new password, if it was opened by mere re-entry of a
 * session whose user has to authenticate anew since. Keycloak does what such a page asks for before it runs any flow.
 */
@Provider
public final class ReentryFilter implements ContainerRequestFilter {

    private static final String TAB_ID = "tab_id";

    @Override
    public void filter(ContainerRequestContext request) {
        if (!requiredAction(request)) return;
        var session = KeycloakSessionUtil.getKeycloakSession();
        if (session == null || session.isClosed()) return;
        ofTab(session, request)
                .filter(AuthenticatorUtil::isSSOAuthentication)
                .filter(login -> due(session, login))
                .map(login -> refused(session, login))
                .ifPresent(request::abortWith);
    }

    // NB. The server has found the resource by now, however the path was written.
    private static boolean requiredAction(ContainerRequestContext request) {
        var uri = request.getUriInfo();
        return uri.getMatchedResources().stream().anyMatch(LoginActionsService.class::isInstance)
                && uri.getPathSegments().stream()
                        .anyMatch(segment -> segment.getPath().equals(LoginActionsService.REQUIRED_ACTION));
    }

    private static Optional<AuthenticationSessionModel> ofTab(
            KeycloakSession session, ContainerRequestContext request) {
        var realm = session.getContext().getRealm();
        var tab = request.getUriInfo().getQueryParameters().getFirst(TAB_ID);
        if (tab == null) return Optional.empty(); // Keycloak finds no login by that either
        return Optional.ofNullable(new AuthenticationSessionManager(session).getCurrentRootAuthenticationSession(realm))
                .map(root -> root.getAuthenticationSessions().get(tab));
    }

    // NB. Which of the user's sessions was re-entered is known from a cookie only, which need not be sent along.
    private static boolean due(KeycloakSession session, AuthenticationSessionModel login) {
        var user = login.getAuthenticatedUser();
        return user != null
                && session.sessions()
                        .getUserSessionsStream(login.getRealm(), user)
                        .anyMatch(Reauthentication::due);
    }

    private static Response refused(KeycloakSession session, AuthenticationSessionModel login) {
        new AuthenticationSessionManager(session).removeTabIdInAuthenticationSession(login.getRealm(), login);
        return session.getProvider(LoginFormsProvider.class)
                .setError("sallyport.reentry.over")
                .createErrorPage(Status.FORBIDDEN);
    }
}
