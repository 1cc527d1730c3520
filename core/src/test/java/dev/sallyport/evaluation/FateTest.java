package dev.sallyport.evaluation;

import static dev.sallyport.access.AccessDecision.Outcome.ALLOW;
import static dev.sallyport.access.AccessDecision.Outcome.DENY;
import static dev.sallyport.access.AccessDecision.Outcome.STEP_UP;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FateTest {

    @Test
    void sessionContinuesWhileNoApplicationIsDenied() {
        assertThat(Fate.of(false, Map.of("ledger", ALLOW, "wiki", ALLOW))).isEqualTo(new Fate.Continues());
    }

    @Test
    void sessionThatNoApplicationUsesYetContinues() {
        assertThat(Fate.of(false, Map.of())).isEqualTo(new Fate.Continues());
    }

    @Test
    void applicationThatAsksForMoreEndsNothing() {
        assertThat(Fate.of(false, Map.of("ledger", STEP_UP))).isEqualTo(new Fate.Continues());
    }

    @Test
    void sessionEndsForTheApplicationThatIsDeniedAndKeepsTheOthers() {
        assertThat(Fate.of(false, Map.of("ledger", DENY, "wiki", ALLOW, "desk", STEP_UP)))
                .isEqualTo(new Fate.EndsFor(Set.of("ledger")));
    }

    @Test
    void sessionEndsWhenEveryApplicationIsDenied() {
        assertThat(Fate.of(false, Map.of("ledger", DENY, "wiki", DENY))).isEqualTo(new Fate.Ends());
    }

    @Test
    void whoIsShutOutLosesTheSessionWhateverApplicationsAreTold() {
        assertThat(Fate.of(true, Map.of("wiki", ALLOW))).isEqualTo(new Fate.Ends());
        assertThat(Fate.of(true, Map.of())).isEqualTo(new Fate.Ends());
    }
}
