package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keycloak.representations.AccessToken;

class TokenLifeTest {

    private static final long ISSUED = 1_800_000_000;

    @ParameterizedTest
    @CsvSource({"300, PT1M, 60", "300, PT5M, 300", "300, PT1H, 300", "300, P1000000000D, 300", "300, PT0.5S, 0"})
    void lifeOfATokenIsShortenedAndNeverLengthened(long life, Duration longest, long limited) {
        assertThat(end(ISSUED + life, longest)).isEqualTo(ISSUED + limited);
    }

    @Test
    void tokenWithoutAnEndGetsOne() {
        assertThat(end(null, Duration.ofMinutes(1))).isEqualTo(ISSUED + 60);
        assertThat(end(0L, Duration.ofMinutes(1))).isEqualTo(ISSUED + 60);
    }

    private static Long end(Long exp, Duration longest) {
        var token = new AccessToken();
        token.iat(ISSUED);
        token.exp(exp);
        TokenLife.limit(token, longest);
        return token.getExp();
    }
}
