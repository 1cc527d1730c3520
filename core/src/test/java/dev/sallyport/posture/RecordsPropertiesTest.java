package dev.sallyport.posture;

import static dev.sallyport.posture.Management.DEVICE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.posture.PostureSource.Found;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/** Whatever a management answers, nothing is thrown, and nobody is healthier for what cannot be understood. */
class RecordsPropertiesTest {

    /** None of these says anything good of a device. */
    private static final List<String> GARBLED = List.of(
            "1",
            "-1",
            "1.5",
            "1e400",
            "99999999999999999999",
            "'yes'",
            "'1'",
            "'TRUE '",
            "' '",
            "[]",
            "[null]",
            "[true]",
            "['pass']",
            "'\\ud800'",
            "'\\u0000'");

    private static final List<String> ANYTHING = List.of(
            "''",
            "null",
            "true",
            "false",
            "0",
            "'true'",
            "'False'",
            "{}",
            "{'a':{}}",
            "'compliant'",
            "'inGracePeriod'",
            "'ENCRYPTED'",
            "'2026-11-23T08:00:00Z'",
            "'+999999999-12-31T23:59:59Z'",
            "[{}]",
            "[[]]");

    record Case(Management management, Recorded original, Recorded damaged) {}

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    @StatisticsReport(onFailureOnly = true)
    void whatIsGarbledMakesNobodyHealthier(@ForAll("garbled") Case garbled) {
        var before = good(garbled.management(), garbled.original());
        var after = good(garbled.management(), garbled.damaged());

        assertThat(before).containsAll(after);
        Statistics.label("good facts")
                .collect(after.isEmpty() ? "none" : "some")
                .coverage(seen -> {
                    seen.check("none").percentage(share -> share >= 5);
                    seen.check("some").percentage(share -> share >= 20);
                });
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void nothingThatIsAnsweredIsThrown(@ForAll("anything") Case anything) {
        assertThat(anything.management().answer(anything.damaged().text(), DEVICE))
                .isNotNull();
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void textThatIsCutOrChangedIsNotThrownEither(
            @ForAll Management management,
            @ForAll("cuts") int from,
            @ForAll("cuts") int length,
            @ForAll String instead) {
        var text = management.healthy().text();
        int start = Math.min(from, text.length());
        var changed = text.substring(0, start) + instead + text.substring(Math.min(text.length(), start + length));

        assertThat(management.answer(changed, DEVICE)).isNotNull();
        assertThat(FleetRecord.keys(changed)).isNotNull();
        assertThat(Notifications.fleet(changed)).isNotNull();
        assertThat(Notifications.graph(changed, secret -> true)).isNotNull();
    }

    private static Set<String> good(Management management, Recorded answer) {
        return management.answer(answer.text(), DEVICE) instanceof Found found
                ? found.posture().good()
                : Set.of();
    }

    @Provide
    Arbitrary<Integer> cuts() {
        return Arbitraries.integers().between(0, 1_500);
    }

    @Provide
    Arbitrary<Case> garbled() {
        return damaged(Arbitraries.of(GARBLED));
    }

    @Provide
    Arbitrary<Case> anything() {
        return damaged(Arbitraries.oneOf(
                Arbitraries.of(GARBLED), Arbitraries.of(ANYTHING), Arbitraries.of(ANYTHING), longTexts()));
    }

    private static Arbitrary<String> longTexts() {
        return Arbitraries.of("\\u0001", "\u20ac", "a").flatMap(character -> Arbitraries.of(255, 256, 2_000, 2_001)
                .map(times -> "'" + character.repeat(times) + "'"));
    }

    /** Of a device that is healthy in some ways and ill in others, some of what is said is replaced. */
    private static Arbitrary<Case> damaged(Arbitrary<String> values) {
        return Arbitraries.of(Management.class)
                .flatMap(management -> mixed(management).flatMap(original -> replaced(original, values)
                        .map(damaged -> new Case(management, original, damaged))));
    }

    private static Arbitrary<Recorded> mixed(Management management) {
        var healthy = management.healthy();
        var ill = management.ill();
        var leaves = ill.pointers().stream().filter(healthy::isLeaf).toList();
        return Arbitraries.subsetOf(leaves).map(sick -> {
            var answer = healthy;
            for (var pointer : sick) answer = answer.with(pointer, ill.at(pointer));
            return answer;
        });
    }

    private static Arbitrary<Recorded> replaced(Recorded original, Arbitrary<String> values) {
        var places = Arbitraries.of(original.pointers());
        return Combinators.combine(places, values)
                .as((place, value) -> new String[] {place, value})
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(changes -> {
                    var answer = original;
                    for (var change : changes) answer = answer.with(change[0], change[1]);
                    return answer;
                });
    }
}
