package dev.sallyport.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.access.Facts.Person;
import dev.sallyport.document.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PolicySetTest {

    private static final Person ANN = Person.named("ann").in("/finance/payroll");

    private final List<PolicyDocument> policies = new ArrayList<>();

    private PolicySetTest policy(String name, String assignments) {
        policies.add(AccessPolicy.read(Json.of("{'name':'" + name + "','state':'enforced','assignments':" + assignments
                + ",'controls':{'block':true}}")));
        return this;
    }

    private List<String> candidates(Facts facts) {
        return candidates(facts.directory(), facts);
    }

    private List<String> candidates(Directory directory, Facts facts) {
        return PolicySet.of(policies, directory).candidates(facts.context()).stream()
                .map(PolicyDocument::name)
                .toList();
    }

    @Test
    void policiesAboutOtherClientsAreNotLookedAt() {
        policy("asks", "{'clients':{'include':['ledger','portal']}}");
        policy("reached", "{'clients':{'include':['mail']}}");
        policy("other", "{'clients':{'include':['portal']}}");
        policy("all", "{}");

        assertThat(candidates(Facts.of(ANN).client("ledger").audience("mail")))
                .containsExactly("asks", "reached", "all");
    }

    @Test
    void policiesAboutOtherPeopleAreNotLookedAt() {
        policy("user", "{'users':{'include':{'users':['ANN']}}}");
        policy("group", "{'users':{'include':{'groups':['/finance/payroll','/ops']}}}");
        policy("above", "{'users':{'include':{'groups':['/finance']}}}");
        policy("other group", "{'users':{'include':{'groups':['/ops']}}}");
        policy("other user", "{'users':{'include':{'users':['bob']}}}");
        policy("all", "{'users':{'exclude':{'users':['bob']}}}");

        assertThat(candidates(Facts.of(ANN))).containsExactly("user", "group", "above", "all");
    }

    @Test
    void policyIsLookedAtOnlyIfBothClientAndUserMayBeMeant() {
        policy("both", "{'users':{'include':{'users':['ann']}},'clients':{'include':['ledger']}}");
        policy("client", "{'users':{'include':{'users':['bob']}},'clients':{'include':['ledger']}}");
        policy("user", "{'users':{'include':{'users':['ann']}},'clients':{'include':['mail']}}");

        assertThat(candidates(Facts.of(ANN))).containsExactly("both");
    }

    @Test
    void whoeverHasARoleIsNotLookedUpSoItsPoliciesAreLookedAtForEverybody() {
        policy("role", "{'users':{'include':{'roles':['audit'],'users':['bob']}}}");

        assertThat(candidates(Facts.of(ANN))).containsExactly("role");
    }

    @Test
    void policyThatNamesOnlyMissingClientsIsLookedAtForAllOfThem() {
        policy("gone", "{'clients':{'include':['gone','lost']}}");
        policy("half gone", "{'clients':{'include':['gone','mail']}}");

        assertThat(candidates(Facts.of(ANN))).containsExactly("gone");
    }

    @Test
    void policyThatNamesAMissingGroupIsLookedAtForEverybody() {
        policy("gone", "{'users':{'include':{'groups':['/ops','/gone']}}}");

        assertThat(candidates(Facts.of(ANN))).containsExactly("gone");
    }

    @Test
    void groupIsFoundHoweverThePolicySpellsIt() {
        policy("spelled otherwise", "{'users':{'include':{'groups':['/finance/']}}}");
        var directory = new Directory() {
            @Override
            public boolean hasClient(String clientId) {
                return true;
            }

            @Override
            public Optional<String> groupPath(String path) {
                return Optional.of("/finance");
            }
        };

        assertThat(candidates(directory, Facts.of(ANN))).containsExactly("spelled otherwise");
        assertThat(candidates(directory, Facts.of(Person.named("bob")))).isEmpty();
    }

    @Test
    void disabledPoliciesAreNotLookedAt() {
        policies.add(AccessPolicy.read(Json.of("{'name':'off','state':'disabled','controls':{'block':true}}")));

        assertThat(candidates(Facts.of(ANN))).isEmpty();
    }

    @Test
    void allPoliciesAreLookedAtForSomebodyOfWhomNothingIsKnown() {
        policy("other user", "{'users':{'include':{'users':['bob']}},'clients':{'include':['mail']}}");
        var set = PolicySet.of(policies, Facts.usual().directory());

        assertThat(set.candidates(Facts.usual().context(new FailingSubject()))).isEqualTo(policies);
    }

    @Test
    void groupsOfTheUserAreNotListedWhenNoPolicyNamesOne() {
        policy("user", "{'users':{'include':{'users':['bob']}}}");
        var set = PolicySet.of(policies, Facts.usual().directory());
        var listsNoGroups = new FailingSubject() {
            @Override
            public String username() {
                return "ann";
            }
        };

        assertThat(set.candidates(Facts.usual().context(listsNoGroups))).isEmpty();
    }
}
