package dev.sallyport.authenticators;

import dev.sallyport.access.Door;
import org.keycloak.authentication.AuthenticationProcessor;
import org.keycloak.authentication.AuthenticatorUtil;
import org.keycloak.authentication.authenticators.broker.AbstractIdpAuthenticator;
import org.keycloak.authentication.authenticators.broker.util.PostBrokerLoginConstants;
import org.keycloak.events.Details;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.util.TokenUtil;

/** By which door an authentication comes in, and whether anybody is there to look at a page. */
final class Entrance {

    private Entrance() {}

    static Door of(AuthenticationSessionModel authSession) {
        if (direct(authSession)) return Door.DIRECT_GRANT;
        if (AuthenticatorUtil.isSSOAuthentication(authSession)) return Door.SSO_REENTRY;
        return brokered(authSession) ? Door.BROKERED_LOGIN : Door.BROWSER_LOGIN;
    }

    /** Whether the application asked that no page be shown (OpenID Connect Core 3.1.2.1, {@code prompt=none}). */
    static boolean passive(AuthenticationSessionModel authSession) {
        var prompt = authSession.getClientNote(OIDCLoginProtocol.PROMPT_PARAM);
        return TokenUtil.hasPrompt(prompt, OIDCLoginProtocol.PROMPT_VALUE_NONE);
    }

    // NB. Every way that a browser takes leaves one of these two notes, and the password grant leaves neither.
    private static boolean direct(AuthenticationSessionModel authSession) {
        return authSession.getAuthNote(AuthenticationProcessor.CURRENT_FLOW_PATH) == null
                && authSession.getClientNote(OIDCLoginProtocol.RESPONSE_TYPE_PARAM) == null;
    }

    // NB. The contexts are there while a broker flow runs; the identity provider once it is over.
    private static boolean brokered(AuthenticationSessionModel authSession) {
        return authSession.getAuthNote(AbstractIdpAuthenticator.BROKERED_CONTEXT_NOTE) != null
                || authSession.getAuthNote(PostBrokerLoginConstants.PBL_BROKERED_IDENTITY_CONTEXT) != null
                || authSession.getUserSessionNotes().containsKey(Details.IDENTITY_PROVIDER);
    }
}
