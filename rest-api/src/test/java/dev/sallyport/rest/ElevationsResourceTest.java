package dev.sallyport.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.document.DocumentFault;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElevationsResourceTest {

    @Test
    void timeIsOneOfFourDigits() {
        assertThat(ElevationsResource.time("from", "2026-11-23T08:00:00Z"))
                .contains(Instant.parse("2026-11-23T08:00:00Z"));
        assertThat(ElevationsResource.time("from", null)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"+1000000000-12-31T23:59:59Z", "-1000000000-01-01T00:00:00Z", "+10000-01-01T00:00:00Z", "now"})
    void timeThatNoDatabaseKeepsIsRefused(String text) {
        assertThatThrownBy(() -> ElevationsResource.time("from", text))
                .isInstanceOf(DocumentFault.class)
                .hasMessageContaining("from");
    }
}
