package dev.sallyport.delivery;

import static dev.sallyport.delivery.Standing.Answer.FAILURE;
import static dev.sallyport.delivery.Standing.Answer.REFUSAL;
import static dev.sallyport.delivery.Standing.Answer.REFUSAL_FOR_GOOD;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StandingTest {

    private static Standing answered(int times) {
        var standing = Standing.GOOD;
        for (int i = 0; i < times; i++) standing = standing.answered();
        return standing;
    }

    @Test
    void entryThatIsRefusedFiveTimesIsGivenUp() {
        assertThat(answered(4).givesUp(REFUSAL)).isFalse();
        assertThat(answered(5).givesUp(REFUSAL)).isTrue();
        assertThat(answered(1).givesUp(REFUSAL_FOR_GOOD)).isTrue();
    }

    @Test
    void failureIsNoReasonToGiveUpHoweverOftenItComes() {
        var standing = Standing.GOOD;
        for (int i = 0; i < 5_000; i++) {
            standing = standing.answered();
            assertThat(standing.givesUp(FAILURE)).isFalse();
            if (standing.wantsProof(true)) standing = standing.tried(false, true);
        }
    }

    @Test
    void entryThatFailsWhileOthersAreTakenIsGivenUpAfterALastTry() {
        var standing = answered(5);
        assertThat(standing.wantsProof(true)).isTrue();

        var singledOut = standing.tried(true, true);

        assertThat(singledOut.wantsProof(true)).isFalse();
        assertThat(singledOut.answered().givesUp(FAILURE)).isTrue();
        assertThat(singledOut.answered().givenUp().refusals()).isZero();
    }

    @Test
    void whoeverRefusesEverythingGetsNoDeadLettersOfItAll() {
        var standing = Standing.GOOD;
        int given = 0;
        for (int i = 0; i < 1_000; i++) {
            standing = standing.answered();
            if (standing.givesUp(REFUSAL_FOR_GOOD)) {
                standing = standing.givenUp();
                given++;
            } else if (standing.wantsProof(true)) {
                standing = standing.tried(false, true);
            }
        }
        assertThat(given).isEqualTo(Standing.MOST_IN_ROW);
    }

    @Test
    void whoTakesCheckpointsAndNoEntryGetsNoDeadLettersOfItAll() {
        var standing = Standing.GOOD;
        int given = 0;
        for (int i = 0; i < 1_000; i++) {
            standing = standing.answered();
            if (standing.givesUp(FAILURE)) {
                standing = standing.givenUp();
                given++;
            } else if (standing.wantsProof(false)) {
                standing = standing.tried(true, false);
            }
        }
        assertThat(given).isEqualTo(Standing.MOST_IN_ROW);
    }
}
