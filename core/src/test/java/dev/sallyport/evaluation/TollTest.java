package dev.sallyport.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TollTest {

    @Test
    void changeThatEndsMoreThanTheShareIsToBeConfirmed() {
        assertThat(toll(1_000, 1_000, 101).needsConfirmation()).isTrue();
        assertThat(toll(1_000, 1_000, 100).needsConfirmation()).isFalse();
    }

    @Test
    void fiftySessionsAreToBeConfirmedAndFewerAreNotWhateverTheirShare() {
        assertThat(toll(60, 60, 50).needsConfirmation()).isTrue();
        assertThat(toll(60, 60, 49).needsConfirmation()).isFalse();
    }

    @Test
    void sampleStandsForAllSessions() {
        var toll = toll(50_000, 500, 60);

        assertThat(toll.sessions()).isEqualTo(6_000);
        assertThat(toll.exact()).isFalse();
        assertThat(toll.needsConfirmation()).isTrue();
    }

    @Test
    void realmWithoutSessionsHasNothingToConfirm() {
        assertThat(toll(0, 0, 0).needsConfirmation()).isFalse();
    }

    private static Toll toll(long live, long asked, long ending) {
        return new Toll(live, asked, ending, 50, 10);
    }
}
