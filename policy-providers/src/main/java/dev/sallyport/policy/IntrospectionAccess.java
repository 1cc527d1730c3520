package dev.sallyport.policy;

import dev.sallyport.access.Door;
import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.access.realm.TokenAudience;
import dev.sallyport.elevation.realm.CarriedElevations;
import dev.sallyport.elevation.realm.ElevationEnds;
import java.time.Clock;
import java.util.HashSet;
import org.keycloak.authorization.protection.introspect.RPTIntrospectionProvider;
import org.keycloak.authorization.protection.introspect.RPTIntrospectionProviderFactory;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.AccessTokenIntrospectionProvider;
import org.keycloak.protocol.oidc.AccessTokenIntrospectionProviderFactory;
import org.keycloak.protocol.oidc.RefreshTokenIntrospectionProvider;
import org.keycloak.protocol.oidc.RefreshTokenIntrospectionProviderFactory;
import org.keycloak.protocol.oidc.TokenIntrospectionProvider;
import org.keycloak.representations.AccessToken;

/**
 * Token introspection (RFC 7662) that asks the realm's access policies: the token of a session that is denied now is not
 * active, nor is one that carries an elevation that is over. Stock providers do everything else; ours take their place by the same ids and a higher order.
 */
final class IntrospectionAccess {

    private static final int ORDER = 10;

    private IntrospectionAccess() {}

    /** @param shown the token as it would be shown; a lightweight one has its audience only then */
    private static boolean allowed(
            KeycloakSession session,
            EventBuilder event,
            AccessToken token,
            AccessToken shown,
            UserSessionModel userSession,
            ClientModel issuedFor) {
        var ends = new ElevationEnds(session, session.getContext().getRealm(), Clock.systemUTC());
        if (ends.close(userSession)) {
            event.detail(Details.REASON, ElevationEnds.NOT_ACTIVE);
            event.error(Errors.USER_SESSION_NOT_FOUND);
            return false;
        }
        if (!inEffect(session, token, userSession)) {
            event.detail(Details.REASON, "its elevation is over");
            event.error(Errors.INVALID_TOKEN);
            return false;
        }
        var audience = new HashSet<>(TokenAudience.of(token));
        audience.addAll(TokenAudience.of(shown));
        var judgement = new AccessGate(session).atBackChannel(Door.INTROSPECTION, userSession, issuedFor, audience);
        if (judgement.decision().allowed()) return true;
        event.detail(Details.REASON, "denied by access policy");
        event.error(Errors.ACCESS_DENIED);
        return false;
    }

    private static boolean inEffect(KeycloakSession session, AccessToken token, UserSessionModel userSession) {
        var carried = new CarriedElevations(session, session.getContext().getRealm(), Clock.systemUTC());
        return carried.namedInEffect(token, userSession) && carried.mappedInEffect(token, userSession.getUser());
    }

    /** Introspection of access tokens. */
    public static final class OfAccessToken extends AccessTokenIntrospectionProviderFactory {

        @Override
        public TokenIntrospectionProvider create(KeycloakSession session) {
            return new AccessTokenIntrospectionProvider<AccessToken>(session) {
                @Override
                protected boolean introspectionChecks(String raw) {
                    if (!super.introspectionChecks(raw)) return false;
                    if (allowed(session, eventBuilder, token, transformedToken, userSession, client)) return true;
                    // NB. What is left here Keycloak signs for who asks for a JWT, active or not.
                    transformedToken = null;
                    return false;
                }
            };
        }

        @Override
        public int order() {
            return ORDER;
        }
    }

    /** Introspection of refresh and offline tokens. */
    public static final class OfRefreshToken extends RefreshTokenIntrospectionProviderFactory {

        @Override
        public TokenIntrospectionProvider create(KeycloakSession session) {
            return new RefreshTokenIntrospectionProvider(session) {
                @Override
                protected boolean introspectionChecks(String raw) {
                    if (!super.introspectionChecks(raw)) return false;
                    if (allowed(session, eventBuilder, token, transformedToken, userSession, client)) return true;
                    // NB. What is left here Keycloak signs for who asks for a JWT, active or not.
                    transformedToken = null;
                    return false;
                }
            };
        }

        @Override
        public int order() {
            return ORDER;
        }
    }

    /** Introspection of requesting party tokens (UMA). */
    public static final class OfRequestingPartyToken extends RPTIntrospectionProviderFactory {

        @Override
        public TokenIntrospectionProvider create(KeycloakSession session) {
            return new RPTIntrospectionProvider(session) {
                @Override
                protected boolean introspectionChecks(String raw) {
                    if (!super.introspectionChecks(raw)) return false;
                    if (allowed(session, eventBuilder, token, transformedToken, userSession, client)) return true;
                    // NB. What is left here Keycloak signs for who asks for a JWT, active or not.
                    transformedToken = null;
                    return false;
                }
            };
        }

        @Override
        public int order() {
            return ORDER;
        }
    }
}
