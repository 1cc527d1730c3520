package dev.sallyport.rest;

import dev.sallyport.access.realm.Reauthentication;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.Provider;
import java.util.Optional;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.ErrorPage;
import org.keycloak.services.managers.AuthenticationSessionManager;
import org.keycloak.services.resources.IdentityBrokerService;
import org.keycloak.services.resources.LoginActionsService;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.utils.KeycloakSessionUtil;

/**
 * Lets nobody finish what was begun by entering a session from which more has been asked since, or which is over. Keycloak
 * does what a page of it is posted for, such as to change the password, before any door of ours is asked.
 *
 * <p>NB. What comes back from an identity provider carries the login in its own ways, so it is judged before the answer
 * leaves; by then an account may have been linked, which is undone.
 */
@Provider
public final class OvertakenLoginFilter implements ContainerRequestFilter, ContainerResponseFilter {

    @Override
    public void filter(ContainerRequestContext request) {
        if (!leadsTo(LoginActionsService.class, request.getUriInfo())) return;
        session()
                .flatMap(session -> named(session)
                        .filter(login -> overtaken(session, login))
                        .map(login -> page(session, login)))
                .ifPresent(request::abortWith);
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (!leadsTo(IdentityBrokerService.class, request.getUriInfo())) return;
        session().ifPresent(session -> Optional.ofNullable(session.getContext().getAuthenticationSession())
                .filter(login -> overtaken(session, login))
                .ifPresent(login -> refuse(session, login, response)));
    }

    private static void refuse(
            KeycloakSession session, AuthenticationSessionModel login, ContainerResponseContext response) {
        session.getTransactionManager().setRollbackOnly();
        var page = page(session, login);
        response.getHeaders().clear();
        response.getHeaders().putAll(page.getHeaders());
        response.setStatusInfo(page.getStatusInfo());
        response.setEntity(page.getEntity(), null, page.getMediaType());
    }

    private static boolean leadsTo(Class<?> resource, UriInfo uri) {
        return uri.getMatchedResources().stream().anyMatch(resource::isInstance);
    }

    private static Optional<KeycloakSession> session() {
        return Optional.ofNullable(KeycloakSessionUtil.getKeycloakSession()).filter(session -> !session.isClosed());
    }

    /** The login that the request names, as Keycloak looks it up. */
    private static Optional<AuthenticationSessionModel> named(KeycloakSession session) {
        var realm = session.getContext().getRealm();
        var query = session.getContext().getUri().getQueryParameters();
        var clientId = query.getFirst(Constants.CLIENT_ID);
        var client = clientId == null ? null : realm.getClientByClientId(clientId);
        var tab = query.getFirst(Constants.TAB_ID);
        var id = query.getFirst(LoginActionsService.AUTH_SESSION_ID);
        var logins = new AuthenticationSessionManager(session);
        return Optional.ofNullable(
                id == null
                        ? logins.getCurrentAuthenticationSession(realm, client, tab)
                        : logins.getAuthenticationSessionByEncodedIdAndClient(realm, id, client, tab));
    }

    private static boolean overtaken(KeycloakSession session, AuthenticationSessionModel login) {
        return Reauthentication.overtaken(session, session.getContext().getRealm(), login);
    }

    private static Response page(KeycloakSession session, AuthenticationSessionModel login) {
        return ErrorPage.error(session, login, Status.FORBIDDEN, "sallyport.overtaken");
    }
}
