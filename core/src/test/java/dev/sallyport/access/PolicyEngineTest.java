package dev.sallyport.access;

import static dev.sallyport.access.Facts.NOW;
import static dev.sallyport.access.Facts.blocked;
import static dev.sallyport.access.Facts.mac;
import static dev.sallyport.access.Facts.policy;
import static dev.sallyport.access.Facts.posture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.access.AccessDecision.Outcome;
import dev.sallyport.access.AccessDecision.Result;
import dev.sallyport.access.Facts.Person;
import dev.sallyport.device.Device;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Json;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyEngineTest {

    private static final Device HEALTHY = mac(Optional.of(posture("'compliant':true")));
    private static final Device ILL = mac(Optional.of(posture("'compliant':false")));

    private static PolicyDocument asking(String controls) {
        return policy("'controls':{" + controls + "}");
    }

    private static PolicyDocument named(String name, String state, String controls) {
        return AccessPolicy.readAnyway(
                name, Json.of("{'name':'" + name + "','state':'" + state + "','controls':{" + controls + "}}"));
    }

    private static PolicyDocument stored(String json) {
        return AccessPolicy.readAnyway("policy", Json.of(json));
    }

    private static AccessDecision decide(Facts facts, PolicyDocument... policies) {
        return PolicyEngine.explain(Arrays.asList(policies), facts.context());
    }

    private static AccessDecision decide(Facts facts, String controls) {
        return decide(facts, asking(controls));
    }

    private static void assertStepUp(AccessDecision decision, Optional<String> acr, boolean reauthenticate) {
        assertThat(decision.outcome()).isEqualTo(Outcome.STEP_UP);
        assertThat(decision.acr()).isEqualTo(acr);
        assertThat(decision.reauthenticate()).isEqualTo(reauthenticate);
        assertThat(decision.allowed()).isFalse();
    }

    private static void assertDenied(AccessDecision decision) {
        assertThat(decision.outcome()).isEqualTo(Outcome.DENY);
        assertThat(decision.acr()).isEmpty();
        assertThat(decision.reauthenticate()).isFalse();
        assertThat(decision.allowed()).isFalse();
    }

    // Policies together

    @Test
    void withoutPoliciesEverybodyGetsIn() {
        var decision = decide(Facts.usual());

        assertThat(decision.allowed()).isTrue();
        assertThat(decision.policies()).isEmpty();
    }

    @Test
    void everyPolicyThatAppliesMustBeSatisfied() {
        var satisfied = named("a", "enforced", "'acr':'silver'");
        var unsatisfied = named("b", "enforced", "'device':{'proven':true}");

        var decision = decide(Facts.usual(), satisfied, unsatisfied);

        assertDenied(decision);
        assertThat(decision.policies())
                .extracting(AccessDecision.PolicyResult::result)
                .containsExactly(Result.SATISFIED, Result.UNSATISFIED);
        assertThat(decision.refusing())
                .extracting(AccessDecision.PolicyResult::name)
                .containsExactly("b");
    }

    @Test
    void aBlockBeatsAStepUp() {
        var stepUp = named("a", "enforced", "'acr':'gold'");
        var block = named("b", "enforced", "'block':true");

        assertDenied(decide(Facts.usual(), stepUp, block));
        assertDenied(decide(Facts.usual(), block, stepUp));
    }

    @Test
    void theHighestLevelWinsAmongSeveral() {
        var gold = named("a", "enforced", "'acr':'gold'");
        var third = named("b", "enforced", "'acr':'3'");
        var fresh = named("c", "enforced", "'freshAuthentication':'PT1M'");
        var longAgo = Facts.usual().authenticated(Optional.of(NOW.minusSeconds(3_600)));

        assertStepUp(decide(Facts.usual(), gold, third), Optional.of("3"), false);
        assertStepUp(decide(Facts.usual(), third, gold), Optional.of("3"), false);
        assertStepUp(decide(longAgo, fresh, gold), Optional.of("gold"), true);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'block':true",
                "'acr':'gold'",
                "'device':{'proven':true}",
                "'block':true,'unknown':1",
            })
    void aReportOnlyPolicyNeverRefusesAndSaysWhatItWouldHaveDone(String controls) {
        var decision = decide(Facts.usual(), named("policy", "report-only", controls));

        assertThat(decision.allowed()).isTrue();
        assertThat(decision.refusing()).isEmpty();
        assertThat(decision.wouldRefuse()).hasSize(1);
        assertThat(decision.unmet()).isEmpty();
    }

    @Test
    void aDisabledPolicyIsNotApplied() {
        var decision = decide(Facts.usual(), named("policy", "disabled", "'block':true"));

        assertThat(decision.allowed()).isTrue();
        assertThat(decision.policies().get(0).result()).isEqualTo(Result.NOT_APPLIED);
        assertThat(decision.policies().get(0).firstUnmetCondition()).contains("state");
        assertThat(decision.wouldRefuse()).isEmpty();
    }

    // Authentication

    @ParameterizedTest
    @CsvSource({
        "silver,0,false",
        "silver,1,true",
        "gold,1,false",
        "gold,2,true",
        "gold,3,true",
        "2,1,false",
        "2,2,true",
        "000000002,2,true"
    })
    void aLevelIsMetWhenItOrAHigherOneWasReached(String acr, int reached, boolean met) {
        var decision = decide(Facts.usual().level(reached), "'acr':'" + acr + "'");

        assertThat(decision.allowed()).isEqualTo(met);
        if (!met) assertStepUp(decision, Optional.of(acr), false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"platinum", "GOLD", "-1", "1.0", " 1", "\u0661", "4294967297", "99999999999999999999"})
    void aLevelThatTheRealmDoesNotKnowCannotBeReached(String acr) {
        var decision = decide(Facts.usual().level(1_000_000), "'acr':'" + acr + "'");

        assertDenied(decision);
        assertThat(decision.policies().get(0).result()).isEqualTo(Result.UNSATISFIED);
    }

    @Test
    void authenticationMayBeAsOldAsThePolicyAllowsAndNoOlder() {
        var asked = "'freshAuthentication':'PT15M'";
        var limit = NOW.minus(Duration.ofMinutes(15));

        var atLimit = decide(Facts.usual().authenticated(Optional.of(limit)), asked);
        var older = decide(Facts.usual().authenticated(Optional.of(limit.minusNanos(1))), asked);
        var unknown = decide(Facts.usual().authenticated(Optional.empty()), asked);

        assertThat(atLimit.allowed()).isTrue();
        assertStepUp(older, Optional.empty(), true);
        assertStepUp(unknown, Optional.empty(), true);
    }

    @Test
    void anAgeThatNothingReachesIsAlwaysMet() {
        var decision = decide(Facts.usual(), "'freshAuthentication':'" + Duration.ofSeconds(Long.MAX_VALUE) + "'");

        assertThat(decision.allowed()).isTrue();
    }

    // Controls together

    @Test
    void allControlsMustBeMetUnlessThePolicySaysOtherwise() {
        var controls = "'acr':'gold','device':{'compliant':true}";

        assertThat(decide(Facts.usual().level(2).on(HEALTHY), controls).allowed())
                .isTrue();
        assertThat(decide(Facts.usual().level(2).on(ILL), controls).allowed()).isFalse();
        assertThat(decide(Facts.usual().level(1).on(HEALTHY), controls).allowed())
                .isFalse();
        assertThat(decide(Facts.usual().level(1).on(HEALTHY), "'operator':'and'," + controls)
                        .allowed())
                .isFalse();
    }

    @Test
    void withOrOneControlIsEnough() {
        var controls = "'operator':'or','acr':'gold','device':{'compliant':true}";

        assertThat(decide(Facts.usual().level(2).on(ILL), controls).allowed()).isTrue();
        assertThat(decide(Facts.usual().level(1).on(HEALTHY), controls).allowed())
                .isTrue();
        assertThat(decide(Facts.usual().level(1).on(ILL), controls).allowed()).isFalse();
    }

    @Test
    void theDeviceWithAllThatIsAskedOfItIsOneControl() {
        var controls = "'operator':'or','acr':'gold','device':{'compliant':true,'diskEncrypted':true}";

        assertThat(decide(Facts.usual().on(HEALTHY), controls).allowed()).isFalse();
    }

    @Test
    void aStepUpIsOfferedOnlyWhenItWouldBeEnough() {
        var both = "'acr':'gold','device':{'compliant':true}";

        assertStepUp(decide(Facts.usual().on(HEALTHY), both), Optional.of("gold"), false);
        assertDenied(decide(Facts.usual().on(ILL), both));
        assertDenied(decide(Facts.usual(), "'acr':'platinum','freshAuthentication':'PT1M'"));
    }

    @Test
    void withOrAStepUpToAnyOfTheLevelsIsEnough() {
        var longAgo = Facts.usual().on(ILL).authenticated(Optional.empty());

        assertStepUp(
                decide(longAgo, "'operator':'or','acr':'gold','device':{'compliant':true}"),
                Optional.of("gold"),
                false);
        assertStepUp(
                decide(longAgo, "'operator':'or','freshAuthentication':'PT1M','device':{'compliant':true}"),
                Optional.empty(),
                true);
        assertStepUp(
                decide(longAgo, "'operator':'or','acr':'platinum','freshAuthentication':'PT1M'"),
                Optional.empty(),
                true);
        assertDenied(decide(longAgo, "'operator':'or','acr':'platinum','device':{'compliant':true}"));
    }

    @Test
    void aStepUpAsksForBothWhenBothAreMissing() {
        var longAgo = Facts.usual().authenticated(Optional.empty());

        assertStepUp(decide(longAgo, "'acr':'gold','freshAuthentication':'PT1M'"), Optional.of("gold"), true);
        assertStepUp(decide(longAgo.level(2), "'acr':'gold','freshAuthentication':'PT1M'"), Optional.empty(), true);
    }

    @Test
    void whatIsNotMetIsSaidControlByControlAndOnce() {
        var first = named("a", "enforced", "'acr':'gold','freshAuthentication':'PT15M','device':{'compliant':true}");
        var second = named("b", "enforced", "'device':{'compliant':true}");
        var facts = Facts.usual().on(ILL).authenticated(Optional.empty());

        var decision = decide(facts, first, second);

        assertThat(decision.unmet())
                .containsExactly(
                        Unmet.of("acr", "gold", Optional.of(1)),
                        Unmet.of("freshAuthentication", "PT15M", Optional.empty()),
                        Unmet.of("device.compliant", true, Optional.of(false)));
    }

    @Test
    void aBlockedDeviceMeetsNoDeviceControl() {
        var decision = decide(Facts.usual().on(blocked(HEALTHY)), "'device':{'compliant':true}");

        assertDenied(decision);
    }

    // Service accounts

    @Test
    void deviceControlsApplyToAServiceAccountOnlyIfThePolicyNamesTheClient() {
        var batch = Facts.of(Person.application("service-account-ledger"));
        var device = "'controls':{'device':{'compliant':true}}";

        var all = decide(batch, policy(device));
        var others = decide(batch, policy("'assignments':{'clients':{'exclude':['portal']}}", device));
        var named = decide(batch, policy("'assignments':{'clients':{'include':['ledger']}}", device));

        assertThat(all.allowed()).isTrue();
        assertThat(others.allowed()).isTrue();
        assertDenied(named);
    }

    @Test
    void otherControlsApplyToAServiceAccount() {
        var batch = Facts.of(Person.application("service-account-ledger"));

        assertDenied(decide(batch, "'block':true"));
        assertThat(decide(batch, "'acr':'gold'").allowed()).isFalse();
        assertThat(decide(batch, "'operator':'or','acr':'gold','device':{'compliant':true}")
                        .allowed())
                .isFalse();
    }

    @Test
    void aServiceAccountIsOfferedNoStepUpSinceItCannotAuthenticateAnew() {
        var batch = Facts.of(Person.application("service-account-ledger"));

        assertDenied(decide(batch, "'acr':'gold'"));
        assertDenied(decide(batch.authenticated(Optional.empty()), "'freshAuthentication':'PT1M'"));
    }

    // Failing closed

    @Test
    void aPolicyWhoseEvaluationThrowsIsInvalidAndDenies() {
        var context = Facts.usual().context(new FailingSubject());
        var excluding = policy("'assignments':{'users':{'exclude':{'groups':['/ops']}}}", "'controls':{'acr':'0'}");

        var decision = PolicyEngine.explain(List.of(excluding), context);

        assertDenied(decision);
        assertThat(decision.policies().get(0).result()).isEqualTo(Result.INVALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{}",
                "{'name':'policy'}",
                "{'name':'policy','state':'enforced'}",
                "{'name':'policy','state':'enforced','controls':{}}",
                "{'name':'policy','state':'on','controls':{'acr':'silver'}}",
                "{'name':'policy','state':'disabled','state':'enforced','controls':{'acr':'silver'}}",
                "{'name':'policy','state':'enforced','state':'disabled','controls':{'acr':'silver'}}",
                "{'name':'policy','state':'enforced','controls':{'acr':'silver','later':true}}",
                "{'name':'policy','state':'enforced','conditions':{'later':true},'controls':{'acr':'silver'}}",
                "{'name':'policy','state':'enforced','assignments':[],'controls':{'acr':'silver'}}",
                "{'name':'policy','state':['disabled'],'controls':{'acr':'silver'}}",
                "{'name':'other','state':'enforced','controls':{'acr':'silver'}}",
                "{'name':'policy','state':'enforced','assignments':{'users':{'include':{}}},'controls':{'acr':'silver'}}",
            })
    void aPolicyThatCannotBeReadDeniesEverybodyUnlessItsAssignmentsCan(String json) {
        var decision = decide(Facts.usual(), stored(json));

        assertDenied(decision);
        assertThat(decision.policies().get(0).result()).isEqualTo(Result.INVALID);
        assertThat(decision.policies().get(0).name()).isEqualTo("policy");
    }

    @Test
    void aPolicyThatCannotBeReadDeniesWhomeverItsAssignmentsMatch() {
        var json = """
                {'name':'policy','state':'enforced','controls':{'later':true},
                 'assignments':{'users':{'include':{'groups':['/finance']},'exclude':{'users':['breakglass']}}}}""";

        assertDenied(decide(Facts.usual(), stored(json)));
        assertThat(decide(Facts.of(Person.named("bob")), stored(json)).allowed())
                .isTrue();
        assertThat(decide(Facts.of(Person.named("breakglass").in("/finance")), stored(json))
                        .allowed())
                .isTrue();
    }

    @Test
    void ofAssignmentsThatCannotAllBeReadTheRestStillCounts() {
        var users = stored("""
                {'name':'policy','state':'enforced','controls':{'acr':'silver'},
                 'assignments':{'users':{'exclude':{'users':['breakglass']}},'clients':{'later':true}}}""");
        var clients = stored("""
                {'name':'policy','state':'enforced','controls':{'acr':'silver'},
                 'assignments':{'users':{'later':true},'clients':{'include':['ledger']}}}""");
        var more = stored("""
                {'name':'policy','state':'enforced','controls':{'acr':'silver'},
                 'assignments':{'clients':{'include':['ledger']},'later':true}}""");
        var breakglass = Facts.of(Person.named("breakglass"));

        assertDenied(decide(Facts.usual(), users));
        assertThat(decide(breakglass, users).allowed()).isTrue();
        assertDenied(decide(breakglass, clients));
        assertThat(decide(breakglass.client("portal"), clients).allowed()).isTrue();
        assertDenied(decide(breakglass, more));
        assertThat(decide(breakglass.client("portal"), more).allowed()).isTrue();
    }

    @Test
    void aPolicyThatCannotBeReadStillHasTheStateThatItClearlySays() {
        var disabled = stored("{'name':'policy','state':'disabled','controls':{'later':true}}");
        var reportOnly = stored("{'name':'policy','state':'report-only','controls':{'later':true}}");

        assertThat(decide(Facts.usual(), disabled, reportOnly).allowed()).isTrue();
        assertThat(disabled.state()).isEqualTo(PolicyDocument.State.DISABLED);
        assertThat(reportOnly.state()).isEqualTo(PolicyDocument.State.REPORT_ONLY);
    }

    @Test
    void theFaultOfAPolicyThatCannotBeReadIsSaid() {
        var decision = decide(
                Facts.usual(), stored("{'name':'policy','state':'enforced','controls':{'acr':'gold','later':true}}"));

        assertThat(decision.unmet())
                .containsExactly(Unmet.of("policy", "valid", Optional.of("controls.later: is not a known field")));
    }

    @Test
    void anEngineThatCannotBeAskedDenies() {
        assertDenied(AccessDecision.failed());
        assertThat(AccessDecision.failed().refusing()).hasSize(1);
    }

    // How a decision is shown

    @Test
    void aDecisionIsWrittenAsTheContractSays() {
        var ill = mac(Optional.of(posture(
                "'diskEncrypted':false,'failing':[{'check':'Disk encrypted','remediation':'Turn on FileVault'}]")));
        var finance = named("finance-healthy-device", "enforced", "'device':{'diskEncrypted':true}");
        var contractors = AccessPolicy.readAnyway("contractors", Json.of("""
                        {'name':'contractors','state':'report-only','controls':{'block':true},
                         'assignments':{'users':{'include':{'groups':['/ops']}}}}"""));

        var decision = decide(Facts.usual().on(ill), finance, contractors);

        assertThat(Documents.toTree(decision)).isEqualTo(Documents.tree(Json.of("""
                        {'decision':'deny','acr':null,'reauthenticate':false,'policies':[
                         {'name':'finance-healthy-device','state':'enforced','result':'unsatisfied',
                          'unmet':[{'control':'device.diskEncrypted','expected':'true','actual':'false',
                                    'remediation':'Turn on FileVault'}]},
                         {'name':'contractors','state':'report-only','result':'not-applied',
                          'firstUnmetCondition':'assignments.users'}]}""")));
        assertThat(Documents.toTree(decide(Facts.usual(), "'acr':'gold'"))
                        .get("acr")
                        .asText())
                .isEqualTo("gold");
    }
}
