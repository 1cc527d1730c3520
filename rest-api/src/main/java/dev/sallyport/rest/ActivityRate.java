package dev.sallyport.rest;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How much one sender may report within a minute to one node, so that a program that runs wild does not bury what the others
 * have to say.
 */
final class ActivityRate {

    private final int most;
    private final Cache<String, AtomicInteger> counts = Caffeine.newBuilder()
            .expireAfterWrite(Duration.ofMinutes(2))
            .maximumSize(10_000)
            .build();

    ActivityRate(int most) {
        this.most = most;
    }

    boolean admits(String sender, Instant now) {
        var minute = sender + " " + now.getEpochSecond() / 60;
        return counts.get(minute, none -> new AtomicInteger()).incrementAndGet() <= most;
    }
}
