package dev.sallyport.posture;

import static dev.sallyport.posture.Management.DEVICE;
import static dev.sallyport.posture.Management.INTUNE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.sallyport.document.Documents;
import dev.sallyport.posture.PostureSource.Found;
import dev.sallyport.posture.PostureSource.NotFound;
import dev.sallyport.posture.PostureSource.Outage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntuneRecordTest {

    private static final Recorded HEALTHY = INTUNE.healthy();

    private static String shown(java.util.Optional<Boolean> fact) {
        return fact.map(String::valueOf).orElse("unknown");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'compliant'     | true
            'Compliant'     | true
            'noncompliant'  | false
            'conflict'      | false
            'error'         | false
            'unknown'       | unknown
            'configManager' | unknown
            'compliant '    | unknown
            'splendid'      | unknown
            ''              | unknown
            null            | unknown
            true            | unknown
            1               | unknown
            """, quoteCharacter = '`')
    void complianceIsWhatEntraMakesOfIt(String state, String compliant) {
        assertThat(shown(INTUNE.posture(HEALTHY.with("/complianceState", state)).compliant()))
                .isEqualTo(compliant);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            '2026-11-23T08:00:01Z'         | true
            '9999-12-31T23:59:59.9999999Z' | true
            '2026-11-23T08:00:00Z'         | false
            '0001-01-01T00:00:00Z'         | false
            'soon'                         | false
            null                           | false
            1795420800                     | false
            """, quoteCharacter = '`')
    void gracePeriodCountsUntilItEndsAndOnlyIfItIsSaidWhen(String end, String compliant) {
        var answer = HEALTHY.with("/complianceState", "'inGracePeriod'")
                .with("/complianceGracePeriodExpirationDateTime", end);

        assertThat(shown(INTUNE.posture(answer).compliant())).isEqualTo(compliant);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'secured'        | true
            'activated'      | unknown
            'unknown'        | unknown
            'lowSeverity'    | unknown
            'mediumSeverity' | false
            'highSeverity'   | false
            'deactivated'    | false
            'unresponsive'   | false
            'misconfigured'  | false
            'compromised'    | false
            true             | unknown
            """, quoteCharacter = '`')
    void protectedIsWhoWasReportedAsSecured(String state, String antimalware) {
        assertThat(shown(INTUNE.posture(HEALTHY.with("/partnerReportedThreatState", state))
                        .antimalware()))
                .isEqualTo(antimalware);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'mdm'          | true
            'easMdm'       | true
            'intuneClient' | true
            'jamf'         | true
            'eas'          | false
            'unknown'      | unknown
            'msSense'      | unknown
            null           | unknown
            true           | unknown
            """, quoteCharacter = '`')
    void managedIsWhomMoreThanItsMailIsManagedOf(String agent, String managed) {
        assertThat(shown(INTUNE.posture(HEALTHY.with("/managementAgent", agent)).managed()))
                .isEqualTo(managed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'Unknown'", "''", "null", "false", "0"})
    void jailbrokenIsUnknownUnlessItIsSaidInItsWords(String said) {
        assertThat(INTUNE.posture(HEALTHY.with("/jailBroken", said)).jailbroken())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"'yes'", "'true'", "1", "null", "[true]"})
    void diskIsEncryptedOnlyWhereItSaysTrue(String said) {
        assertThat(INTUNE.posture(HEALTHY.with("/isEncrypted", said)).diskEncrypted())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"10.0.22631.3593, 10.0.22631.3593", "17.4.1 (a), unknown", "Windows 11, unknown"})
    void versionIsNothingButNumbers(String said, String version) {
        assertThat(INTUNE.posture(HEALTHY.with("/osVersion", "'" + said + "'"))
                        .osVersion()
                        .orElse("unknown"))
                .isEqualTo(version);
    }

    @Test
    void wordsThatHaveNoPlaceAmongTheFactsAreKeptUnlessTheyAreNoWords() {
        assertThat(INTUNE.posture(HEALTHY).attributes())
                .containsEntry("complianceState", TextNode.valueOf("compliant"))
                .containsEntry("managedDeviceOwnerType", TextNode.valueOf("company"));
        assertThat(INTUNE.posture(HEALTHY.with("/managedDeviceOwnerType", "'" + "x".repeat(256) + "'"))
                        .attributes())
                .doesNotContainKey("managedDeviceOwnerType");
    }

    @Test
    void deviceMayComeByItselfOrWrapped() {
        var bare = HEALTHY.text();

        for (var answer : new String[] {bare, "{\"value\":" + bare + "}", "{\"value\":[" + bare + "]}"}) {
            assertThat(INTUNE.answer(answer, DEVICE)).isInstanceOf(Found.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "true", "'C02A'", "['C02A']", "[null]", "[[]]", "[{},1]"})
    void wrappingOfWhatIsNoDeviceIsAnOutage(String value) {
        assertThat(INTUNE.answer(new Recorded("{}").with("/value", value).text(), DEVICE))
                .isInstanceOf(Outage.class);
    }

    @Test
    void severalRecordsOfOneSerialNumberAreNone() {
        var twice = "{\"value\":[" + HEALTHY.text() + "," + INTUNE.ill().text() + "]}";

        assertThat(INTUNE.answer(twice, DEVICE)).isInstanceOf(NotFound.class);
        assertThat(INTUNE.answer("{\"value\":[]}", DEVICE)).isInstanceOf(NotFound.class);
    }

    @Test
    void onlyTheRecordThatBearsTheKeyCounts() {
        var other = INTUNE.ill().with("/serialNumber", "'C02B'");
        var both = "{\"value\":[" + other.text() + "," + HEALTHY.text() + "]}";

        assertThat(INTUNE.answer(both, DEVICE)).isEqualTo(INTUNE.answer(HEALTHY.text(), DEVICE));
    }

    @Test
    void whereTheNextPageIsMayTakeLong() {
        var link = "https://graph.microsoft.com/v1.0/x?$skiptoken=" + "a".repeat(4_000);
        var page = new Recorded("{}").with("/value", "[]").with("/@odata.nextLink", "'" + link + "'");

        assertThat(IntuneRecord.page(page.text()).orElseThrow().next()).contains(link);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "['https://graph.microsoft.com/']", "{}"})
    void pageThatGoesOnWhoKnowsWhereIsAnOutage(String link) {
        var page = new Recorded("{\"value\":[" + HEALTHY.text() + "]}").with("/@odata.nextLink", link);

        assertThat(INTUNE.answer(page.text(), DEVICE)).isInstanceOf(Outage.class);
    }

    @Test
    void deviceMayBeRegisteredByItsIdsOrItsSerialNumberIfThatIsOne() {
        assertThat(IntuneRecord.keys(Documents.tree(HEALTHY.text())))
                .containsExactlyInAnyOrder(
                        "705c034c-0000-4000-8000-000000000002", "9f1d0c6e-0000-4000-8000-000000000003", "C02A");
        assertThat(IntuneRecord.keys(Documents.tree(HEALTHY.with("/serialNumber", "'0'")
                        .with("/azureADDeviceId", "'00000000-0000-0000-0000-000000000000'")
                        .text())))
                .containsExactly("705c034c-0000-4000-8000-000000000002");
    }
}
