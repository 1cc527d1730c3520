package dev.sallyport.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sallyport.access.Unmet;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.elevation.ElevationRefusal;
import dev.sallyport.elevation.realm.Actor;
import dev.sallyport.elevation.realm.Elevations;
import dev.sallyport.rest.Administration.Answer;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ImpersonationSessionNote;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ModelDuplicateException;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.UserSessionModel.SessionPersistenceState;
import org.keycloak.protocol.oidc.AccessTokenIntrospectionProvider;
import org.keycloak.protocol.oidc.AccessTokenIntrospectionProviderFactory;
import org.keycloak.protocol.oidc.TokenIntrospectionProvider;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.cors.Cors;
import org.keycloak.services.managers.AppAuthManager.BearerTokenAuthenticator;

/**
 * One request of a user for themselves. Who it is comes from the token; how strongly they authenticated, when and on which
 * device comes from the session, so that no token is worth more than the session behind it.
 */
record SelfService(KeycloakSession session, UserSessionModel userSession, ClientModel client, Clock clock) {

    private static final String SALLYPORT = "sallyport";

    /**
     * Takes a token that is for this interface: by its audience and by its scope, so that none that a user gave to some
     * application for something else will do.
     *
     * @throws WebApplicationException with the answer, if there is no such token
     */
    static SelfService of(KeycloakSession session) {
        // NB. This puts token and session into the context, where the filter that asks the access policies finds them.
        var bearer = new BearerTokenAuthenticator(session).authenticate();
        if (bearer == null) throw refused(session, Status.UNAUTHORIZED, "invalid_token", "A valid token is required.");
        Cors.builder()
                .checkAllowedOrigins(bearer.token())
                .allowedMethods("GET", "POST", "DELETE")
                .exposedHeaders(HttpHeaders.WWW_AUTHENTICATE)
                .auth()
                .add();
        var token = whole(session, bearer.token(), bearer.session());
        if (!token.hasAudience(SALLYPORT)) {
            throw refused(session, Status.UNAUTHORIZED, "invalid_token", "The token is not for sallyport.");
        }
        if (!hasScope(token)) {
            throw refused(session, Status.FORBIDDEN, "insufficient_scope", "The token needs the scope sallyport.");
        }
        var userSession = bearer.session();
        if (bearer.user().getServiceAccountClientLink() != null
                || userSession.isOffline()
                || userSession.getPersistenceState() == SessionPersistenceState.TRANSIENT) {
            throw refused(session, Status.FORBIDDEN, "forbidden", "This is for people who are signed in.");
        }
        if (userSession.getNote(ImpersonationSessionNote.IMPERSONATOR_ID.toString()) != null) {
            throw refused(session, Status.FORBIDDEN, "forbidden", "Nobody can do this in the name of somebody else.");
        }
        return new SelfService(session, userSession, bearer.client(), Clock.systemUTC());
    }

    /** A lightweight token says little; what it stands for is what introspection would say. */
    private static AccessToken whole(KeycloakSession session, AccessToken token, UserSessionModel userSession) {
        if (token.getAudience() != null && token.getScope() != null) return token;
        return session.getProvider(
                                TokenIntrospectionProvider.class,
                                AccessTokenIntrospectionProviderFactory.ACCESS_TOKEN_TYPE)
                        instanceof AccessTokenIntrospectionProvider<?> introspection
                ? introspection.transformAccessToken(token, userSession)
                : token;
    }

    private static boolean hasScope(AccessToken token) {
        return token.getScope() != null
                && Arrays.asList(token.getScope().split(" ")).contains(SALLYPORT);
    }

    private static WebApplicationException refused(
            KeycloakSession session, Status status, String error, String description) {
        session.getTransactionManager().setRollbackOnly();
        return new WebApplicationException(response(status, new Body(error, description, Optional.empty(), List.of()))
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"" + error + "\"")
                .build());
    }

    RealmModel realm() {
        return userSession.getRealm();
    }

    UserModel user() {
        return userSession.getUser();
    }

    Actor actor() {
        return Actor.ofSession(session, userSession, client);
    }

    Elevations elevations() {
        return new Elevations(session, realm(), clock);
    }

    /** Does the work and answers with what it returns, or refuses it. Of refused work nothing stays. */
    Response answer(Supplier<Answer> work) {
        try {
            RequestText.checkAddress(session.getContext().getUri().getRequestUri());
            var answer = work.get();
            // NB. What the database objects to has to be known before the answer is given.
            session.getProvider(JpaConnectionProvider.class).getEntityManager().flush();
            return answer.response();
        } catch (ElevationRefusal refusal) {
            return rolledBack(response(refusal));
        } catch (Refusal refusal) {
            return rolledBack(response(refusal.status(), refusal.body()).build());
        } catch (DocumentFault fault) {
            var refusal = Refusal.of(fault);
            return rolledBack(response(refusal.status(), refusal.body()).build());
        } catch (ModelDuplicateException e) {
            var refusal = Refusal.conflict("Another request made the same at the same time.");
            return rolledBack(response(refusal.status(), refusal.body()).build());
        }
    }

    private Response rolledBack(Response response) {
        session.getTransactionManager().setRollbackOnly();
        return response;
    }

    /**
     * @param path where in the request the fault is; empty when it is the request as a whole
     * @param unmet what does not hold that must
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record Body(
            String error,
            @JsonProperty("error_description") String description,
            Optional<String> path,
            List<Unmet> unmet) {}

    static Response response(ElevationRefusal refusal) {
        if (refusal instanceof ElevationRefusal.Invalid invalid) {
            return response(Status.BAD_REQUEST, body("invalid_request", refusal, Optional.of(invalid.field())))
                    .build();
        }
        if (refusal instanceof ElevationRefusal.StrengthNeeded needed) {
            return response(Status.UNAUTHORIZED, body(Challenge.ERROR, refusal, Optional.empty()))
                    .header(HttpHeaders.WWW_AUTHENTICATE, Challenge.of(needed))
                    .build();
        }
        if (refusal instanceof ElevationRefusal.Forbidden forbidden) {
            return response(
                            Status.FORBIDDEN,
                            new Body("forbidden", refusal.getMessage(), Optional.empty(), forbidden.unmet()))
                    .build();
        }
        if (refusal instanceof ElevationRefusal.Conflict) {
            return response(Status.CONFLICT, body("conflict", refusal, Optional.empty()))
                    .build();
        }
        return response(Status.NOT_FOUND, body("not_found", refusal, Optional.empty()))
                .build();
    }

    private static Body body(String error, ElevationRefusal refusal, Optional<String> path) {
        return new Body(error, refusal.getMessage(), path, List.of());
    }

    private static Response.ResponseBuilder response(Status status, Object body) {
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON)
                .header("Cache-Control", "no-store")
                .entity(Documents.write(body));
    }
}
