package dev.sallyport.access;

import static dev.sallyport.access.Facts.NOW;
import static dev.sallyport.access.Facts.mac;
import static dev.sallyport.access.Facts.policy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.access.AccessDecision.PolicyResult;
import dev.sallyport.access.AccessDecision.Result;
import dev.sallyport.document.Json;
import dev.sallyport.risk.Risk;
import dev.sallyport.risk.Risk.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionsTest {

    private static PolicyResult judged(Facts facts, String conditions) {
        return PolicyEngine.explain(
                        List.of(policy("'conditions':{" + conditions + "}", "'controls':{'block':true}")),
                        facts.context())
                .policies()
                .get(0);
    }

    private static boolean applies(Facts facts, String conditions) {
        return judged(facts, conditions).result() == Result.UNSATISFIED;
    }

    private static Facts from(String address) {
        return Facts.usual().at(Places.of(address));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "10.0.0.1|'include':['office']|true",
                "::ffff:10.0.0.1|'include':['office']|true",
                "192.168.0.1|'include':['office']|false",
                "192.168.0.1|'include':['office','home']|true",
                "10.0.0.1|'exclude':['office']|false",
                "192.168.0.1|'exclude':['office']|true",
                "10.0.0.1|'include':['office'],'exclude':['home']|true",
                "203.0.113.1|'include':['germany']|true",
                "198.51.100.1|'include':['germany']|false",
                "203.0.113.1|'exclude':['provider']|false"
            })
    void aPolicyAppliesInTheNetworksThatItNames(String address, String networks, boolean applies) {
        assertThat(applies(from(address), "'networks':{" + networks + "}")).isEqualTo(applies);
    }

    @Test
    void aClientOfWhichNobodyKnowsWhereItIsIsNotOutside() {
        var nowhere = Facts.usual().at(Places.unknown());

        assertThat(applies(nowhere, "'networks':{'include':['office']}")).isTrue();
        assertThat(applies(nowhere, "'networks':{'exclude':['office']}")).isTrue();
        assertThat(applies(from("10.0.0.1"), "'networks':{'include':['germany']}"))
                .isTrue();
        assertThat(applies(from("10.0.0.1"), "'networks':{'exclude':['germany']}"))
                .isTrue();
        assertThat(applies(from("10.0.0.1"), "'networks':{'include':['germany'],'exclude':['office']}"))
                .isFalse();
    }

    @Test
    void aPolicyThatNamesAMissingNetworkIsInvalidWhereverTheClientIs() {
        for (var networks :
                List.of("'include':['gone']", "'exclude':['gone']", "'include':['home'],'exclude':['gone']")) {
            var result = judged(from("10.0.0.1"), "'networks':{" + networks + "}");

            assertThat(result.result()).isEqualTo(Result.INVALID);
            assertThat(result.refuses()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"macos,true", "windows,false"})
    void aPolicyAppliesToThePlatformsThatItNames(String platform, boolean applies) {
        var onMac = Facts.usual().on(mac(Optional.empty()));

        assertThat(applies(onMac, "'platforms':['" + platform + "']")).isEqualTo(applies);
        assertThat(applies(onMac, "'platforms':['linux','" + platform + "']")).isEqualTo(applies);
        assertThat(applies(Facts.usual(), "'platforms':['" + platform + "']"))
                .as("nobody knows the platform")
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "low,LOW,true",
        "low,HIGH,true",
        "medium,LOW,false",
        "medium,MEDIUM,true",
        "high,MEDIUM,false",
        "high,HIGH,true"
    })
    void theRiskOfAPolicyIsAFloor(String floor, Level level, boolean applies) {
        assertThat(applies(Facts.usual().risk(Risk.of(level)), "'risk':'" + floor + "'"))
                .isEqualTo(applies);
        assertThat(applies(Facts.usual().risk(Risk.unknown()), "'risk':'" + floor + "'"))
                .as("nobody knows the risk")
                .isTrue();
    }

    @Test
    void aPolicyAppliesAtTheTimesThatItNames() {
        var mornings = "'schedule':{'days':['MON'],'from':'07:00','to':'09:00','zone':'UTC'}";

        assertThat(applies(Facts.usual(), mornings)).isTrue();
        assertThat(applies(Facts.usual().now(NOW.plus(Duration.ofHours(1))), mornings))
                .isFalse();
    }

    @Test
    void theFirstConditionThatIsNotMetIsNamed() {
        var all = "'networks':{'include':['home']},'platforms':['windows'],'risk':'high',"
                + "'schedule':{'days':['SUN'],'zone':'UTC'}";
        var facts = from("10.0.0.1").on(mac(Optional.empty()));

        assertThat(judged(facts, all).firstUnmetCondition()).contains("conditions.networks");
        assertThat(judged(facts, all.replace("home", "office")).firstUnmetCondition())
                .contains("conditions.platforms");
        assertThat(judged(facts, all.replace("home", "office").replace("windows", "macos"))
                        .firstUnmetCondition())
                .contains("conditions.risk");
        assertThat(judged(
                                facts,
                                all.replace("home", "office")
                                        .replace("windows", "macos")
                                        .replace("high", "low"))
                        .firstUnmetCondition())
                .contains("conditions.schedule");
    }

    @Test
    void assignmentsAreNamedBeforeConditions() {
        var others = policy(
                "'assignments':{'users':{'include':{'users':['ben']}}}",
                "'conditions':{'risk':'high'}",
                "'controls':{'block':true}");

        var result =
                PolicyEngine.explain(List.of(others), Facts.usual().context()).policies();

        assertThat(result.get(0).firstUnmetCondition()).contains("assignments.users");
    }

    @Test
    void theRiskIsAskedForOnceAndOnlyIfAPolicyNeedsIt() {
        var asked = new AtomicInteger();
        var usual = Facts.usual().context();
        var context = new AccessContext(
                usual.door(),
                usual.subject(),
                usual.client(),
                usual.clientAttributes(),
                usual.audience(),
                usual.clientExists(),
                usual.device(),
                usual.authentication(),
                usual.place(),
                () -> {
                    asked.incrementAndGet();
                    return Risk.of(Level.HIGH);
                },
                usual.userAgent(),
                usual.time());
        var without = policy("'controls':{'block':true}");
        var with = policy("'conditions':{'risk':'medium'}", "'controls':{'block':true}");

        PolicyEngine.explain(List.of(without), context);
        assertThat(asked).hasValue(0);
        PolicyEngine.explain(List.of(with, without, with), context);
        assertThat(asked).hasValue(1);
    }

    // Re-evaluation

    @Test
    void tokensLiveAsLongAsTheStrictestPolicyThatAppliesAllows() {
        var hour = policy("'controls':{'reevaluate':'PT1H'}");
        var minute = policy("'controls':{'acr':'silver','reevaluate':'PT1M'}");
        var elsewhere =
                policy("'assignments':{'users':{'include':{'users':['ben']}}}", "'controls':{'reevaluate':'PT1S'}");
        var reportOnly =
                AccessPolicy.read(Json.of("{'name':'r','state':'report-only','controls':{'reevaluate':'PT1S'}}"));

        var decision = PolicyEngine.explain(
                List.of(hour, minute, elsewhere, reportOnly), Facts.usual().context());

        assertThat(decision.allowed()).isTrue();
        assertThat(decision.reevaluate()).contains(Duration.ofMinutes(1));
        assertThat(PolicyEngine.explain(List.of(elsewhere), Facts.usual().context())
                        .reevaluate())
                .isEmpty();
    }

    @Test
    void aPolicyThatOnlyAsksAgainIsSatisfiedByEverybody() {
        var decision = PolicyEngine.explain(
                List.of(policy("'controls':{'operator':'or','reevaluate':'PT1H'}")),
                Facts.usual().level(0).context());

        assertThat(decision.policies().get(0).result()).isEqualTo(Result.SATISFIED);
    }
}
