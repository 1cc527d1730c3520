package dev.sallyport.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.elevation.ElevationRefusal.StrengthNeeded;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChallengeTest {

    private static String challenge(Optional<String> acr, Optional<Duration> maxAge) {
        return Challenge.of(new StrengthNeeded(acr, maxAge));
    }

    @Test
    void applicationIsToldWhatToAskFor() {
        assertThat(challenge(Optional.of("2"), Optional.of(Duration.ofMinutes(5))))
                .startsWith("Bearer error=\"insufficient_user_authentication\", error_description=\"")
                .endsWith("\", acr_values=\"2\", max_age=\"300\"");
        assertThat(challenge(Optional.empty(), Optional.of(Duration.ofMinutes(5))))
                .doesNotContain("acr_values");
        assertThat(challenge(Optional.of("gold"), Optional.empty())).doesNotContain("max_age");
    }

    @Test
    void nameOfALevelStaysInItsQuotationMarks() {
        assertThat(challenge(Optional.of("a\", max_age=\"0\r\nSet-Cookie: ü"), Optional.empty()))
                .endsWith("acr_values=\"a\\\", max_age=\\\"0??Set-Cookie: ?\"");
    }
}
