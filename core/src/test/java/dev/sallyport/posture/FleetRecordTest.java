package dev.sallyport.posture;

import static dev.sallyport.posture.Management.DEVICE;
import static dev.sallyport.posture.Management.FLEET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.device.FailingCheck;
import dev.sallyport.posture.PostureSource.Keys;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FleetRecordTest {

    private static final Recorded HEALTHY = FLEET.healthy();

    private static String compliant(Recorded answer) {
        return FLEET.posture(answer).compliant().map(String::valueOf).orElse("unknown");
    }

    @Test
    void hostIsAskedForByItsSerialNumberAndElseByItsId() {
        assertThat(FleetRecord.identifier(DEVICE)).isEqualTo("C02A");
        assertThat(FleetRecord.identifier(new Keys("device-7", Optional.of("None"))))
                .isEqualTo("device-7");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /host/policies/0/response           | 'pass'      | true
            /host/policies/0/response           | 'fail'      | false
            /host/policies/0/response           | ''          | unknown
            /host/policies/0/response           | null        | unknown
            /host/policies/0/response           | true        | unknown
            /host/policies/0/response           | 'PASS'      | unknown
            /host/policies/0                    | null        | unknown
            /host/policies/0                    | 'pass'      | unknown
            /host/policies                      | []          | unknown
            /host/policies                      | null        | unknown
            /host/policies                      | 'pass'      | unknown
            /host/issues/failing_policies_count | 1           | false
            /host/issues/failing_policies_count | null        | true
            /host/issues/failing_policies_count | '1'         | unknown
            /host/issues/failing_policies_count | 99999999999 | unknown
            /host/issues                        | null        | true
            /host/issues                        | []          | unknown
            /host/mdm/device_status             | 'locked'    | false
            /host/mdm/device_status             | 'wiped'     | false
            /host/mdm/device_status             | 'unlocked'  | true
            /host/mdm/device_status             | ''          | true
            /host/mdm/device_status             | 1           | unknown
            /host/mdm/device_status             | ' '         | unknown
            /host/mdm/pending_action            | 'lock'      | false
            /host/mdm/pending_action            | 'wipe'      | false
            /host/mdm/pending_action            | 'unlock'    | true
            /host/mdm/pending_action            | ['wipe']    | unknown
            /host/mdm/pending_action            | 'yes'       | unknown
            /host/mdm                           | null        | true
            /host/mdm                           | 'locked'    | unknown
            """, quoteCharacter = '`')
    void compliantIsWhoseEveryPolicyPassesAndWhoIsNotLocked(String pointer, String value, String compliant) {
        assertThat(compliant(HEALTHY.with(pointer, value))).isEqualTo(compliant);
    }

    @Test
    void onePolicyThatFailsCountsMoreThanOneThatDidNotRun() {
        assertThat(compliant(FLEET.ill())).isEqualTo("false");
        assertThat(FLEET.posture(FLEET.ill()).failing())
                .contains(new FailingCheck("Firewall on", Optional.of("Turn it on")))
                .extracting(FailingCheck::check)
                .doesNotContain("Screen locks");
    }

    @Test
    void adviceIsKeptWithinBounds() {
        var policies = "[" + "{'name':'p','response':'fail'},".repeat(5_000) + "{'name':'p','response':'pass'}]";

        var posture = FLEET.posture(HEALTHY.with("/host/policies", policies));

        assertThat(posture.compliant()).contains(false);
        assertThat(posture.failing()).hasSize(100);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'On (manual)'    | true
            'On (automatic)' | true
            'On'             | true
            'Off'            | false
            'Pending'        | false
            'Once'           | unknown
            ''               | unknown
            null             | unknown
            true             | unknown
            """, quoteCharacter = '`')
    void managedIsWhoIsEnrolled(String value, String managed) {
        assertThat(FLEET.posture(HEALTHY.with("/host/mdm/enrollment_status", value))
                        .managed()
                        .map(String::valueOf)
                        .orElse("unknown"))
                .isEqualTo(managed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'yes'", "'true'", "1", "null", "[true]", "{}"})
    void diskIsEncryptedOnlyWhereItSaysTrue(String value) {
        assertThat(FLEET.posture(HEALTHY.with("/host/disk_encryption_enabled", value))
                        .diskEncrypted())
                .isEmpty();
    }

    @Test
    void whatAHostDoesNotSayOfItsDiskIsUnknown() {
        assertThat(FLEET.posture(HEALTHY.without("/host/disk_encryption_enabled"))
                        .diskEncrypted())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            macOS 14.5                            | 14.5
            Ubuntu 22.04.4 LTS                    | 22.04.4
            Microsoft Windows 11 Enterprise 23H2  | unknown
            Windows 11 Pro 10.0.22631.3593        | 10.0.22631.3593
            CentOS Linux 8                        | 8
            macOS 14.5 or 15.0                    | unknown
            rolling                               | unknown
            """)
    void versionIsTheOnlyOneInTheText(String text, String version) {
        assertThat(FLEET.posture(HEALTHY.with("/host/os_version", "'" + text + "'"))
                        .osVersion()
                        .orElse("unknown"))
                .isEqualTo(version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "'0'", "null", "0.0", "99999999999"})
    void vulnerabilitiesThatAreNoCountAreUnknown(String count) {
        assertThat(FLEET.posture(HEALTHY.with("/host/issues/critical_vulnerabilities_count", count))
                        .criticalVulnerabilities())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-23T06:00:00Z, 2026-11-23T07:00:00Z, 2026-11-23T06:00:00Z",
        "2026-11-23T07:00:00Z, 2026-11-23T06:00:00Z, 2026-11-23T06:00:00Z",
        "2026-11-23T07:00:00Z, never,                1970-01-01T00:00:00Z",
    })
    void observedIsWhenTheOlderOfDetailsAndPoliciesWas(String details, String policies, Instant observed) {
        var answer = HEALTHY.with("/host/detail_updated_at", "'" + details + "'")
                .with("/host/policy_updated_at", "'" + policies + "'");

        assertThat(FLEET.posture(answer).observedAt()).isEqualTo(observed);
    }

    @Test
    void whoHasNoPoliciesIsAsOldAsItsDetails() {
        var answer = HEALTHY.with("/host/policies", "[]").with("/host/policy_updated_at", "null");

        assertThat(FLEET.posture(answer).observedAt()).isEqualTo(Instant.parse("2026-11-23T07:10:00Z"));
    }

    @Test
    void hostMayBeRegisteredByItsIdOrItsSerialNumberIfThatIsOne() {
        assertThat(FleetRecord.keys(HEALTHY.text()))
                .containsExactlyInAnyOrder("309a4b7d-0000-4000-8000-000000000001", "C02A");
        assertThat(FleetRecord.keys(HEALTHY.with("/host/hardware_serial", "'System Serial Number'")
                        .text()))
                .containsExactly("309a4b7d-0000-4000-8000-000000000001");
        assertThat(FleetRecord.keys("<html>")).isEmpty();
    }
}
