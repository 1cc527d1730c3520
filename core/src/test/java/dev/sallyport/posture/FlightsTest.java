package dev.sallyport.posture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class FlightsTest {

    private final Flights<String> flights = new Flights<>();
    private final ArrayList<String> started = new ArrayList<>();

    @Test
    void whatIsOnItsWayIsNotStartedAgain() {
        flights.request("C02A", false, started::add);
        flights.request("C02A", false, started::add);

        flights.landed("C02A", started::add);

        assertThat(started).containsExactly("C02A");
        assertThat(flights.underway("C02A")).isFalse();
    }

    @Test
    void whoKnowsOfANewsGetsAnAnswerThatWasAskedForAfterIt() {
        flights.request("C02A", false, started::add);
        flights.request("C02A", true, started::add);
        flights.request("C02A", true, started::add);

        flights.landed("C02A", started::add);
        assertThat(flights.underway("C02A")).isTrue();
        flights.landed("C02A", started::add);

        assertThat(started).containsExactly("C02A", "C02A");
        assertThat(flights.underway("C02A")).isFalse();
    }

    @Test
    void devicesDoNotWaitForEachOther() {
        flights.request("C02A", false, started::add);
        flights.request("C02B", false, started::add);

        assertThat(started).containsExactly("C02A", "C02B");
    }

    @Test
    void whatIsLostCanBeStartedAgain() {
        flights.request("C02A", false, started::add);
        flights.lost("C02A");
        flights.request("C02A", false, started::add);

        assertThat(started).hasSize(2);
    }
}
