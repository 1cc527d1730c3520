package dev.sallyport.expression;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.logic.Truth;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is written as an expression is refused with a fault or evaluated to an answer, soon. */
class ExpressionPropertiesTest {

    /** Generous, since machines that run tests are busy; without bounds these inputs take minutes or all memory. */
    private static final Duration SOON = Duration.ofSeconds(20);

    private static final List<String> TOKENS = List.of(
            "user",
            "client",
            "device",
            "posture",
            "request",
            "session",
            "risk",
            "time",
            ".",
            "id",
            "attributes",
            "groups",
            "costCenter",
            "patchRing",
            "username",
            "'a'",
            "\"b\"",
            "'''c'''",
            "r'\\d'",
            "b'x'",
            "1",
            "2.5",
            "3u",
            "-1",
            "9223372036854775807",
            "true",
            "false",
            "null",
            "[",
            "]",
            "{",
            "}",
            "(",
            ")",
            ",",
            ":",
            "?",
            "!",
            "-",
            "+",
            "*",
            "/",
            "%",
            "==",
            "!=",
            "<",
            "<=",
            ">",
            ">=",
            "&&",
            "||",
            "in",
            "has",
            "all",
            "exists",
            "exists_one",
            "map",
            "filter",
            "size",
            "matches",
            "startsWith",
            "timestamp",
            "duration",
            "int",
            "string",
            "type",
            "dyn",
            "x",
            " ",
            "\n",
            "// no",
            "\t",
            "'",
            "\\",
            "\u0000",
            "\ud83d\ude00",
            "`",
            "@",
            "$",
            "google.protobuf.Any",
            "sallyport.User");

    @Property(tries = 400)
    void anyRowOfTokensIsRefusedOrAnswered(@ForAll("rows") String text) {
        assertRefusedOrAnswered(text);
    }

    @Property(tries = 150)
    void anyTextIsRefusedOrAnswered(@ForAll String text) {
        assertRefusedOrAnswered(text);
    }

    @Property(tries = 150)
    void anyRepetitionIsRefusedOrAnswered(@ForAll("repetitions") String text) {
        assertRefusedOrAnswered(text);
    }

    @Provide
    Arbitrary<String> rows() {
        return Arbitraries.of(TOKENS).list().ofMinSize(1).ofMaxSize(30).map(tokens -> String.join("", tokens));
    }

    @Provide
    Arbitrary<String> repetitions() {
        return Combinators.combine(
                        Arbitraries.of(TOKENS).list().ofMinSize(1).ofMaxSize(4).map(tokens -> String.join(" ", tokens)),
                        Arbitraries.integers().between(1, Expression.MAX_LENGTH + 10),
                        Arbitraries.of(TOKENS).list().ofMaxSize(4).map(tokens -> String.join(" ", tokens)))
                .as((part, times, end) -> part.repeat(Math.max(1, Math.min(times, 2_010 / part.length()))) + end);
    }

    /** Every try of a costly answer that came to mind. */
    @Example
    void costlyExpressionsEndSoon() {
        var many = "[" + "1,".repeat(300) + "1]";
        for (var text : List.of(
                many + ".all(a, " + many + ".all(b, a == b || true))",
                many + ".exists(a, " + many + ".exists(b, a + b == 3))",
                "[['x','x','x','x']].all(a, [[a,a,a,a,a,a,a,a]].all(b, [b,b,b,b,b,b,b,b] == [b,b,b,b,b,b,b,b]))",
                many + ".all(a, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'.matches('(a*)*b') || true)",
                "'" + "a".repeat(1_500) + "'.matches('(a|aa|aaa)*(a|aa|aaa)*(a|aa|aaa)*b')",
                "user.id.matches('((((a{30}){30}){30}){30}){30}')",
                "user.id.matches('" + "(".repeat(900) + ")".repeat(900) + "')",
                "user.id.matches('" + "a{1000}".repeat(200) + "')",
                many + ".all(a, posture.attributes.labels.all(b, b.matches('^[a-z]*$')))",
                many + ".all(a, " + many + ".all(b, time.getHours('Europe/Berlin') == 13))")) {
            assertRefusedOrAnswered(text);
        }
    }

