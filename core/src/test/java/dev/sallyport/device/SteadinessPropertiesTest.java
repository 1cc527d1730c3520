package dev.sallyport.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.sallyport.device.Steadiness.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SteadinessPropertiesTest {

    private static final Instant START = Instant.parse("2026-11-23T08:00:00Z");
    private static final Rule RULE = new Rule(2, Duration.ofMinutes(30));
    private static final Set<String> ILL = Set.of();
    private static final Set<String> WELL = Set.of("compliant");

    /** A device that changes from well to ill and back after each of these times. */
    private record Life(List<Steadiness> states, List<Instant> changes) {

        static Life of(List<Duration> spells) {
            var states = new ArrayList<Steadiness>();
            var changes = new ArrayList<Instant>();
            var state = Steadiness.unknown().after(ILL, WELL, START, RULE);
            states.add(state);
            changes.add(START);
            for (var spell : spells) {
                var at = changes.get(changes.size() - 1).plus(spell);
                boolean well = changes.size() % 2 == 0;
                state = well ? state.after(ILL, WELL, at, RULE) : state.after(WELL, ILL, at, RULE);
                states.add(state);
                changes.add(at);
            }
            return new Life(states, changes);
        }

        /** When sessions were ended: it was believed to be well until then, and fell. */
        List<Instant> ends() {
            var ends = new ArrayList<Instant>();
            for (int i = 1; i < changes.size(); i += 2) {
                if (!states.get(i - 1).heldAt(changes.get(i))) ends.add(changes.get(i));
            }
            return ends;
        }
    }

    @Property
    void sessionsEndNoMoreOftenThanTheRuleSays(@ForAll("lives") List<Duration> spells) {
        var ends = Life.of(spells).ends();

        for (var end : ends) {
            var lately = ends.stream()
                    .filter(other -> !other.isAfter(end))
                    .filter(other -> other.isAfter(end.minus(RULE.within())));
            assertThat(lately.count()).isLessThanOrEqualTo(RULE.falls() + 1L);
        }
    }

    @Property
    void deviceThatKeepsStillIsHeldNoLonger(@ForAll("lives") List<Duration> spells) {
        var life = Life.of(spells);
        var last = life.changes().get(life.changes().size() - 1);
        var state = life.states().get(life.states().size() - 1);

        assertThat(state.heldAt(last.plus(RULE.within()))).isFalse();
    }

    @Property
    void whatIsRememberedIsBounded(@ForAll("lives") List<Duration> spells) {
        assertThat(Life.of(spells).states())
                .allSatisfy(state -> assertThat(state.falls()).hasSizeLessThanOrEqualTo(RULE.falls() + 1));
    }

    @Property
    void heldDeviceIsNeverBelievedToBeBetterThanItIs(
            @ForAll("flags") Boolean compliant,
            @ForAll("flags") Boolean encrypted,
            @ForAll("flags") Boolean jailbroken) {
        var device = says(compliant, encrypted, jailbroken);
        var held = device.held(START);

        assertThat(held.good()).isEmpty();
        assertThat(held.compliant()).contains(false);
        assertThat(held.diskEncrypted()).isEqualTo(device.diskEncrypted().filter(on -> !on));
        assertThat(held.jailbroken()).isEqualTo(device.jailbroken().filter(broken -> broken));
    }

    @Example
    void deviceThatWasRepairedOnceIsBelievedAtOnce() {
        var life = Life.of(List.of(Duration.ofSeconds(1), Duration.ofSeconds(1)));

        assertThat(life.states()).noneMatch(state -> state.heldUntil().isPresent());
    }

    @Example
    void deviceThatFallsTooOftenIsHeldUntilItHasKeptStill() {
        var minute = Duration.ofMinutes(1);

        var life = Life.of(List.of(minute, minute, minute, minute, minute, minute));

        var repaired = life.changes().get(6);
        assertThat(life.states().get(6).heldUntil()).contains(repaired.plus(RULE.within()));
        assertThat(life.ends()).hasSize(3);
    }

    private static Posture says(Boolean compliant, Boolean encrypted, Boolean jailbroken) {
        var facts = new TreeMap<String, JsonNode>();
        if (compliant != null) facts.put("compliant", BooleanNode.valueOf(compliant));
        if (encrypted != null) facts.put("diskEncrypted", BooleanNode.valueOf(encrypted));
        if (jailbroken != null) facts.put("jailbroken", BooleanNode.valueOf(jailbroken));
        return Posture.of(START, Optional.of("fleet"), facts, List.of());
    }

    @Provide
    static Arbitrary<List<Duration>> lives() {
        return Arbitraries.integers()
                .between(1, 60)
                .map(minutes -> Duration.ofMinutes(minutes))
                .list()
                .ofMaxSize(40);
    }

    @Provide
    static Arbitrary<Boolean> flags() {
        return Arbitraries.of(true, false).injectNull(0.3);
    }
}
