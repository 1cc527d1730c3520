package dev.sallyport.access.realm;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.protocol.oidc.encode.AccessTokenContext.TokenType;
import org.keycloak.protocol.oidc.encode.TokenContextEncoderProvider;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.JsonWebToken;
import org.keycloak.services.util.DefaultClientSessionContext;

/** The clients that a token reaches. */
public final class TokenAudience {

    private TokenAudience() {}

    /** What the token itself says. */
    public static Set<String> of(JsonWebToken token) {
        return token == null || token.getAudience() == null ? Set.of() : Set.copyOf(List.of(token.getAudience()));
    }

    /** What the token says, or would say if it were not lightweight. */
    public static Set<String> of(KeycloakSession session, AccessToken token, ClientSessionContext context) {
        if (token == null || !lightweight(session, token)) return of(token);
        // NB. A lightweight token names no audience, and yet resource servers learn it when they introspect the token.
        var shown = new TokenManager()
                .transformIntrospectionAccessToken(
                        session,
                        token,
                        new AccessToken(),
                        context.getClientSession().getUserSession(),
                        context);
        var audience = new HashSet<>(of(token));
        audience.addAll(of(shown));
        return audience;
    }

    /**
     * What a token that was issued earlier says, or would say if it were not lightweight.
     *
     * @param clientSession what the token was issued in; empty for a token that names no session
     */
    public static Set<String> of(
            KeycloakSession session, AccessToken token, Optional<AuthenticatedClientSessionModel> clientSession) {
        return clientSession
                .map(known -> DefaultClientSessionContext.fromClientSessionAndScopeParameter(
                        known, token.getScope(), session))
                .map(context -> of(session, token, context))
                .orElseGet(() -> of(token));
    }

    private static boolean lightweight(KeycloakSession session, AccessToken token) {
        return session.getProvider(TokenContextEncoderProvider.class)
                        .getTokenContextFromTokenId(token.getId())
                        .getTokenType()
                == TokenType.LIGHTWEIGHT;
    }
}
