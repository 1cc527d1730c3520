package dev.sallyport.risk;

import static dev.sallyport.risk.Logins.NOW;
import static dev.sallyport.risk.Logins.USUAL;
import static dev.sallyport.risk.Logins.at;
import static dev.sallyport.risk.Logins.failed;
import static dev.sallyport.risk.Logins.habit;
import static dev.sallyport.risk.Logins.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.document.Documents;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoginHistoryTest {

    private static final LoginAttempt STRANGE = with(USUAL, Trait.DEVICE, "strange");

    @Test
    void firstLoginMakesItsDeviceFamiliar() {
        var history = LoginHistory.none().afterLogin(USUAL, false);

        assertThat(history.knows(Trait.DEVICE, USUAL)).isTrue();
    }

    @Test
    void passwordAloneMakesNoDeviceFamiliarHoweverOften() {
        var history = habit();
        for (int i = 0; i < 100; i++) history = history.afterLogin(STRANGE, false);

        assertThat(history.knows(Trait.DEVICE, STRANGE)).isFalse();
    }

    @Test
    void passwordAloneForgivesNoFailures() {
        var history = failed(habit(), 5).afterLogin(STRANGE, false);

        assertThat(history.failuresAt(NOW)).isEqualTo(5);
    }

    @Test
    void passwordAloneTeachesNoHours() {
        var history = habit();
        for (int i = 0; i < 100; i++) history = history.afterLogin(at(STRANGE, Duration.ofHours(12)), false);

        assertThat(history.unusualHour(NOW.plus(Duration.ofHours(12)))).isTrue();
    }

    @Test
    void passwordAloneMakesNoNetworkOfAnotherDeviceFamiliar() {
        var elsewhere = with(STRANGE, Trait.NETWORK, "elsewhere");

        assertThat(habit().afterLogin(elsewhere, false).knows(Trait.NETWORK, elsewhere))
                .isFalse();
    }

    @Test
    void provenLoginMakesItsDeviceFamiliarAndForgivesFailures() {
        var history = failed(habit(), 5).afterLogin(STRANGE, true);

        assertThat(history.knows(Trait.DEVICE, STRANGE)).isTrue();
        assertThat(history.failuresAt(NOW)).isZero();
    }

    @Test
    void familiarDeviceVouchesForANewNetwork() {
        var elsewhere = with(USUAL, Trait.NETWORK, "elsewhere");

        assertThat(habit().afterLogin(elsewhere, false).knows(Trait.NETWORK, elsewhere))
                .isTrue();
    }

    @Test
    void deviceIsFamiliarAfterItsProbation() {
        var history = habit().afterLogin(STRANGE, false);
        var almost = at(STRANGE, LoginHistory.PROBATION.minusSeconds(1));

        assertThat(history.knows(Trait.DEVICE, almost)).isFalse();
        assertThat(history.knows(Trait.DEVICE, at(STRANGE, LoginHistory.PROBATION)))
                .isTrue();
    }

    @Test
    void anotherLoginDoesNotProlongTheProbation() {
        var history = habit().afterLogin(STRANGE, false).afterLogin(at(STRANGE, Duration.ofDays(6)), false);

        assertThat(history.knows(Trait.DEVICE, at(STRANGE, LoginHistory.PROBATION)))
                .isTrue();
    }

    @Test
    void familiarDevicesAreNotPushedOutByOthers() {
        var history = habit();
        for (int i = 0; i < 1_000; i++) {
            var flood = with(with(with(USUAL, Trait.DEVICE, "d" + i), Trait.NETWORK, "n" + i), Trait.COUNTRY, "c" + i);
            history = history.afterLogin(flood, false);
        }

        for (var trait : Trait.values()) {
            assertThat(history.knows(trait, USUAL)).isTrue();
            assertThat(history.seen().get(trait)).hasSizeLessThanOrEqualTo(trait.remembered());
        }
    }

    @Test
    void deviceThatWasNotSeenForLongestIsForgotten() {
        var history = habit();
        for (int i = 1; i <= Trait.DEVICE.remembered(); i++) {
            history = history.afterLogin(at(with(USUAL, Trait.DEVICE, "d" + i), Duration.ofMinutes(i)), true);
        }

        assertThat(history.knows(Trait.DEVICE, at(USUAL, Duration.ofDays(1)))).isFalse();
        assertThat(history.knows(Trait.DEVICE, at(with(USUAL, Trait.DEVICE, "d1"), Duration.ofDays(1))))
                .isTrue();
    }

    @Test
    void failuresAreCountedAnewAfterADay() {
        var history = failed(habit(), 5).afterFailure(NOW.plus(Duration.ofDays(2)));

        assertThat(history.failuresAt(NOW.plus(Duration.ofDays(2)))).isEqualTo(1);
    }

    @Test
    void usersHoursMayChange() {
        var history = habit();
        var late = at(USUAL, Duration.ofHours(12));
        for (int i = 0; i < 600; i++) history = history.afterLogin(late, true);

        assertThat(history.unusualHour(late.time())).isFalse();
        assertThat(history.unusualHour(NOW)).isTrue();
    }

    @Test
    void historyIsReadAsItWasWritten() {
        var history = failed(habit(), 5);

        assertThat(Documents.bind(Documents.tree(Documents.write(history)), LoginHistory.class))
                .isEqualTo(history);
        assertThat(Documents.bind(Documents.tree(Documents.write(LoginHistory.none())), LoginHistory.class))
                .isEqualTo(LoginHistory.none());
    }

    @Test
    void credentialWasUsedWhenItWasLastGiven() {
        var later = NOW.plusSeconds(60);
        var history = LoginHistory.none()
                .afterProofs(Map.of("password", later, "otp", NOW))
                .afterProofs(Map.of("password", NOW))
                .afterLogin(USUAL, true)
                .afterFailure(later);

        assertThat(history.proofs()).isEqualTo(Map.of("password", later, "otp", NOW));
    }

    @Test
    void historyFromBeforeCredentialsWereRememberedIsRead() {
        var old = Documents.tree("{\"seen\":{},\"hours\":[],\"failures\":2}");

        assertThat(Documents.bind(old, LoginHistory.class).proofs()).isEmpty();
    }
}
