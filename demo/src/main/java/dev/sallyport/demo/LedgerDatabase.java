package dev.sallyport.demo;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.token.BearerTokenError;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A resource server: it wants an access token with the role {@code db-admin}, and says how to get one to whoever comes
 * without (RFC 9470).
 *
 * @param issuers the realm, under each address that it has here
 */
record LedgerDatabase(Collection<URI> issuers) {

    static final String PATH = "/database";

    private static final String ROLE = "db-admin";

    private static final BearerTokenError ELEVATION_NEEDED = new BearerTokenError(
            "insufficient_user_authentication",
            "This takes elevated access for a while.",
            401,
            null,
            null,
            new Scope("openid", "elevate:demo-db-admin"));

    void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            answer(exchange);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        var authorization = exchange.getRequestHeaders().getFirst("Authorization");
        if (authorization == null || !authorization.startsWith("Bearer ")) {
            challenge(exchange, BearerTokenError.MISSING_TOKEN);
            return;
        }
        try {
            var claims = verified(authorization.substring("Bearer ".length()));
            if (roles(claims).contains(ROLE)) {
                send(exchange, 200, "The index was rebuilt for " + claims.getClaim("preferred_username") + ".");
            } else {
                challenge(exchange, ELEVATION_NEEDED);
            }
        } catch (ParseException | JOSEException | BadJOSEException e) {
            challenge(exchange, BearerTokenError.INVALID_TOKEN);
        }
    }

    private JWTClaimsSet verified(String token) throws ParseException, JOSEException, BadJOSEException, IOException {
        var alleged = com.nimbusds.jwt.SignedJWT.parse(token).getJWTClaimsSet().getIssuer();
        var issuer = issuers.stream()
                .filter(known -> known.toString().equals(alleged))
                .findFirst()
                .orElseThrow(() -> new BadJOSEException("unknown issuer"));
        var keys = URI.create(issuer + "/protocol/openid-connect/certs").toURL();
        var processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(
                JWSAlgorithm.RS256, JWKSourceBuilder.create(keys).build()));
        processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(
                new JWTClaimsSet.Builder().issuer(alleged).build(), Set.of("exp", "sub")));
        return processor.process(token, null);
    }

    private static List<?> roles(JWTClaimsSet claims) {
        return claims.getClaim("resource_access") instanceof Map<?, ?> clients
                        && clients.get("demo-app") instanceof Map<?, ?> client
                        && client.get("roles") instanceof List<?> roles
                ? roles
                : List.of();
    }

    private static void challenge(HttpExchange exchange, BearerTokenError error) throws IOException {
        exchange.getResponseHeaders().set("WWW-Authenticate", error.toWWWAuthenticateHeader());
        send(exchange, 401, "Not without elevated access.");
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        var body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
