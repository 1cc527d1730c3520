package dev.sallyport.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.access.AccessDecision.Outcome;
import dev.sallyport.lock.Lock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DemandTest {

    private static final Optional<Unmet> MISSING =
            Optional.of(Unmet.of("reauthentication", "2026-11-23T11:00:00Z", Optional.of("2026-11-23T08:00:00Z")));

    private static AccessDecision decision(Outcome outcome) {
        return new AccessDecision(outcome, Optional.of("2"), false, Optional.empty(), List.of());
    }

    @Test
    void whoIsToAuthenticateAnewIsNotLetInByAnyPolicy() {
        var demanding = decision(Outcome.ALLOW).demanding(MISSING);

        assertThat(demanding.allowed()).isFalse();
        assertThat(demanding.outcome()).isEqualTo(Outcome.STEP_UP);
        assertThat(demanding.reauthenticate()).isTrue();
        assertThat(demanding.authenticatesAnew()).isTrue();
        assertThat(demanding.unmet()).containsExactlyElementsOf(MISSING.stream().toList());
        assertThat(demanding.reasons()).containsExactly("reauthentication");
    }

    @Test
    void whatIsDeniedStaysDenied() {
        var demanding = decision(Outcome.DENY).demanding(MISSING);

        assertThat(demanding.outcome()).isEqualTo(Outcome.DENY);
        assertThat(demanding.reauthenticate()).isFalse();
        assertThat(demanding.authenticatesAnew()).isFalse();
    }

    @Test
    void lockBeatsIt() {
        var barred = decision(Outcome.ALLOW).demanding(MISSING).barredBy(List.of(new Lock.Bar("id", "user")));

        assertThat(barred.outcome()).isEqualTo(Outcome.DENY);
        assertThat(barred.unmet()).extracting(Unmet::control).containsExactly("lock");
    }

    @Test
    void levelThatAPolicyAsksForIsAskedForAlongWithIt() {
        var demanding = decision(Outcome.STEP_UP).demanding(MISSING);

        assertThat(demanding.acr()).hasValue("2");
        assertThat(demanding.reauthenticate()).isTrue();
    }

    @Test
    void nothingIsDemandedOfWhoGaveIt() {
        assertThat(decision(Outcome.ALLOW).demanding(Optional.empty()).allowed())
                .isTrue();
    }
}
