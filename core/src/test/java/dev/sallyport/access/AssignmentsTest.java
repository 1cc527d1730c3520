package dev.sallyport.access;

import static dev.sallyport.access.Facts.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sallyport.access.AccessDecision.Outcome;
import dev.sallyport.access.AccessDecision.PolicyResult;
import dev.sallyport.access.AccessDecision.Result;
import dev.sallyport.access.Facts.Person;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Json;
import dev.sallyport.logic.Truth;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AssignmentsTest {

    private static final Person ANN = Person.named("ann").in("/finance");

    /** What a policy that blocks those assignments says. */
    private static PolicyResult judge(String assignments, Facts facts) {
        var policy = policy("'assignments':" + assignments, "'controls':{'block':true}");
        return PolicyEngine.explain(List.of(policy), facts.context()).policies().get(0);
    }

    private static Result result(String assignments, Facts facts) {
        return judge(assignments, facts).result();
    }

    private static Result result(String users, Person person) {
        return result("{'users':" + users + "}", Facts.of(person));
    }

    // Users

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'users':{}}",
                "{'users':{'all':true}}",
                "{'users':null,'clients':null}",
                "{'clients':{}}",
                "{'clients':{'all':true}}",
                "{'users':{'exclude':{}}}",
                "{'clients':{'exclude':[]}}"
            })
    void absentUsersOrClientsMeanAll(String assignments) {
        assertThat(result(assignments, Facts.of(ANN))).isEqualTo(Result.UNSATISFIED);
    }

    @Test
    void absentAssignmentsMeanEverybody() {
        var policy = policy("'controls':{'block':true}");

        var decision = PolicyEngine.explain(List.of(policy), Facts.usual().context());

        assertThat(decision.outcome()).isEqualTo(Outcome.DENY);
    }

    @Test
    void aUserIsNamedByUsernameWhateverTheCase() {
        assertThat(result("{'include':{'users':['Ann']}}", ANN)).isEqualTo(Result.UNSATISFIED);
        assertThat(result("{'include':{'users':['anna']}}", ANN)).isEqualTo(Result.NOT_APPLIED);
    }

    @ParameterizedTest
    @CsvSource({"breakglass,breakgla\u017f\u017f", "admin,adm\u0131n", "masse,ma\u00dfe", "office,o\uFB03ce"})
    void aUserWhoseNameOnlyLooksAlikeIsNotExcluded(String excluded, String impostor) {
        var users = "{'exclude':{'users':['" + excluded + "']}}";

        assertThat(result(users, Person.named(excluded))).isEqualTo(Result.NOT_APPLIED);
        assertThat(result(users, Person.named(impostor))).isEqualTo(Result.UNSATISFIED);
    }

    @Test
    void aUserIsNamedByGroupAndSubGroupsMatch() {
        var finance = "{'include':{'groups':['/finance']}}";
        var payroll = "{'include':{'groups':['/finance/payroll']}}";

        assertThat(result(finance, Person.named("bob").in("/finance/payroll"))).isEqualTo(Result.UNSATISFIED);
        assertThat(result(payroll, Person.named("bob").in("/finance"))).isEqualTo(Result.NOT_APPLIED);
        assertThat(result(finance, Person.named("bob").in("/ops"))).isEqualTo(Result.NOT_APPLIED);
    }

    @Test
    void aUserIsNamedByRole() {
        var users = "{'include':{'roles':['audit','ledger.clerk']}}";

        assertThat(result(users, Person.named("bob").holding("ledger.clerk"))).isEqualTo(Result.UNSATISFIED);
        assertThat(result(users, Person.named("bob").holding("audit"))).isEqualTo(Result.UNSATISFIED);
        assertThat(result(users, Person.named("bob"))).isEqualTo(Result.NOT_APPLIED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'exclude':{'users':['ann']}}",
                "{'exclude':{'groups':['/finance']}}",
                "{'include':{'users':['ann']},'exclude':{'groups':['/finance']}}",
                "{'all':true,'exclude':{'users':['ann']}}"
            })
    void anExclusionBeatsAnInclusion(String users) {
        var judged = judge("{'users':" + users + "}", Facts.of(ANN));

        assertThat(judged.result()).isEqualTo(Result.NOT_APPLIED);
        assertThat(judged.firstUnmetCondition()).contains("assignments.users");
    }

    @Test
    void aServiceAccountIsAUser() {
        var application = Person.application("service-account-batch");

        assertThat(result("{}", application)).isEqualTo(Result.UNSATISFIED);
        assertThat(result("{'include':{'users':['service-account-batch']}}", application))
                .isEqualTo(Result.UNSATISFIED);
        assertThat(result("{'exclude':{'users':['service-account-batch']}}", application))
                .isEqualTo(Result.NOT_APPLIED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'include':{'groups':['/gone']}}|INVALID",
                "{'include':{'roles':['gone']}}|INVALID",
                "{'include':{'groups':['/finance','/gone']}}|INVALID",
                "{'include':{'groups':['/finance','/finance/gone']}}|INVALID",
                "{'include':{'users':['ann'],'roles':['gone']}}|INVALID",
                "{'exclude':{'groups':['/gone']}}|INVALID",
                "{'include':{'groups':['/ops','/gone']}}|NOT_APPLIED",
                "{'include':{'users':['bob'],'groups':['/gone']}}|NOT_APPLIED",
                "{'include':{'groups':['/gone']},'exclude':{'users':['ann']}}|NOT_APPLIED",
                "{'exclude':{'groups':['/gone','/finance']}}|NOT_APPLIED",
            })
    void aPolicyThatNamesWhatDoesNotExistDeniesWhomeverTheRestMatchesAndEverybodyIfThereIsNoRest(
            String users, Result result) {
        assertThat(result(users, ANN)).isEqualTo(result);
    }

    // Clients

    @Test
    void aClientIsTheOneThatAsksOrOneThatTheTokenReaches() {
        var clients = "{'clients':{'include':['ledger']}}";
        var facts = Facts.of(ANN);

        assertThat(result(clients, facts.client("ledger"))).isEqualTo(Result.UNSATISFIED);
        assertThat(result(clients, facts.client("portal").audience("mail", "ledger")))
                .isEqualTo(Result.UNSATISFIED);
        assertThat(result(clients, facts.client("portal").audience("mail"))).isEqualTo(Result.NOT_APPLIED);
        assertThat(result(clients, facts.client("LEDGER"))).isEqualTo(Result.NOT_APPLIED);
        assertThat(judge(clients, facts.client("portal")).firstUnmetCondition()).contains("assignments.clients");
    }

    @Test
    void onlyTheClientThatAsksCanBeExcluded() {
        var clients = "{'clients':{'exclude':['portal']}}";
        var facts = Facts.of(ANN);

        assertThat(result(clients, facts.client("portal"))).isEqualTo(Result.NOT_APPLIED);
        assertThat(result(clients, facts.client("mail").audience("portal"))).isEqualTo(Result.UNSATISFIED);
    }

    @Test
    void noExclusionIsGainedByReachingForMore() {
        var clients = "{'clients':{'include':['ledger','portal'],'exclude':['portal']}}";
        var facts = Facts.of(ANN);

        assertThat(result(clients, facts.client("ledger").audience("portal"))).isEqualTo(Result.UNSATISFIED);
        assertThat(result(clients, facts.client("portal").audience("ledger"))).isEqualTo(Result.UNSATISFIED);
        assertThat(result(clients, facts.client("portal"))).isEqualTo(Result.NOT_APPLIED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'include':['gone']}|INVALID",
                "{'include':['gone','ledger']}|INVALID",
                "{'include':['gone','portal']}|NOT_APPLIED",
                "{'exclude':['gone']}|INVALID",
                "{'exclude':['gone','ledger']}|NOT_APPLIED"
            })
    void aPolicyThatNamesAClientThatDoesNotExistDeniesWhateverTheRestMatches(String clients, Result result) {
        assertThat(result("{'clients':" + clients + "}", Facts.of(ANN))).isEqualTo(result);
    }

    @Test
    void usersAndClientsMustBothMatch() {
        var assignments = "{'users':{'include':{'groups':['/finance']}},'clients':{'include':['ledger']}}";

        assertThat(result(assignments, Facts.of(ANN))).isEqualTo(Result.UNSATISFIED);
        assertThat(result(assignments, Facts.of(Person.named("bob")))).isEqualTo(Result.NOT_APPLIED);
        assertThat(result(assignments, Facts.of(ANN).client("portal"))).isEqualTo(Result.NOT_APPLIED);
    }

    // The document

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'user':{'include':{'users':['a']}}}|user|is not a known field",
                "{'users':{'include':{}}}|users.include|must name a user, a group or a role",
                "{'users':{'include':{'users':[]}}}|users.include|must name a user, a group or a role",
                "{'users':{'include':{'user':['a'],'users':['a']}}}|users.include.user|is not a known field",
                "{'users':{'include':{'users':['a',' ']}}}|users.include.users[1]|must not be empty",
                "{'users':{'include':{'users':['a',null]}}}|users.include.users[1]|must not be null",
                "{'users':{'include':{'users':'a'}}}|users.include.users|must be an array",
                "{'users':{'exclude':{'groups':['/a','b']}}}|users.exclude.groups[1]|must be a path that starts with /",
                "{'users':{'all':false}}|users.include|is required when all is false",
                "{'users':{'all':true,'include':{'users':['a']}}}|users.include|must be absent when all is true",
                "{'users':['a']}|users|must be an object",
                "{'users':''}|users|must be an object",
                "{'clients':{'include':[]}}|clients.include|must name a client",
                "{'clients':{'include':['']}}|clients.include[0]|must not be empty",
                "{'clients':{'all':false}}|clients.include|is required when all is false",
                "{'clients':{'all':true,'include':['a']}}|clients.include|must be absent when all is true",
                "{'clients':{'all':'false'}}|clients.all|must be true or false"
            })
    void faultyAssignmentsAreRefusedWithTheirPath(String json, String path, String reason) {
        var fault = catchThrowableOfType(DocumentFault.class, () -> Documents.read(Json.of(json), Assignments.class));

        assertThat(fault).isNotNull();
        assertThat(fault.path()).isEqualTo(path);
        assertThat(fault.reason()).isEqualTo(reason);
    }

    @Test
    void anAnswerThatIsMissingIsNeitherYesNorNo() {
        assertThat(Truth.YES.or(Truth.UNKNOWN)).isEqualTo(Truth.YES);
        assertThat(Truth.NO.or(Truth.UNKNOWN)).isEqualTo(Truth.UNKNOWN);
        assertThat(Truth.NO.and(Truth.UNKNOWN)).isEqualTo(Truth.NO);
        assertThat(Truth.YES.and(Truth.UNKNOWN)).isEqualTo(Truth.UNKNOWN);
        assertThat(Truth.UNKNOWN.not()).isEqualTo(Truth.UNKNOWN);
        assertThat(Optional.of(Truth.YES.not())).contains(Truth.NO);
    }
}
