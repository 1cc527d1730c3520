package dev.sallyport.finding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.finding.DetectionRule.Severity;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FindingKindTest {

    @ParameterizedTest
    @CsvSource({
        "role-given, HIGH",
        "group-joined, HIGH",
        "group-moved, HIGH",
        "role-given-to-group, HIGH",
        "role-contained, HIGH",
        "privilege-widened, HIGH",
        "emergency-used, HIGH",
        "retention-shortened, HIGH",
        "protection-removed, CRITICAL",
        "sequence-gap, CRITICAL"
    })
    void whatTakesAwayProtectionOrProofIsCritical(String id, Severity severity) {
        var kind = FindingKind.valueOf(id.toUpperCase().replace('-', '_'));

        assertThat(kind.severity()).isEqualTo(severity);
        assertThat(kind.id()).isEqualTo(id);
    }

    @ParameterizedTest
    @EnumSource(FindingKind.class)
    void idFitsTheColumn(FindingKind kind) {
        assertThat(kind.id()).hasSizeLessThanOrEqualTo(50);
    }
}
