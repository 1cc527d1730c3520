package dev.sallyport.risk;

import static dev.sallyport.risk.Logins.USUAL;
import static dev.sallyport.risk.Logins.at;
import static dev.sallyport.risk.Logins.failed;
import static dev.sallyport.risk.Logins.habit;
import static dev.sallyport.risk.Logins.with;
import static dev.sallyport.risk.Logins.without;
import static dev.sallyport.risk.Risk.Level.HIGH;
import static dev.sallyport.risk.Risk.Level.LOW;
import static dev.sallyport.risk.Risk.Level.MEDIUM;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class UnfamiliarityTest {

    @Test
    void loginAsAlwaysIsOfLowRisk() {
        assertThat(Unfamiliarity.judge(habit(), USUAL)).isEqualTo(Risk.of(LOW));
    }

    @Test
    void nothingIsNewAboutAFirstLogin() {
        assertThat(Unfamiliarity.judge(LoginHistory.none(), USUAL)).isEqualTo(Risk.of(LOW));
    }

    @Test
    void failedLoginsCountAlsoBeforeTheFirstLogin() {
        assertThat(Unfamiliarity.judge(failed(LoginHistory.none(), 3), USUAL))
                .isEqualTo(Risk.of(MEDIUM, "failed-logins"));
    }

    @Test
    void twoFailedLoginsAreMisspellings() {
        assertThat(Unfamiliarity.judge(failed(habit(), 2), USUAL)).isEqualTo(Risk.of(LOW));
    }

    @Test
    void threeFailedLoginsAreOfMediumRisk() {
        assertThat(Unfamiliarity.judge(failed(habit(), 3), USUAL)).isEqualTo(Risk.of(MEDIUM, "failed-logins"));
    }

    @Test
    void tenFailedLoginsAreOfHighRisk() {
        assertThat(Unfamiliarity.judge(failed(habit(), 9), USUAL)).isEqualTo(Risk.of(MEDIUM, "failed-logins"));
        assertThat(Unfamiliarity.judge(failed(habit(), 10), USUAL)).isEqualTo(Risk.of(HIGH, "failed-logins"));
    }

    @Test
    void failedLoginsOfYesterdayDoNotCount() {
        var history = failed(habit(), 10);

        assertThat(Unfamiliarity.judge(history, at(USUAL, LoginHistory.FAILURES_COUNT)))
                .isEqualTo(Risk.of(LOW));
    }

    @Test
    void newDeviceIsOfMediumRisk() {
        var login = with(USUAL, Trait.DEVICE, "other laptop");

        assertThat(Unfamiliarity.judge(habit(), login)).isEqualTo(Risk.of(MEDIUM, "new-device"));
    }

    @Test
    void newNetworkAloneIsSaidButRaisesNothing() {
        var login = with(USUAL, Trait.NETWORK, "café");

        assertThat(Unfamiliarity.judge(habit(), login)).isEqualTo(Risk.of(LOW, "new-network"));
    }

    @Test
    void newCountryIsOfMediumRisk() {
        var login = with(with(USUAL, Trait.NETWORK, "hotel"), Trait.COUNTRY, "FR");

        assertThat(Unfamiliarity.judge(habit(), login)).isEqualTo(Risk.of(MEDIUM, "new-network", "new-country"));
    }

    @Test
    void newDeviceInANewCountryIsOfHighRisk() {
        var login = with(with(with(USUAL, Trait.NETWORK, "hotel"), Trait.COUNTRY, "FR"), Trait.DEVICE, "other laptop");

        assertThat(Unfamiliarity.judge(habit(), login))
                .isEqualTo(Risk.of(HIGH, "new-device", "new-network", "new-country"));
    }

    @Test
    void whatCannotBeToldCountsAsNew() {
        var login = without(without(without(USUAL, Trait.DEVICE), Trait.NETWORK), Trait.COUNTRY);

        assertThat(Unfamiliarity.judge(habit(), login))
                .isEqualTo(Risk.of(HIGH, "new-device", "new-network", "new-country"));
    }

    @Test
    void countryOfAFamiliarNetworkNeedNotBeTold() {
        assertThat(Unfamiliarity.judge(habit(), without(USUAL, Trait.COUNTRY))).isEqualTo(Risk.of(LOW));
    }

    @Test
    void countriesThatNobodyEverToldAreNotNew() {
        var history = LoginHistory.none().afterLogin(at(without(USUAL, Trait.COUNTRY), Duration.ofDays(-1)), false);

        assertThat(Unfamiliarity.judge(history, with(USUAL, Trait.NETWORK, "hotel")))
                .isEqualTo(Risk.of(LOW, "new-network"));
    }

    @Test
    void hourAtWhichTheUserIsNeverSeenIsUnusual() {
        assertThat(Unfamiliarity.judge(habit(), at(USUAL, Duration.ofHours(12))))
                .isEqualTo(Risk.of(LOW, "unusual-hour"));
        assertThat(Unfamiliarity.judge(habit(), with(at(USUAL, Duration.ofHours(12)), Trait.NETWORK, "café")))
                .isEqualTo(Risk.of(MEDIUM, "new-network", "unusual-hour"));
    }

    @Test
    void hoursAroundTheUsualOneAreUsualAlsoAcrossMidnight() {
        var late = at(USUAL, Duration.ofHours(15)); // 23:00 UTC
        var history = LoginHistory.none();
        for (int i = 0; i < 20; i++) history = history.afterLogin(late, true);

        assertThat(Unfamiliarity.judge(history, at(late, Duration.ofHours(17)))).isEqualTo(Risk.of(LOW));
        assertThat(Unfamiliarity.judge(history, at(late, Duration.ofHours(18))).reasons())
                .containsExactly("unusual-hour");
    }

    @Test
    void hoursOfAUserWithFewLoginsAreNotKnown() {
        var history = LoginHistory.none();
        for (int i = 0; i < 19; i++) history = history.afterLogin(USUAL, true);

        assertThat(Unfamiliarity.judge(history, at(USUAL, Duration.ofHours(12))))
                .isEqualTo(Risk.of(LOW));
        assertThat(Unfamiliarity.judge(history.afterLogin(USUAL, true), at(USUAL, Duration.ofHours(12)))
                        .reasons())
                .containsExactly("unusual-hour");
    }
}
