package dev.sallyport.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class CircuitTest {

    private static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static Circuit failed(int times) {
        var circuit = Circuit.CLOSED;
        for (int i = 0; i < times; i++) circuit = circuit.failed(NOW);
        return circuit;
    }

    @Test
    void fewFailuresAreTolerated() {
        assertThat(failed(Circuit.TOLERATED - 1).admits(NOW)).isTrue();
        assertThat(failed(Circuit.TOLERATED).admits(NOW)).isFalse();
    }

    @Test
    void whileItIsClosedEverybodyIsLetThrough() {
        var entered = Circuit.CLOSED.entered(NOW, TIMEOUT);

        assertThat(entered.admits(NOW)).isTrue();
    }

    @Test
    void afterThePauseOneIsLetThroughAndNobodyElseUntilItHasAnswered() {
        var later = NOW.plus(Circuit.FIRST_PAUSE);
        var open = failed(Circuit.TOLERATED);

        assertThat(open.admits(later.minusMillis(1))).isFalse();
        assertThat(open.admits(later)).isTrue();
        var trying = open.entered(later, TIMEOUT);
        assertThat(trying.admits(later.plus(TIMEOUT).minusMillis(1))).isFalse();
        assertThat(trying.admits(later.plus(TIMEOUT))).isTrue();
    }

    @Test
    void pausesDoubleUpToTheLongest() {
        var pauses = List.of(5, 10, 20, 40, 60, 60);
        for (int i = 0; i < pauses.size(); i++) {
            var until = failed(Circuit.TOLERATED + i).openUntil().orElseThrow();
            assertThat(Duration.between(NOW, until)).isEqualTo(Duration.ofSeconds(pauses.get(i)));
        }
        assertThat(failed(2_000).openUntil()).contains(NOW.plus(Circuit.LONGEST_PAUSE));
    }

    @Test
    void waitThatTheServiceAsksForIsKeptWithinReason() {
        var waiting = Circuit.CLOSED.askedToWait(NOW, Duration.ofSeconds(30));

        assertThat(waiting.admits(NOW.plusSeconds(29))).isFalse();
        assertThat(waiting.failed(NOW).admits(NOW.plusSeconds(29))).isFalse();
        assertThat(waiting.admits(NOW.plusSeconds(30))).isTrue();
        assertThat(Circuit.CLOSED.askedToWait(NOW, Duration.ofDays(365)).admits(NOW.plus(Circuit.LONGEST_PAUSE)))
                .isTrue();
    }

    @Property(tries = 300)
    void whateverHappensSomebodyMayTryAgainWithinAMinute(@ForAll("happenings") List<Happening> happenings) {
        var circuit = Circuit.CLOSED;
        for (var happening : happenings) circuit = happening.to(circuit);

        assertThat(circuit.admits(NOW.plus(Circuit.LONGEST_PAUSE))).isTrue();
    }

    interface Happening {
        Circuit to(Circuit circuit);
    }

    @Provide
    Arbitrary<List<Happening>> happenings() {
        return Arbitraries.<Happening>of(
                        circuit -> circuit.failed(NOW),
                        circuit -> circuit.entered(NOW, TIMEOUT),
                        circuit -> circuit.askedToWait(NOW, Duration.ofDays(1)),
                        circuit -> circuit.askedToWait(NOW, Duration.ZERO))
                .list()
                .ofMaxSize(30);
    }
}
