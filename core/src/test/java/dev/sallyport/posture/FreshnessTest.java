package dev.sallyport.posture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.device.Provenance;
import dev.sallyport.device.Provenance.Contact;
import dev.sallyport.device.Steadiness;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FreshnessTest {

    private static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");
    private static final Freshness FLEET = new Freshness(Map.of("fleet", Duration.ofMinutes(5)));

    private static Provenance asked(String source, Duration ago, boolean outage) {
        var at = NOW.minus(ago);
        var contact = new Contact(at, Optional.of(at), Optional.of(at).filter(moment -> outage), true);
        return new Provenance(Map.of(), Map.of(source, contact), Steadiness.unknown());
    }

    @Test
    void realmWithoutSourcesAsksNobody() {
        assertThat(new Freshness(Map.of()).needsWork(Provenance.unknown(), NOW)).isFalse();
    }

    @Test
    void whoWasNeverAskedIsAsked() {
        assertThat(FLEET.stale(Provenance.unknown(), NOW)).containsExactly("fleet");
        assertThat(FLEET.unheard(Provenance.unknown())).isTrue();
    }

    @Test
    void answerIsUsedAsLongAsItsSourceSays() {
        assertThat(FLEET.needsWork(asked("fleet", Duration.ofSeconds(299), false), NOW))
                .isFalse();
        assertThat(FLEET.needsWork(asked("fleet", Duration.ofSeconds(300), false), NOW))
                .isTrue();
        assertThat(FLEET.unheard(asked("fleet", Duration.ofSeconds(300), false)))
                .isFalse();
    }

    @Test
    void outageIsAskedAboutSooner() {
        assertThat(FLEET.needsWork(asked("fleet", Duration.ofSeconds(29), true), NOW))
                .isFalse();
        assertThat(FLEET.needsWork(asked("fleet", Duration.ofSeconds(30), true), NOW))
                .isTrue();
    }

    @Test
    void noCacheAtAllStillAsksOnceASecondAtMost() {
        var eager = new Freshness(Map.of("fleet", Duration.ZERO));

        assertThat(eager.needsWork(asked("fleet", Duration.ofMillis(999), false), NOW))
                .isFalse();
        assertThat(eager.needsWork(asked("fleet", Duration.ofSeconds(1), false), NOW))
                .isTrue();
    }

    @Test
    void sourceThatIsNoneAnyMoreIsForgotten() {
        var removed = asked("intune", Duration.ZERO, false);

        assertThat(new Freshness(Map.of()).needsWork(removed, NOW)).isTrue();
        assertThat(new Freshness(Map.of()).stale(removed, NOW)).isEmpty();
    }

    @Test
    void whoIsRefusedAsksAgainHoweverYoungTheAnswerIs() {
        assertThat(FLEET.atOnce().needsWork(asked("fleet", Duration.ofSeconds(2), false), NOW))
                .isTrue();
        assertThat(FLEET.atOnce().eager()).isTrue();
        assertThat(FLEET.eager()).isFalse();
    }
}
