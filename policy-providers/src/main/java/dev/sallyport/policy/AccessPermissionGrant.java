package dev.sallyport.policy;

import dev.sallyport.access.Door;
import dev.sallyport.access.realm.Explanation;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.OAuthErrorException;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.protocol.oidc.grants.PermissionGrantType;
import org.keycloak.protocol.oidc.grants.PermissionGrantTypeFactory;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.idm.authorization.PermissionTicketToken;
import org.keycloak.services.CorsErrorResponseException;
import org.keycloak.services.managers.AppAuthManager;

/**
 * The grant of permissions (UMA 2.0), judged also when it answers with a decision or a list of permissions: applications
 * act on those as on a token, and no token is made that the post-processor could see.
 */
public final class AccessPermissionGrant extends PermissionGrantType {

    private AccessPermissionGrant() {}

    @Override
    public Response process(Context context) {
        UnnamedGrant.is(context.getSession(), Door.UMA);
        // NB. Before the grant, since it makes a refusal of the post-processor out to be an error of the server.
        shown(context).forEach(token -> ask(context, token));
        var response = super.process(context);
        var identity = SessionToken.of(
                        session, (AccessToken) session.getContext().getBearerToken())
                .orElseThrow();
        // NB. Keycloak leaves the token of the identity there, but for an ID token not the session that it belongs to.
        identity.userSession().ifPresent(session.getContext()::setUserSession);
        if (formParams.containsKey("response_mode")) ask(context, identity);
        return response;
    }

    /** Each of these may say for whom the permissions are, or that the application may ask. */
    private static List<SessionToken> shown(Context context) {
        var form = context.getFormParams();
        var header = AppAuthManager.extractAuthorizationHeaderTokenOrReturnNull(context.getHeaders());
        return Stream.of(
                        Optional.ofNullable(header).map(AppAuthManager.AuthHeader::getToken),
                        Optional.ofNullable(form.getFirst("claim_token")),
                        Optional.ofNullable(form.getFirst("subject_token")))
                .flatMap(Optional::stream)
                .flatMap(raw -> SessionToken.decode(context.getSession(), raw).stream())
                .toList();
    }

    private static void ask(Context context, SessionToken token) {
        var judgement = token.at(Door.UMA, resourceServer(context));
        if (judgement.decision().allowed()) return;

        context.getEvent().detail(Details.REASON, "denied by access policy").error(Errors.ACCESS_DENIED);
        context.getSession().getTransactionManager().setRollbackOnly();
        throw new CorsErrorResponseException(
                context.getCors(),
                OAuthErrorException.INVALID_GRANT,
                Explanation.line(context.getSession(), context.getRealm(), judgement),
                Response.Status.BAD_REQUEST);
    }

    private static Set<String> resourceServer(Context context) {
        var form = context.getFormParams();
        var ticket = context.getSession().tokens().decode(form.getFirst("ticket"), PermissionTicketToken.class);
        return Stream.of(
                        Optional.ofNullable(ticket).map(PermissionTicketToken::getIssuedFor),
                        Optional.ofNullable(form.getFirst("audience")))
                .flatMap(Optional::stream)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Takes the place of Keycloak's own factory by its order. */
    public static final class Factory extends PermissionGrantTypeFactory {

        @Override
        public OAuth2GrantType create(KeycloakSession session) {
            return new AccessPermissionGrant();
        }

        @Override
        public int order() {
            return super.order() + 1;
        }
    }
}
