package dev.sallyport.posture.realm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BreakerTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private volatile Instant now = Instant.parse("2026-11-23T08:00:00Z");
    private final InstantSource time = () -> now;
    private final Breaker breaker = new Breaker(time.withZone(ZoneOffset.UTC));

    private void open() {
        for (int i = 0; i < 5; i++) breaker.failed();
        assertThat(breaker.enter(TIMEOUT)).isFalse();
        now = now.plusSeconds(5);
    }

    @Test
    void afterThePauseOneOfManyMayTry() throws InterruptedException {
        open();
        var together = new CountDownLatch(1);

        var tries = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> {
                    try {
                        together.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return breaker.enter(TIMEOUT);
                }))
                .toList();
        together.countDown();

        assertThat(tries.stream().filter(CompletableFuture::join)).hasSize(1);
    }

    @Test
    void successLetsEverybodyThroughAgain() {
        open();
        breaker.enter(TIMEOUT);

        breaker.succeeded();

        assertThat(breaker.enter(TIMEOUT)).isTrue();
        assertThat(breaker.enter(TIMEOUT)).isTrue();
    }

    @Test
    void anotherFailureOpensItForTwiceAsLong() {
        open();
        breaker.enter(TIMEOUT);

        breaker.failed();

        now = now.plusSeconds(9);
        assertThat(breaker.enter(TIMEOUT)).isFalse();
        now = now.plusSeconds(1);
        assertThat(breaker.enter(TIMEOUT)).isTrue();
    }

    @Test
    void whoNeverComesBackKeepsTheOthersOutForNoLongerThanAnAnswerMayTake() {
        open();
        breaker.enter(TIMEOUT);

        now = now.plus(TIMEOUT);

        assertThat(breaker.enter(TIMEOUT)).isTrue();
    }
}
