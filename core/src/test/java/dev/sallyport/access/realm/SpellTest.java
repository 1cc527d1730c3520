package dev.sallyport.access.realm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellTest {

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0 seconds",
        "PT1S, 1 seconds",
        "PT15M, 15 minutes",
        "PT24H, 24 hours",
        "PT31H, 31 hours",
        "PT24H0M3S, 24 hours 3 seconds",
        "PT31H20M10S, 31 hours 20 minutes",
        "PT48H, 2 days",
        "P7DT1H30M, 7 days 1 hours",
    })
    void aLengthOfTimeIsSaidInItsTwoGreatestUnits(String duration, String words) {
        var spell = Spell.parse(duration).orElseThrow();

        var said = spell.say((unit, amount) -> amount[0] + " " + unit.replace("duration.", ""));

        assertThat(said).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({"true", "14.5.1", "Pixel", "2", "PT", "P1Y"})
    void whatIsNoDurationIsLeftAlone(String text) {
        assertThat(Spell.parse(text)).isEmpty();
    }

    @Test
    void hoursAreComparedUpToTwoDays() {
        var justBelow = Spell.parse("PT47H59M").orElseThrow();

        var said = justBelow.say((unit, amount) -> amount[0] + unit);

        assertThat(said).startsWith("47duration.hours");
    }
}
