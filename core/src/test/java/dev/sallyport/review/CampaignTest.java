package dev.sallyport.review;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CampaignTest {

    private static final Instant NOW = Instant.parse("2026-11-28T20:00:00Z");

    @Test
    void somebodyHasTimeToDecideBeforeSilenceDoes() {
        assertThatCode(() -> due(Duration.ofHours(1)).check(NOW)).doesNotThrowAnyException();
        assertThatCode(() -> due(Duration.ofDays(366)).check(NOW)).doesNotThrowAnyException();
        assertThatThrownBy(() -> due(Duration.ofMinutes(59)).check(NOW)).isInstanceOf(DocumentFault.class);
        assertThatThrownBy(() -> due(Duration.ofSeconds(-1)).check(NOW)).isInstanceOf(DocumentFault.class);
        assertThatThrownBy(() -> due(Duration.ofDays(367)).check(NOW)).isInstanceOf(DocumentFault.class);
    }

    private static Campaign due(Duration later) {
        return Documents.read("""
                {"name":"autumn","scope":{"standing":true},"reviewers":{"users":["bob"]},"deadline":"%s","onSilence":"revoke"}""".formatted(NOW.plus(later)), Campaign.class);
    }
}
