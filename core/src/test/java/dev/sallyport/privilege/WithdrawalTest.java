package dev.sallyport.privilege;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WithdrawalTest {

    private static final Instant NOW = Instant.parse("2026-11-28T20:00:00Z");

    @Test
    void whoIsTakenOutIsNotNamedAnyMoreInWhateverCase() {
        var left = without("Dave", "'users':['dave','carol'],'groups':['/finance']", "");

        assertThat(left.eligible().users()).containsExactly("carol");
        assertThat(left.eligible().groups()).containsExactly("/finance");
        assertThat(left.eligible().until()).isEmpty();
    }

    @Test
    void whoWasCalledSomethingElseIsNamedByNeitherName() {
        assertThat(without("dave david", "'users':['dave','carol','David']", "")
                        .eligible()
                        .users())
                .containsExactly("carol");
    }

    @Test
    void whoWasTheLastOneLeavesItToNobody() {
        var left = without("dave", "'users':['dave'],'expression':'true'", "");

        assertThat(left.eligible().until()).contains(NOW);
    }

    @Test
    void endThatIsOverIsNotMadeLater() {
        var left = without("dave", "'users':['dave'],'until':'2026-01-01T00:00:00Z'", "");

        assertThat(left.eligible().until()).contains(Instant.parse("2026-01-01T00:00:00Z"));
    }

    @Test
    void emergencyThatIsForNobodyElseGoes() {
        var alone =
                ",'emergency':{'eligible':{'users':['dave']},'maxDuration':'PT30M','perDay':1,'officers':{'groups':['/security']}}";

        assertThat(without("dave", "'groups':['/finance']", alone).emergency()).isEmpty();
        assertThat(without("carol", "'groups':['/finance']", alone).emergency()).isPresent();
    }

    private static Privilege without(String username, String eligible, String more) {
        return new Withdrawal(Set.of(username.split(" ")), NOW)
                .from(Privilege.read("""
                {'name':'vault','displayName':'Vault','mode':'token','grants':{'realmRoles':['vault-admin']},'eligible':{%s},
                 'activation':{'maxDuration':'PT4H','defaultDuration':'PT1H','acr':'2'}%s}""".formatted(eligible, more).replace('\'', '"')));
    }
}
