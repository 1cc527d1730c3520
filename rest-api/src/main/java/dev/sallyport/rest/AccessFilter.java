package dev.sallyport.rest;

import dev.sallyport.access.Door;
import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.access.realm.Explanation;
import dev.sallyport.access.realm.TokenAudience;
import dev.sallyport.document.Documents;
import dev.sallyport.elevation.realm.Assignments;
import dev.sallyport.elevation.realm.CarriedElevations;
import dev.sallyport.elevation.realm.ElevationEnds;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.Provider;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.keycloak.Config;
import org.keycloak.models.ClientModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.representations.JsonWebToken;
import org.keycloak.utils.KeycloakSessionUtil;

/**
 * Asks the realm's access policies at every call that a bearer token opens: Keycloak itself accepts a token until it
 * expires, whatever became of the device since.
 *
 * <p>NB. No path is looked at, so none can be written another way. The server runs a filter when it has found the method
 * that it is about to call; by then the resources on the way to it have verified the token, as those of the account and the
 * admin API do. What a method verifies by itself is judged before its answer leaves. A request without a token costs one
 * look.
 */
@Provider
public final class AccessFilter implements ContainerRequestFilter, ContainerResponseFilter {

    private static final String JUDGED = "sallyport.judged";

    @Override
    public void filter(ContainerRequestContext request) {
        refusal(request).ifPresent(request::abortWith);
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (response.getStatusInfo().getFamily() != Status.Family.SUCCESSFUL) {
            failed(request, response.getStatus());
            return;
        }
        refusal(request).ifPresent(refused -> {
            KeycloakSessionUtil.getKeycloakSession().getTransactionManager().setRollbackOnly();
            response.setStatusInfo(refused.getStatusInfo());
            Optional.ofNullable(refused.getHeaderString(HttpHeaders.WWW_AUTHENTICATE))
                    .ifPresent(challenge -> response.getHeaders().putSingle(HttpHeaders.WWW_AUTHENTICATE, challenge));
            response.setEntity(refused.getEntity(), null, refused.getMediaType());
        });
    }

    private static void failed(ContainerRequestContext request, int status) {
        var session = KeycloakSessionUtil.getKeycloakSession();
        if (session == null || session.isClosed()) return;
        var userSession = session.getContext().getUserSession();
        boolean administers = userSession != null
                && session.getContext().getBearerToken() != null
                && Call.anyOf(request.getUriInfo().getMatchedResources(), Call.ADMIN, Call.ADMIN_V2);
        if (administers) FailedActs.record(session, userSession, request, status);
    }

    private static Optional<Response> refusal(ContainerRequestContext request) {
        var session = KeycloakSessionUtil.getKeycloakSession();
        if (session == null || session.isClosed() || request.getProperty(JUDGED) != null) return Optional.empty();
        if (!(session.getContext().getBearerToken() instanceof JsonWebToken token)) return Optional.empty();
        request.setProperty(JUDGED, true);

        var userSession = session.getContext().getUserSession();
        if (userSession == null) return Optional.of(refused("The token belongs to no session."));
        // NB. Not the realm of the request: an administrator's token and session are of another one.
        var realm = userSession.getRealm();
        // NB. What is mapped to the user for a while is theirs no longer, though nothing ran that should have taken it
        // away.
        new Assignments(session, realm, Clock.systemUTC()).settle(userSession.getUser());
        boolean ended = new ElevationEnds(session, realm, Clock.systemUTC()).close(userSession)
                || !new CarriedElevations(session, realm, Clock.systemUTC()).namedInEffect(token, userSession);
        if (ended) {
            return Optional.of(over());
        }
        var client = realm.getClientByClientId(token.getIssuedFor());
        var call = Call.of(session, realm, token, request.getUriInfo());
        var judgement = new AccessGate(session, realm, Clock.systemUTC())
                .atBackChannel(call.door(), userSession, client, call.audience());
        if (judgement.decision().allowed()) return Optional.empty();
        var line = Explanation.line(session, realm, judgement);
        return Optional.of(judgement.decision().authenticatesAnew() ? anew(line) : refused(line));
    }

    /** Whether Keycloak's administration is called, or what stands below it. */
    static boolean administers(UriInfo uri) {
        return Call.anyOf(uri.getMatchedResources(), Call.ADMIN, Call.ADMIN_V2);
    }

    private static Response over() {
        var line = "The token carries elevated access that is over.";
        return unauthorized(Challenge.INVALID_TOKEN, line, Challenge.over(line));
    }

    private static Response anew(String line) {
        return unauthorized(Challenge.ERROR, line, Challenge.anew(line));
    }

    private static Response unauthorized(String error, String line, String challenge) {
        return Response.status(Status.UNAUTHORIZED)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .header("Cache-Control", "no-store")
                .header(HttpHeaders.WWW_AUTHENTICATE, challenge)
                .entity(Documents.write(new Refusal.Body(error, line, Optional.empty())))
                .build();
    }

    private static Response refused(String line) {
        return Response.status(Status.FORBIDDEN)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .header("Cache-Control", "no-store")
                .entity(Documents.write(new Refusal.Body("access_denied", line, Optional.empty())))
                .build();
    }

    /** What is called, and the clients that the token reaches by it. */
    private record Call(Door door, Set<String> audience) {

        private static final String ADMIN = "org.keycloak.services.resources.admin.";
        private static final String ADMIN_V2 = "org.keycloak.rest.admin.api.";
        private static final String ACCOUNT = "org.keycloak.services.resources.account.";

        static Call of(KeycloakSession session, RealmModel realm, JsonWebToken token, UriInfo uri) {
            var resources = uri.getMatchedResources();
            var audience = new HashSet<>(TokenAudience.of(token));
            if (anyOf(resources, ADMIN, ADMIN_V2)) {
                // NB. Keycloak does not ask for an audience here, and the admin console's tokens have none.
                administered(session, realm).map(ClientModel::getClientId).ifPresent(audience::add);
                return new Call(Door.ADMIN_API, audience);
            }
            if (!anyOf(resources, ACCOUNT)) return new Call(Door.API, audience);
            audience.add(Constants.ACCOUNT_MANAGEMENT_CLIENT_ID);
            return new Call(Door.ACCOUNT_API, audience);
        }

        /** The client that holds the roles of the administration in question; master has one for each realm. */
        private static Optional<ClientModel> administered(KeycloakSession session, RealmModel caller) {
            var target = session.getContext().getRealm();
            return Config.getAdminRealm().equals(caller.getName())
                    ? Optional.ofNullable(target.getMasterAdminClient())
                    : Optional.ofNullable(caller.getClientByClientId(Constants.REALM_MANAGEMENT_CLIENT_ID));
        }

        private static boolean anyOf(List<Object> resources, String... packages) {
            return resources.stream()
                    .map(resource -> resource.getClass().getName())
                    .anyMatch(name -> Stream.of(packages).anyMatch(name::startsWith));
        }
    }
}
