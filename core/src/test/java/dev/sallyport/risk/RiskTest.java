package dev.sallyport.risk;

import static dev.sallyport.risk.Risk.Level.HIGH;
import static dev.sallyport.risk.Risk.Level.LOW;
import static dev.sallyport.risk.Risk.Level.MEDIUM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RiskTest {

    @Test
    void highestOpinionWinsWithTheReasonsOfAll() {
        var together = Risk.together(List.of(Risk.of(LOW, "a", "b"), Risk.of(MEDIUM, "c"), Risk.of(LOW, "a")));

        assertThat(together).isEqualTo(Risk.of(MEDIUM, "a", "b", "c"));
    }

    @Test
    void oneUnknownOpinionMakesTheWholeUnknown() {
        var together = Risk.together(List.of(Risk.of(MEDIUM, "a"), Risk.unknown()));

        assertThat(together).isEqualTo(new Risk(Optional.empty(), List.of("a")));
    }

    @Test
    void highIsHighWhateverElseIsUnknown() {
        assertThat(Risk.together(List.of(Risk.unknown(), Risk.of(HIGH, "a")))).isEqualTo(Risk.of(HIGH, "a"));
    }

    @Test
    void withoutAnyOpinionTheRiskIsUnknown() {
        assertThat(Risk.together(List.of())).isEqualTo(Risk.unknown());
    }

    @Test
    void reasonIsAnIdAndNoSentence() {
        assertThatThrownBy(() -> Risk.of(LOW, "New device!")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void riskIsReadAsItWasWritten() {
        var unknown = new Risk(Optional.empty(), List.of("a"));

        assertThat(Risk.parse(Risk.of(MEDIUM, "new-device", "new-network").text()))
                .isEqualTo(Risk.of(MEDIUM, "new-device", "new-network"));
        assertThat(Risk.parse(Risk.of(LOW).text())).isEqualTo(Risk.of(LOW));
        assertThat(Risk.parse(unknown.text())).isEqualTo(unknown);
    }

    @Test
    void anythingElseIsReadAsUnknown() {
        for (var text : List.of("", " ", "none", "LOW", "low  x", "low Ä", "medium new_device")) {
            assertThat(Risk.parse(text)).as("'" + text + "'").isEqualTo(Risk.unknown());
        }
    }
}
