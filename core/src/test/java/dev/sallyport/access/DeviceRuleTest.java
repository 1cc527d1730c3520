package dev.sallyport.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceRuleTest {

    @Test
    void factsThatWereChosenMustHold() {
        var rule = new DeviceRule(Map.of("facts", "proven##diskEncrypted", "maxPostureAge", "PT24H"));

        assertThat(rule.requirement())
                .isEqualTo(required("{'proven':true,'diskEncrypted':true,'maxPostureAge':'PT24H'}"));
    }

    @Test
    void notJailbrokenIsTheOneFactThatMustNotHold() {
        assertThat(new DeviceRule(Map.of("facts", "notJailbroken")).requirement())
                .isEqualTo(required("{'jailbroken':false}"));
    }

    @Test
    void everyFactThatIsOfferedCanBeRead() {
        var all = new DeviceRule(Map.of("facts", String.join("##", DeviceRule.factNames())));

        assertThat(Documents.toTree(all.requirement())).hasSameSizeAs(DeviceRule.factNames());
    }

    @Test
    void documentSaysAllItself() {
        var document = Json.of("{'minOsVersion':{'macos':'14.4'}}");

        assertThat(new DeviceRule(Map.of("document", document, "facts", " ")).requirement())
                .isEqualTo(required("{'minOsVersion':{'macos':'14.4'}}"));
        assertFault(Map.of("document", document, "facts", "proven"), "document: cannot be combined");
        assertFault(Map.of("document", document, "maxPostureAge", "PT1H"), "document: cannot be combined");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "facts | healthy | facts: has the unknown name \"healthy\"",
                "facts | jailbroken | facts: has the unknown name \"jailbroken\"",
                "facts | '' | must ask for something",
                "maxPostureAge | tomorrow | maxPostureAge: must be an ISO 8601 duration such as PT15M",
                "maxPostureAge | PT0S | maxPostureAge: must be longer than nothing",
                "document | {'compliant':'yes'} | document.compliant: must be true or false",
                "document | {'minOsVersion':{'macos':'new'}} | document.minOsVersion.macos: must be dotted numbers",
                "document | {'proven':true,'compliance':true} | document.compliance: is not a known field",
                "document | { | document: is not well-formed JSON",
                "document | {} | document: must ask for something",
                "document | null | document: must be an object",
            })
    void faultIsNamedWithItsPath(String setting, String value, String fault) {
        assertFault(Map.of(setting, value.startsWith("{") ? Json.of(value) : value), fault);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "Met", "true", "met "})
    void sideThatNobodyChoseIsAFaultAndNeitherOfTheTwo(String side) {
        var rule = new DeviceRule(Map.of("matches", side, "facts", "proven"));

        assertThatThrownBy(rule::matchesWhenMet).isInstanceOf(DocumentFault.class);
        assertThat(rule.fault()).hasValue("matches: must be met or not-met");
    }

    @Test
    void sideIsWhatWasChosen() {
        assertThat(new DeviceRule(Map.of("matches", "met", "facts", "proven")).matchesWhenMet())
                .isTrue();
        assertThat(new DeviceRule(Map.of("matches", "not-met")).matchesWhenMet())
                .isFalse();
        assertThat(new DeviceRule(Map.of("matches", "met", "facts", "proven")).fault())
                .isEmpty();
    }

    private static void assertFault(Map<String, String> settings, String fault) {
        assertThatThrownBy(() -> new DeviceRule(settings).requirement())
                .isInstanceOf(DocumentFault.class)
                .hasMessageStartingWith(fault);
    }

    private static DeviceRequirement required(String json) {
        return Documents.read(Json.of(json), DeviceRequirement.class);
    }
}
