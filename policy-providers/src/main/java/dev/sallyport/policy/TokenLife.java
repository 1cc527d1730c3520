package dev.sallyport.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.keycloak.common.util.Time;
import org.keycloak.representations.JsonWebToken;

/** How long a token lives. Only ever shortened. */
final class TokenLife {

    private TokenLife() {}

    /** Lets a token end no later than that after it was issued. */
    static void limit(JsonWebToken token, Duration life) {
        end(token, issued(token) + Math.min(life.toSeconds(), Integer.MAX_VALUE));
    }

    /** Lets a token end no later than then. */
    static void limit(JsonWebToken token, Instant latest) {
        end(token, latest.getEpochSecond());
    }

    static long issued(JsonWebToken token) {
        return Optional.ofNullable(token.getIat()).orElse((long) Time.currentTime());
    }

    private static void end(JsonWebToken token, long latest) {
        var end = Optional.ofNullable(token.getExp()).filter(exp -> exp != 0); // 0 is Keycloak's "never"
        token.exp(end.map(exp -> Math.min(exp, latest)).orElse(latest));
    }
}
