package dev.sallyport.finding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.finding.Observation.Origin;
import dev.sallyport.finding.Observation.Work;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DetectionTest {

    /** A Monday, 12:00 in Berlin. */
    private static final Instant NOON = Instant.parse("2026-11-23T11:00:00Z");

    private static DetectionRule rule(String kind, String more) {
        return DetectionRule.read("{\"name\":\"r\",\"kind\":\"%s\",\"severity\":\"high\"%s}".formatted(kind, more));
    }

    private static Observation at(Instant time, Work work, boolean refused, long times, Origin origin) {
        return new Observation(
                "id",
                "session.event",
                time,
                Optional.ofNullable(work),
                false,
                refused,
                times,
                Optional.ofNullable(origin),
                Optional.empty());
    }

    private static Observation from(Origin origin) {
        return at(NOON, Work.USE, false, 1, origin);
    }

    private static Observation act(long secondsAgo) {
        return at(NOON.minusSeconds(secondsAgo), Work.ADMINISTRATION, false, 1, null);
    }

    private static Observation refusal(long secondsAgo, long times) {
        return at(NOON.minusSeconds(secondsAgo), null, true, times, null);
    }

    private static Observation login(long secondsAgo) {
        var time = NOON.minusSeconds(secondsAgo);
        return new Observation(
                "id", "session.event", time, Optional.of(Work.USE), true, false, 1, Optional.empty(), Optional.empty());
    }

    private static Origin place(String address, String network, String country, Long asn) {
        return new Origin(
                address,
                network == null ? List.of() : List.of(network),
                Optional.ofNullable(country),
                Optional.ofNullable(asn));
    }

    private static boolean met(DetectionRule rule, Observation happened, Observation... before) {
        return Detection.evidence(rule, happened, List.of(before)).isPresent();
    }

    @Test
    void networkChangesWithTheAddressUnlessTheRealmOrTheProviderSaysThatItIsTheSame() {
        var rule = rule("network-change", "");
        var office = place("10.0.0.1", "office", null, null);

        assertThat(met(rule, from(place("10.0.0.2", "office", null, null)), from(office)))
                .isFalse();
        assertThat(met(rule, from(place("192.0.2.1", null, null, null)), from(office)))
                .isTrue();
        assertThat(met(rule, from(place("192.0.2.1", null, null, 1L)), from(place("192.0.2.9", null, null, 1L))))
                .isFalse();
        assertThat(met(rule, from(place("192.0.2.1", null, null, 1L)), from(place("192.0.2.9", null, null, 2L))))
                .isTrue();
        // NB. Out of the office is out of it, also by the same provider.
        assertThat(met(rule, from(place("192.0.2.1", null, null, 1L)), from(place("10.0.0.1", "office", null, 1L))))
                .isTrue();
    }

    @Test
    void changeOfAddressAloneIsNotCertain() {
        var rule = rule("network-change", "");
        var phone = from(place("192.0.2.1", null, null, null));

        var evidence = Detection.evidence(rule, phone, List.of(from(place("192.0.2.9", null, null, null))));

        assertThat(evidence.orElseThrow().get(Detection.CERTAIN)).isEqualTo(false);
        assertThat(Detection.evidence(rule, phone, List.of(from(place("10.0.0.1", "office", null, null))))
                        .orElseThrow()
                        .get(Detection.CERTAIN))
                .isEqualTo(true);
    }

    @Test
    void whereNobodyCanTellThereIsNoChange() {
        assertThat(met(rule("network-change", ""), from(place("192.0.2.1", null, null, null))))
                .isFalse();
        assertThat(met(rule("network-change", ""), from(null), from(place("192.0.2.1", null, null, null))))
                .isFalse();
        assertThat(met(
                        rule("country-change", ""),
                        from(place("192.0.2.1", null, null, null)),
                        from(place("192.0.2.2", null, "DE", null))))
                .isFalse();
    }

    @Test
    void placeIsComparedWithTheNewestThatIsKnown() {
        var rule = rule("country-change", "");
        var de = place("192.0.2.1", null, "DE", null);
        var fr = place("198.51.100.1", null, "FR", null);

        assertThat(met(rule, from(de), from(null), from(de), from(fr))).isFalse();
        assertThat(met(rule, from(de), from(null), from(fr), from(de))).isTrue();
        assertThat(met(rule, from(de), from(place("203.0.113.1", null, null, null)), from(fr)))
                .isTrue();
    }

    @Test
    void workOutsideTheScheduleIsMetAndRenewalAndRefusalAreNoWork() {
        var rule = rule(
                "outside-schedule",
                ",\"schedule\":{\"days\":[\"MON\"],\"from\":\"07:00\",\"to\":\"12:00\",\"zone\":\"Europe/Berlin\"}");

        assertThat(met(rule, at(NOON, Work.USE, false, 1, null))).isTrue();
        assertThat(met(rule, at(NOON.minusMillis(1), Work.USE, false, 1, null))).isFalse();
        assertThat(met(rule, at(NOON, Work.RENEWAL, false, 1, null))).isFalse();
        assertThat(met(rule, at(NOON, Work.ADMINISTRATION, true, 1, null))).isFalse();
        assertThat(met(rule, at(NOON, null, false, 1, null))).isFalse();
    }

    @Test
    void burstIsMetByTheChangeThatReachesTheNumberWithinTheTime() {
        var rule = rule("admin-burst", ",\"count\":3,\"within\":\"PT1M\"");

        assertThat(met(rule, act(0), act(10))).isFalse();
        assertThat(met(rule, act(0), act(10), act(60))).isTrue();
        assertThat(met(rule, act(0), act(10), act(61))).isFalse();
        assertThat(met(rule, act(0), act(10), refusal(20, 1))).isFalse();
        assertThat(met(rule, refusal(0, 1), act(10), act(20), act(30))).isFalse();
    }

    @Test
    void refusalsAreMetInARowOnlyAndRepetitionsCount() {
        var rule = rule("refusals", ",\"count\":4,\"within\":\"PT1M\"");

        var now = refusal(0, 1);
        assertThat(met(rule, now, now, refusal(5, 2))).isFalse();
        assertThat(met(rule, now, now, refusal(5, 3))).isTrue();
        assertThat(met(rule, now, now, refusal(61, 3))).isFalse();
        assertThat(met(rule, now, now, login(3), refusal(5, 3))).isFalse();
        // NB. What somebody's applications do meanwhile hides nothing.
        assertThat(met(rule, now, now, act(3), refusal(5, 3))).isTrue();
        assertThat(met(rule, act(0), refusal(5, 9))).isFalse();
    }

    @Test
    void refusalsOfLessThanAMinuteAreThoseOfAMinuteSinceTheyAreKeptByIt() {
        var rule = rule("refusals", ",\"count\":4,\"within\":\"PT5S\"");
        var now = refusal(0, 1);

        assertThat(met(rule, now, now, refusal(50, 3))).isTrue();
        assertThat(met(rule, now, now, refusal(61, 3))).isFalse();
    }

    @Test
    void elevationIsUnusedIfNothingWasDoneSinceItBegan() {
        var rule = rule("elevation-unused", "");
        var end = at(NOON, null, false, 1, null);

        assertThat(met(rule, end)).isTrue();
        assertThat(met(rule, end, refusal(5, 1))).isTrue();
        assertThat(met(rule, end, at(NOON, Work.RENEWAL, false, 1, null))).isFalse();
    }
}
