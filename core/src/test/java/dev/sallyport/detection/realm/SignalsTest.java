package dev.sallyport.detection.realm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.finding.DetectionRule;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SignalsTest {

    private static final DetectionRule ANOTHER_DEVICE = DetectionRule.read("""
            {"name":"device","kind":"device-change","severity":"low"}""");

    private static DetectionRule refusals(int count) {
        return DetectionRule.read("""
                {"name":"tries-%1$d","kind":"refusals","severity":"low","count":%1$d,"within":"PT1M"}""".formatted(count));
    }

    @Test
    void everyRepetitionIsLookedAtUpToTheLargestNumberOfARule() {
        var rules = List.of(refusals(3), refusals(11), ANOTHER_DEVICE);

        assertThat(lookedAt(rules, 70)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 32, 64);
    }

    @Test
    void ofRepetitionsThatNoRuleCountsThePowersOfTwoAreLookedAt() {
        assertThat(lookedAt(List.of(ANOTHER_DEVICE), 20)).containsExactly(1, 2, 4, 8, 16);
    }

    @Test
    void numberOfLooksIsBoundedHoweverOftenItHappens() {
        assertThat(lookedAt(List.of(refusals(1_000)), 100_000)).hasSizeLessThan(1_020);
    }

    private static long[] lookedAt(List<DetectionRule> rules, long most) {
        return LongStream.rangeClosed(1, most)
                .filter(times -> Signals.lookedAt(times, rules))
                .toArray();
    }
}
