package dev.sallyport.risk;

import static dev.sallyport.risk.Logins.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.document.Documents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class UnfamiliarityPropertiesTest {

    /** Something that happens to a user's account; {@code login} is null when it is a failure. */
    record Happening(LoginAttempt login, boolean proven, Duration at) {

        LoginHistory to(LoginHistory history) {
            return login == null ? history.afterFailure(NOW.plus(at)) : history.afterLogin(login, proven);
        }
    }

    private static LoginHistory after(List<Happening> happenings) {
        var history = LoginHistory.none();
        for (var happening : happenings) history = happening.to(history);
        return history;
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    void moreFailuresNeverLowerTheLevel(
            @ForAll("happenings") List<Happening> happenings,
            @ForAll("attempt") LoginAttempt attempt,
            @ForAll @IntRange(min = 1, max = 15) int failures) {
        var history = after(happenings);
        var worse = history;
        for (int i = 0; i < failures; i++) worse = worse.afterFailure(attempt.time());

        assertThat(level(worse, attempt)).isGreaterThanOrEqualTo(level(history, attempt));
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    void whatWasNeverSeenNeverLowersTheLevel(
            @ForAll("happenings") List<Happening> happenings,
            @ForAll("attempt") LoginAttempt attempt,
            @ForAll Trait trait) {
        // NB. The country counts only where the network is new as well.
        Assume.that(trait != Trait.COUNTRY);
        var history = after(happenings);
        var stranger = Logins.with(attempt, trait, "never seen");

        assertThat(level(history, stranger)).isGreaterThanOrEqualTo(level(history, attempt));
        assertThat(Unfamiliarity.judge(history, stranger).reasons())
                .containsAll(Unfamiliarity.judge(history, attempt).reasons());
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    void withholdingAFactNeverLowersTheLevel(
            @ForAll("happenings") List<Happening> happenings,
            @ForAll("attempt") LoginAttempt attempt,
            @ForAll Trait trait) {
        var history = after(happenings);

        assertThat(level(history, Logins.without(attempt, trait))).isGreaterThanOrEqualTo(level(history, attempt));
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    void loginsByPasswordAloneNeverLowerTheLevelOfWhatIsNew(
            @ForAll("happenings") List<Happening> happenings,
            @ForAll("attempt") LoginAttempt attempt,
            @ForAll @IntRange(min = 1, max = 60) int logins) {
        var history = after(happenings);
        Assume.that(!history.familiar(Trait.DEVICE, attempt.time()).isEmpty());
        Assume.that(!history.knows(Trait.DEVICE, attempt));
        var tried = history;
        for (int i = 0; i < logins; i++) tried = tried.afterLogin(attempt, false);

        assertThat(Unfamiliarity.judge(tried, attempt)).isEqualTo(Unfamiliarity.judge(history, attempt));
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void historyIsBoundedWhateverHappens(@ForAll("happenings") List<Happening> happenings) {
        var history = LoginHistory.none();
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < happenings.size(); i++) {
                var happening = happenings.get(i);
                history = happening.to(history);
                if (happening.login() == null) continue;
                var other = Logins.with(happening.login(), Trait.DEVICE, "device:" + "d".repeat(255) + round + i);
                history = history.afterLogin(other, happening.proven());
            }
        }

        for (var trait : Trait.values()) {
            assertThat(history.seen().getOrDefault(trait, List.of())).hasSizeLessThanOrEqualTo(trait.remembered());
        }
        assertThat(history.hours().stream().mapToInt(Integer::intValue).sum()).isLessThan(LoginHistory.MAX_LOGINS);
        assertThat(history.failures()).isLessThanOrEqualTo(LoginHistory.MAX_FAILURES);
        assertThat(Documents.write(history)).hasSizeLessThan(32_000);
    }

    private static Risk.Level level(LoginHistory history, LoginAttempt attempt) {
        return Unfamiliarity.judge(history, attempt).level().orElseThrow();
    }

    @Provide
    Arbitrary<LoginAttempt> attempt() {
        var values = Arbitraries.of("a", "b", "c", "");
        return Combinators.combine(
                        values, values, values, Arbitraries.integers().between(-400, 48))
                .as((device, network, country, hours) ->
                        new LoginAttempt(NOW.plus(Duration.ofHours(hours)), traits(device, network, country)));
    }

    private static Map<Trait, String> traits(String device, String network, String country) {
        return Stream.of(
                        Map.entry(Trait.DEVICE, device),
                        Map.entry(Trait.NETWORK, network),
                        Map.entry(Trait.COUNTRY, country))
                .filter(entry -> !entry.getValue().isEmpty())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Provide
    Arbitrary<List<Happening>> happenings() {
        var login = Combinators.combine(attempt(), Arbitraries.of(true, false))
                .as((attempt, proven) -> new Happening(attempt, proven, Duration.ZERO));
        var failure =
                Arbitraries.integers().between(-400, 48).map(h -> new Happening(null, false, Duration.ofHours(h)));
        return Arbitraries.oneOf(login, failure).list().ofMaxSize(40).map(ArrayList::new);
    }
}