    private static void assertRefusedOrAnswered(String text) {
        var start = Instant.now();
        try {
            var expression = Expression.compile(text);
            assertThat(expression.evaluate(Known.all())).isNotNull();
            assertThat(expression.evaluate(Known.little())).isNotNull();
        } catch (DocumentFault fault) {
            assertThat(fault.below("conditions.expression").path()).isEqualTo("conditions.expression");
            assertThat(fault.reason()).isNotBlank();
        }
        assertThat(Duration.between(start, Instant.now())).as(text).isLessThan(SOON);
    }

    /** A sentence of a small part of the language, with what it must come to when {@code risk} is unknown. */
    private record Sentence(String text, Optional<Boolean> answer) {

        Sentence not() {
            return new Sentence("!(" + text + ")", answer.map(known -> !known));
        }

        Sentence and(Sentence other) {
            return new Sentence("(" + text + ") && (" + other.text + ")", decided(other, false));
        }

        Sentence or(Sentence other) {
            return new Sentence("(" + text + ") || (" + other.text + ")", decided(other, true));
        }

        Sentence choose(Sentence yes, Sentence no) {
            return new Sentence(
                    "(" + text + ") ? (" + yes.text + ") : (" + no.text + ")",
                    answer.flatMap(known -> known ? yes.answer : no.answer));
        }

        Sentence equal(Sentence other) {
            return new Sentence(
                    "(" + text + ") == (" + other.text + ")",
                    answer.flatMap(one -> other.answer.map(two -> one.equals(two))));
        }

        private Optional<Boolean> decided(Sentence other, boolean alone) {
            if (answer.equals(Optional.of(alone)) || other.answer.equals(Optional.of(alone))) return Optional.of(alone);
            return answer.isPresent() && other.answer.isPresent() ? Optional.of(!alone) : Optional.empty();
        }
    }

    @Property(tries = 250)
    void answerIsWhatANaiveReadingGives(@ForAll("sentences") Sentence sentence) {
        var expected = sentence.answer().map(Truth::of).orElse(Truth.UNKNOWN);

        assertThat(Expression.compile(sentence.text()).evaluate(Known.little()))
                .as(sentence.text())
                .isEqualTo(expected);
    }

    @Provide
    Arbitrary<Sentence> sentences() {
        return sentences(3);
    }

    private static Arbitrary<Sentence> sentences(int depth) {
        var words = Arbitraries.of(
                new Sentence("true", Optional.of(true)),
                new Sentence("false", Optional.of(false)),
                new Sentence("user.username == 'ann'", Optional.of(true)),
                new Sentence("client.id != 'ledger'", Optional.of(false)),
                new Sentence("'contractor' in user.attributes", Optional.of(false)),
                new Sentence("has(user.email)", Optional.of(false)),
                new Sentence("risk == 'high'", Optional.empty()),
                new Sentence("risk != 'high'", Optional.empty()),
                new Sentence("has(posture.managed)", Optional.empty()),
                new Sentence("posture.attributes.patchRing != 'beta'", Optional.empty()),
                new Sentence("user.attributes.missing[0] == 'x'", Optional.empty()),
                new Sentence("'office' in session.networks", Optional.empty()),
                new Sentence("1 / 0 == 1", Optional.empty()));
        if (depth == 0) return words;
        var parts = sentences(depth - 1);
        return Arbitraries.oneOf(
                words,
                parts.map(Sentence::not),
                Combinators.combine(parts, parts).as(Sentence::and),
                Combinators.combine(parts, parts).as(Sentence::or),
                Combinators.combine(parts, parts).as(Sentence::equal),
                Combinators.combine(parts, parts, parts).as(Sentence::choose));
    }
}
