package dev.sallyport.rest;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import org.keycloak.common.util.SecretGenerator;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.OIDCLoginProtocolService;

/**
 * Where the links in mails lead: into a login, of which the decision is a part. It knows nobody and tells nothing; whoever
 * comes back from the login finds the page to be closed.
 */
public final class ApprovalsResource {

    /** The application that setup makes for these logins. */
    public static final String CLIENT = "sallyport-approvals";

    private static final String ACTION = "sallyport-approve";

    private final KeycloakSession session;

    ApprovalsResource(KeycloakSession session) {
        this.session = session;
    }

    @GET
    public Response all() {
        return respond(ACTION, "");
    }

    @GET
    @Path("{id}")
    public Response one(@PathParam("id") String id) {
        // NB. What is no id must not get into an address of Keycloak's.
        if (!isId(id)) return Response.status(Response.Status.NOT_FOUND).build();
        return respond(ACTION + ":" + id, "/" + id);
    }

    private static boolean isId(String text) {
        try {
            return UUID.fromString(text).toString().equals(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private Response respond(String action, String below) {
        var query = session.getContext().getUri().getQueryParameters();
        return query.containsKey("code") || query.containsKey("error") ? over() : login(action, below);
    }

    private Response login(String action, String below) {
        var uri = session.getContext().getUri();
        var realm = session.getContext().getRealm().getName();
        var back = uri.getBaseUriBuilder().path("realms/{realm}/sallyport/approvals" + below);
        var login = OIDCLoginProtocolService.authUrl(uri)
                .queryParam("client_id", CLIENT)
                .queryParam("redirect_uri", "{back}")
                .queryParam("response_type", "code")
                .queryParam("scope", "openid")
                .queryParam("code_challenge", challenge())
                .queryParam("code_challenge_method", "S256")
                .queryParam("kc_action", "{action}");
        var parameters = Map.of("realm", realm, "back", back.build(realm).toString(), "action", action);
        return Response.seeOther(login.buildFromMap(parameters))
                .header("Cache-Control", "no-store")
                .build();
    }

    // NB. Of a verifier that is thrown away: so nobody can redeem the code that comes back.
    private static String challenge() {
        try {
            var verifier = SecretGenerator.getInstance().randomBytes(32);
            var hash = MessageDigest.getInstance("SHA-256").digest(verifier);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private Response over() {
        return session.getProvider(LoginFormsProvider.class)
                .setAttribute(Constants.SKIP_LINK, true)
                .setSuccess("sallyport.approval.over")
                .setResponseHeader("Cache-Control", "no-store")
                .createInfoPage();
    }
}
