package dev.sallyport.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sallyport.device.Posture;
import dev.sallyport.device.Recognition.Recognised;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.logic.Truth;
import dev.sallyport.network.Atlas;
import dev.sallyport.network.Place;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user.id == 'id-ann'",
                "user.username == 'ann'",
                "user.email.endsWith('@example.com')",
                "user.attributes.costCenter[0] == '4711'",
                "'4712' in user.attributes['costCenter']",
                "'x' in user.attributes['a-b']",
                "user.attributes.costCenter.exists(c, c.matches('^47..$'))",
                "!('contractor' in user.attributes)",
                "'/finance' in user.groups",
                "user.groups.all(g, g.startsWith('/finance'))",
                "'ledger.clerk' in user.roles",
                "client.id == 'ledger'",
                "client.attributes.tier == 'gold'",
                "device.id == 'C02A'",
                "device.platform == 'macos'",
                "device.owner == user.username",
                "device.method == 'certificate'",
                "posture.observedAt < time",
                "posture.source == 'registry'",
                "posture.managed && posture.compliant && posture.diskEncrypted && posture.firewall && posture.screenLock",
                "posture.secureBoot && !posture.jailbroken && posture.antimalware",
                "posture.osVersion.startsWith('14.')",
                "posture.criticalVulnerabilities == 2",
                "posture.criticalVulnerabilities < 3",
                "posture.failing.exists(f, f.check == 'FileVault' && f.remediation != '')",
                "size(posture.failing) == 1",
                "posture.attributes.patchRing == 'beta'",
                "posture.attributes.score > 7",
                "posture.attributes.count == 3",
                "'b' in posture.attributes.labels",
                "posture.attributes.agent.version == '2'",
                "posture.attributes.agent.flag",
                "request.ip == '192.0.2.7'",
                "request.door in ['refresh', 'introspection']",
                "request.time == timestamp('2026-11-23T12:00:00Z')",
                "request.userAgent.contains('Mozilla')",
                "time.getHours('Europe/Berlin') == 13",
                "time.getDayOfWeek() == 1",
                "session.acr == 'gold'",
                "time - session.authenticatedAt <= duration('10m')",
                "'office' in session.networks",
                "!('annex' in session.networks)",
                "session.networks == ['germany', 'office']",
                "session.networks.exists(n, n == 'office')",
                "session.country == 'DE'",
                "risk == 'medium'",
                "risk in ['medium', 'high']",
                ".user.username == 'ann'"
            })
    void everyVariableCanBeAskedFor(String text) {
        assertThat(Expression.compile(text).evaluate(Known.all())).isEqualTo(Truth.YES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user.email == 'ann@example.com'",
                "user.email != 'ann@example.com'",
                "user.attributes.costCenter[0] != '4711'",
                "'4711' in user.attributes.costCenter",
                "user.attributes.costCenter.exists(c, c == '4711')",
                "client.attributes.tier != 'gold'",
                "device.platform != 'macos'",
                "!(device.id == 'C02A')",
                "has(device.owner)",
                "posture.attributes.patchRing != 'beta'",
                "has(posture.attributes.patchRing)",
                "!has(posture.managed)",
                "'patchRing' in posture.attributes",
                "posture.attributes == {}",
                "size(posture.failing) == 0",
                "posture.criticalVulnerabilities > 0",
                "request.ip != '192.0.2.7'",
                "request.userAgent.contains('x')",
                "time - session.authenticatedAt > duration('1m')",
                "!('office' in session.networks)",
                "'office' in session.networks",
                "session.networks.all(n, n == 'office')",
                "session.networks == []",
                "size(session.networks) == 0",
                "session.country in ['DE', 'FR']",
                "risk != 'low'",
                "risk == 'low' || session.country == 'DE'",
                "risk == 'low' ? true : true",
                "user.username == 'ann' && risk == 'low'",
                "[risk].exists(r, r == 'low')"
            })
    void whatIsUnknownMakesTheAnswerUnknown(String text) {
        assertThat(Expression.compile(text).evaluate(Known.little())).isEqualTo(Truth.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "posture.attributes.missing != 'beta' | UNKNOWN",
                "posture.attributes.nothing != 'beta' | UNKNOWN",
                "posture.attributes.holes.all(h, h == 'a') | UNKNOWN",
                "posture.attributes.agent.missing == 'x' | UNKNOWN",
                "posture.attributes.patchRing.deeper == 'x' | UNKNOWN",
                "user.attributes.missing[0] == 'x' | UNKNOWN",
                "user.attributes.costCenter[9] == 'x' | UNKNOWN",
                "1 / (posture.criticalVulnerabilities - 2) == 1 | UNKNOWN",
                "timestamp(posture.source) < time | UNKNOWN",
                "posture.attributes.patchRing | UNKNOWN",
                "posture.attributes.patchRing > posture.attributes.patchRing | UNKNOWN",
                "time.getHours('Nowhere/Land') == 1 | UNKNOWN",
                "has(posture.attributes.missing) | NO",
                "has(posture.attributes.nothing) | NO",
                "'missing' in posture.attributes | NO",
                "'missing' in user.attributes | NO",
                "has(user.attributes.missing) | NO"
            })
    void whatFailsIsUnknownAndWhatIsNotThereIsNot(String text, Truth expected) {
        assertThat(Expression.compile(text).evaluate(Known.all())).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "risk == 'low' || user.username == 'ann', YES",
        "user.username == 'ann' || risk == 'low', YES",
        "risk == 'low' && user.username == 'ben', NO",
        "user.username == 'ben' && risk == 'low', NO",
        "user.username == 'ann' ? true : risk == 'low', YES",
        "'[risk, user.username].exists(x, x == ''ann'')', UNKNOWN",
        "'[1, 2].exists(x, x == 2 || risk == ''low'')', YES",
        "'[1, 2].all(x, x == 2 && risk == ''low'')', NO"
    })
    void anAnswerThatTheUnknownCannotChangeIsKnown(String text, Truth expected) {
        assertThat(Expression.compile(text).evaluate(Known.little())).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "'office' in session.networks, YES",
        "'annex' in session.networks, NO",
        "'germany' in session.networks, UNKNOWN",
        "'no such network' in session.networks, UNKNOWN",
        "'session.networks.exists(n, n == ''office'')', UNKNOWN",
        "size(session.networks) == 1, UNKNOWN"
    })
    void networkThatCannotBeToldIsUnknownAndTheOthersAreNot(String text, Truth expected) {
        assertThat(Expression.compile(text).evaluate(Known.all().atlas(Atlas.BLANK)))
                .isEqualTo(expected);
    }

    @Test
    void factsThatCannotBeGatheredAreUnknown() {
        var facts = new Failing();

        assertThat(Expression.compile("user.username != 'ben'").evaluate(facts)).isEqualTo(Truth.UNKNOWN);
        assertThat(Expression.compile("risk == 'low'").evaluate(facts)).isEqualTo(Truth.UNKNOWN);
    }

    @Test
    void onlyFactsThatAreMentionedAreGathered() {
        var facts = new Failing();

        assertThat(Expression.compile("user.id == 'id-ann' && client.id == 'ledger'")
                        .evaluate(facts))
                .isEqualTo(Truth.YES);
        assertThat(Expression.compile("true || risk == 'low'").evaluate(facts)).isEqualTo(Truth.YES);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "usr.id == 'x' | 1 | 1 | undeclared reference to 'usr'",
                "user.id == 'x' && user.nam == 'y' | 1 | 23 | undefined field 'nam'",
                "posture.compliant && posture.atributes.x == 'y' | 1 | 29 | undefined field 'atributes'",
                "user.id == 5 | 1 | 9 | no matching overload",
                "user.attributes.x == 'y' | 1 | 19 | no matching overload",
                "user.id | 1 | 5 | bool",
                "1 + 1 | 1 | 3 | bool",
                "user.id == | 1 | 11 | mismatched input",
                "user.id == 'x | 1 | 12 | token recognition",
                "risk >= 'medium' | 1 | 6 | no matching overload",
                "posture.osVersion < '14.4' | 1 | 19 | no matching overload",
                "user.id + 'x' == 'y' | 1 | 9 | no matching overload",
                "[1].map(x, x) == [1] | 1 | 8 | undeclared reference to 'map'",
                "sallyport.User{} == user | 1 | 15 | must not make objects",
                "user == user | 1 | 1 | must say which field of user it means",
                "[user].exists(u, u.attributes.x == ['y']) | 1 | 2 | must say which field of user it means",
                "dyn(user).attributes.x == ['y'] | 1 | 5 | must say which field of user it means",
                ".user == user | 1 | 2 | must say which field of user it means",
                "size(user.attributes) == 0 | 1 | 10 | must name the attribute",
                "has(user.attributes) | 1 | 4 | must name the attribute",
                "user.attributes.exists(k, k == 'x') | 1 | 5 | must name the attribute",
                "user.id in user.attributes | 1 | 16 | must name the attribute",
                "user.attributes[user.id] == ['x'] | 1 | 5 | must name the attribute",
                "user.attributes == {'x': ['y']} | 1 | 5 | must name the attribute",
                "[1].exists(user, user == 1) | 1 | 11 | name of a fact",
                "user.id.matches(user.username) | 1 | 16 | pattern in quotes",
                "risk == 'hgih' | 1 | 6 | one of high, low, medium",
                "'Medium' != risk | 1 | 10 | one of high, low, medium",
                "time > timestamp('2026-01-01T00:00:00Z') && risk in ['medium', 'severe'] | 1 | 50 | compares risk with \"severe\"",
                "device.platform == 'macOS' | 1 | 17 | one of android",
                "!(device.method in ['passkye']) | 1 | 17 | device.method",
                "user.id.matches('(') | 1 | 16 | faulty pattern",
                "user.id.matches('(a{100}){9}') | 1 | 16 | pattern",
                "[1].exists(a, [1].exists(b, [1].exists(c, c == a))) | 1 | 39 | more than twice"
            })
    void faultIsRefusedWithItsPlace(String text, int line, int column, String reason) {
        var fault = catchThrowableOfType(DocumentFault.class, () -> Expression.compile(text));

        assertThat(fault).as(text).isNotNull();
        assertThat(fault.reason()).contains(reason);
        assertThat(fault.reason()).endsWith("(line " + line + ", column " + column + ")");
    }

    @Test
    void placeCountsLines() {
        assertThatThrownBy(() -> Expression.compile("user.id == 'x'\n  && usr.id == 'y'"))
                .hasMessageEndingWith("(line 2, column 6)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n", "// nothing"})
    void emptyExpressionIsRefused(String text) {
        assertThatThrownBy(() -> Expression.compile(text)).isInstanceOf(DocumentFault.class);
    }

    @Test
    void faultInADocumentIsNamedByItsPath() {
        record Part(Optional<Expression> expression) {}
        record Whole(Part conditions) {}

        assertThatThrownBy(() -> Documents.read("{\"conditions\":{\"expression\":\"usr == 1\"}}", Whole.class))
                .isInstanceOfSatisfying(
                        DocumentFault.class, fault -> assertThat(fault.path()).isEqualTo("conditions.expression"));
        var read = Documents.read("{\"conditions\":{\"expression\":\"risk == 'low'\"}}", Whole.class);
        assertThat(Documents.write(read)).isEqualTo("{\"conditions\":{\"expression\":\"risk == 'low'\"}}");
    }

    @Test
    void attributesOfTheUserThatItReliesOnAreNamed() {
        var expression = Expression.compile("""
                user.attributes.a == ['x'] && 'b' in user.attributes && has(user.attributes.c)
                && user.attributes['d e'][0] == 'x' && user.email != '' && .user.attributes.f == ['x']
                && client.attributes.g == 'x' && ['x'].exists(v, v in user.attributes.h)""");

        assertThat(expression.userAttributes()).containsExactlyInAnyOrder("a", "b", "c", "d e", "email", "f", "h");
    }

    @Test
    void everyFactOfAPostureHasItsVariable() {
        var facts = Arrays.stream(Posture.class.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();

        assertThat(Vocabulary.POSTURES.fields()).containsExactlyInAnyOrderElementsOf(facts);
    }

    @Test
    void deviceOfSomebodyElseHasNoKnownOwner() {
        var ben = new Known.Person("id-ben", "ben", Optional.empty(), Map.of(), Set.of(), Set.of());

        assertThat(Expression.compile("device.owner != 'ann'")
                        .evaluate(Known.all().user(ben)))
                .isEqualTo(Truth.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"(", "[", "!(", "{'a':", "true?(", "-(", "f(", "[1].exists(x,", "user.", "a[", "'a'+", "1 == "})
    void nestingIsRefusedBeforeItExhaustsTheStack(String opening) throws InterruptedException {
        var text = opening.repeat(Expression.MAX_LENGTH / opening.length());
        var thrown = new AtomicReference<Throwable>();

        var small = new Thread(null, () -> compile(text, thrown), "small stack", 256 * 1024);
        small.start();
        small.join();

        assertThat(thrown.get()).isInstanceOf(DocumentFault.class);
    }

    @Test
    void deepestExpressionThatIsAcceptedIsEvaluatedOnASmallStack() throws InterruptedException {
        var thrown = new AtomicReference<Throwable>();
        for (var deep : List.of(
                "(".repeat(40) + "true" + ")".repeat(40),
                "false ? false : ".repeat(40) + "true",
                "1" + " + 1".repeat(40) + " > 0",
                "true" + " && true".repeat(240),
                "[".repeat(40) + "]".repeat(40) + " == []")) {
            var small = new Thread(
                    null,
                    () -> {
                        try {
                            var unused = Expression.compile(deep).evaluate(Known.all());
                        } catch (Throwable e) {
                            thrown.set(e);
                        }
                    },
                    "small stack",
                    256 * 1024);
            small.start();
            small.join();
            assertThat(thrown.get()).as(deep).isNull();
        }
    }

    private static void compile(String text, AtomicReference<Throwable> thrown) {
        try {
            Expression.compile(text);
        } catch (Throwable e) {
            thrown.set(e);
        }
    }

    /** Knows ids; whatever else it is asked for fails. */
    private static final class Failing implements Facts {

        @Override
        public User user() {
            return new User() {
                @Override
                public String id() {
                    return "id-ann";
                }

                @Override
                public String username() {
                    throw new IllegalStateException("no username");
                }

                @Override
                public Optional<String> email() {
                    throw new IllegalStateException("no email");
                }

                @Override
                public Map<String, List<String>> attributes() {
                    throw new IllegalStateException("no attributes");
                }

                @Override
                public Set<String> groups() {
                    throw new IllegalStateException("no groups");
                }

                @Override
                public Set<String> roles() {
                    throw new IllegalStateException("no roles");
                }
            };
        }

        @Override
        public String client() {
            return "ledger";
        }

        @Override
        public Map<String, String> clientAttributes() {
            throw new IllegalStateException("no clientAttributes");
        }

        @Override
        public Optional<Recognised> device() {
            throw new IllegalStateException("no device");
        }

        @Override
        public Optional<Posture> posture() {
            throw new IllegalStateException("no posture");
        }

        @Override
        public Place place() {
            throw new IllegalStateException("no place");
        }

        @Override
        public String door() {
            throw new IllegalStateException("no door");
        }

        @Override
        public Instant time() {
            throw new IllegalStateException("no time");
        }

        @Override
        public Optional<String> userAgent() {
            throw new IllegalStateException("no userAgent");
        }

        @Override
        public String acr() {
            throw new IllegalStateException("no acr");
        }

        @Override
        public Optional<Instant> authenticatedAt() {
            throw new IllegalStateException("no authenticatedAt");
        }

        @Override
        public Optional<String> risk() {
            throw new IllegalStateException("no risk");
        }
    }
}
