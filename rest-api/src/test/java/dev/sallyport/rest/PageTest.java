package dev.sallyport.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.document.DocumentFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {

    @Test
    void aListIsReadFromItsStartInHundredsUnlessAskedOtherwise() {
        assertThat(Page.of(null, null)).isEqualTo(new Page(0, 100));
        assertThat(Page.of("20", "1000")).isEqualTo(new Page(20, 1_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1001", "-1", "", " 1", "1.0", "0x10", "99999999999", "١"})
    void aMaxThatIsNoNumberInBoundsIsRefusedByItsName(String max) {
        assertThatThrownBy(() -> Page.of(null, max))
                .isInstanceOfSatisfying(
                        DocumentFault.class, fault -> assertThat(fault.path()).isEqualTo("max"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "2147483648", "one"})
    void aFirstThatIsNoNumberInBoundsIsRefusedByItsName(String first) {
        assertThatThrownBy(() -> Page.of(first, null))
                .isInstanceOfSatisfying(
                        DocumentFault.class, fault -> assertThat(fault.path()).isEqualTo("first"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yes", "TRUE", "1"})
    void aFlagIsTrueOrFalseAndNothingElse(String flag) {
        assertThat(Page.flag("compliant", "true")).contains(true);
        assertThat(Page.flag("compliant", "false")).contains(false);
        assertThat(Page.flag("compliant", null)).isEmpty();
        assertThatThrownBy(() -> Page.flag("compliant", flag)).hasMessageStartingWith("compliant:");
    }

    @Test
    void aFilterLongerThanATextMayBeIsRefused() {
        assertThat(Page.text("search", "x".repeat(2_000))).isPresent();
        assertThatThrownBy(() -> Page.text("search", "x".repeat(2_001))).hasMessageStartingWith("search:");
    }
}
