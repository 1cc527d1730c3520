package dev.sallyport.risk.realm;

import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.NewCookie.SameSite;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.resources.RealmsResource;
import org.keycloak.utils.SecureContextResolver;

/**
 * The random value by which a browser is known again where no device proves itself. It is never proof of anything, and no
 * policy's control can be met by it; but unlike a User-Agent nobody can guess it, so its absence is evidence.
 */
record BrowserMark(String value) {

    private static final String COOKIE = "SALLYPORT_BROWSER";
    private static final Duration LIFE = Duration.ofDays(365);
    private static final SecureRandom RANDOM = new SecureRandom();

    /** The mark that the browser at the other end of this request shows. */
    static Optional<BrowserMark> shown(KeycloakSession session) {
        return Optional.ofNullable(
                        session.getContext().getRequestHeaders().getCookies().get(COOKIE))
                .map(cookie -> cookie.getValue())
                .filter(value -> value.matches("[A-Za-z0-9_-]{32}"))
                .map(BrowserMark::new);
    }

    static BrowserMark random() {
        var bytes = new byte[24];
        RANDOM.nextBytes(bytes);
        return new BrowserMark(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** Gives the browser the mark, for the realm's own pages. */
    void give(KeycloakSession session) {
        var context = session.getContext();
        // NB. As Keycloak's own cookies: a login that starts with a cross-site POST, as SAML has it, must find it too.
        boolean secure = SecureContextResolver.isSecureContext(session);
        var path = RealmsResource.realmBaseUrl(context.getUri())
                .path("/")
                .build(context.getRealm().getName())
                .getRawPath();
        context.getHttpResponse()
                .setCookieIfAbsent(new NewCookie.Builder(COOKIE)
                        .value(value)
                        .path(path)
                        .maxAge((int) LIFE.toSeconds())
                        .httpOnly(true)
                        .secure(secure)
                        .sameSite(secure ? SameSite.NONE : SameSite.LAX)
                        .build());
    }

    /** What the history keeps of it: whoever reads the database cannot pass for the browser. */
    String fingerprint() {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
