package dev.sallyport.rest;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.posture.realm.PostureNotices;
import dev.sallyport.posture.realm.PostureSources;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;

/**
 * Where device managements say that something has changed. It is public, so it believes nothing but who speaks: what a
 * notification leads to is that the management is asked.
 */
public final class WebhooksResource {

    private static final String BEARER = "Bearer ";
    private static final int TOO_MANY_REQUESTS = 429;

    private final KeycloakSession session;
    private final PostureSources sources;

    WebhooksResource(KeycloakSession session) {
        this.session = session;
        this.sources = new PostureSources(session, session.getContext().getRealm());
    }

    /**
     * @param secret what proves the management, where it can send no header: a part of the address that it is given
     * @param validationToken what Microsoft Graph wants to have back before it sends anything
     */
    @POST
    @Path("{source}")
    public Response notify(
            @PathParam("source") String source,
            @QueryParam("secret") String secret,
            @QueryParam("validationToken") String validationToken,
            @Context HttpHeaders headers,
            InputStream body) {
        try {
            RequestText.checkAddress(session.getContext().getUri().getRequestUri());
            if (validationToken != null) return validated(source, validationToken);
            var presented = Optional.ofNullable(headers.getHeaderString(HttpHeaders.AUTHORIZATION))
                    .filter(value -> value.startsWith(BEARER))
                    .map(value -> value.substring(BEARER.length()))
                    .or(() -> Optional.ofNullable(secret));
            return noted(source, RequestText.body(body), presented);
        } catch (Refusal refusal) {
            return refused(refusal);
        } catch (DocumentFault fault) {
            return refused(Refusal.of(fault));
        }
    }

    private Response noted(String source, String body, Optional<String> presented) {
        // NB. One answer for all, so that nobody finds out which sources a realm has.
        var devices = sources.notified(source, body, presented).orElseThrow(Refusal::unproven);
        boolean taken = PostureNotices.take(session, session.getContext().getRealm(), source, devices);
        // NB. A type also for what has no body: without one the answer is lost on its way out, as a failure of ours.
        return (taken ? Response.accepted() : Response.status(TOO_MANY_REQUESTS).header("Retry-After", "60"))
                .type(MediaType.APPLICATION_JSON)
                .build();
    }

    private static Response refused(Refusal refusal) {
        return Response.status(refusal.status())
                .type(MediaType.APPLICATION_JSON)
                .entity(Documents.write(refusal.body()))
                .build();
    }

    /** NB. As plain text that no browser takes for anything else: whoever made the address chose the text. */
    private Response validated(String source, String token) {
        if (!sources.validates(source)
                || Documents.textFault(token, Documents.MAX_TEXT).isPresent()) {
            throw Refusal.unproven();
        }
        return Response.ok(token, MediaType.TEXT_PLAIN_TYPE.withCharset("UTF-8"))
                .header("X-Content-Type-Options", "nosniff")
                .header("Cache-Control", "no-store")
                .build();
    }
}
