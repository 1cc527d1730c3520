package dev.sallyport.authenticators;

import dev.sallyport.access.Door;
import java.util.regex.Pattern;
import org.keycloak.authentication.AuthenticatorUtil;
import org.keycloak.authentication.authenticators.broker.AbstractIdpAuthenticator;
import org.keycloak.authentication.authenticators.broker.util.PostBrokerLoginConstants;
import org.keycloak.events.Details;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.util.TokenUtil;

/** By which door an authentication comes in, and whether anybody is there to look at a page. */
final class Entrance {

    /** Where an authentication without a browser comes in: nobody is there to be asked. */
    private static final Pattern TOKEN_ENDPOINT =
            Pattern.compile("(?:[^;]*/)?realms/[^/;]+/protocol/openid-connect/token/*");

    private Entrance() {}

    static Door of(KeycloakSession session, AuthenticationSessionModel authSession) {
        return of(session.getContext().getUri().getPath(), authSession);
    }

    static Door of(String path, AuthenticationSessionModel authSession) {
        // NB. The whole path, with the trailing slashes that lead there too: the last door is open on this way, so
        // whoever
        // could write the endpoint's name into another address would be past it.
        if (TOKEN_ENDPOINT.matcher(path).matches()) return Door.DIRECT_GRANT;
        if (AuthenticatorUtil.isSSOAuthentication(authSession)) return Door.SSO_REENTRY;
        return brokered(authSession) ? Door.BROKERED_LOGIN : Door.BROWSER_LOGIN;
    }

    /** Whether the application asked that no page be shown (OpenID Connect Core 3.1.2.1, {@code prompt=none}). */
    static boolean passive(AuthenticationSessionModel authSession) {
        var prompt = authSession.getClientNote(OIDCLoginProtocol.PROMPT_PARAM);
        return TokenUtil.hasPrompt(prompt, OIDCLoginProtocol.PROMPT_VALUE_NONE);
    }

    // NB. The contexts are there while a broker flow runs; the identity provider once it is over.
    private static boolean brokered(AuthenticationSessionModel authSession) {
        return authSession.getAuthNote(AbstractIdpAuthenticator.BROKERED_CONTEXT_NOTE) != null
                || authSession.getAuthNote(PostBrokerLoginConstants.PBL_BROKERED_IDENTITY_CONTEXT) != null
                || authSession.getUserSessionNotes().containsKey(Details.IDENTITY_PROVIDER);
    }
}
