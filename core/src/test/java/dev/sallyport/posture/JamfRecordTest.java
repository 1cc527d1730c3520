package dev.sallyport.posture;

import static dev.sallyport.posture.Management.DEVICE;
import static dev.sallyport.posture.Management.JAMF;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.sallyport.device.FailingCheck;
import dev.sallyport.posture.PostureSource.NotFound;
import dev.sallyport.posture.PostureSource.Outage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JamfRecordTest {

    private static final Recorded HEALTHY = JAMF.healthy();
    private static final String COMPUTER = "/results/0";
    private static final String FILE_VAULT = COMPUTER + "/diskEncryption/fileVault2Enabled";
    private static final String DISK =
            COMPUTER + "/diskEncryption/bootPartitionEncryptionDetails/partitionFileVault2State";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            true   | 'ENCRYPTED'         | true
            true   | null                | true
            null   | 'ENCRYPTED'         | true
            false  | 'ENCRYPTED'         | false
            false  | null                | false
            true   | 'UNENCRYPTED'       | false
            true   | 'DECRYPTED'         | false
            true   | 'DECRYPTING'        | false
            true   | 'DECRYPTING_PAUSED' | false
            true   | 'ENCRYPTING'        | false
            true   | 'ENCRYPTING_PAUSED' | false
            true   | 'RESTART_NEEDED'    | false
            true   | 'INELIGIBLE'        | false
            true   | 'UNKNOWN'           | unknown
            true   | 'OPTIMIZING'        | unknown
            true   | 'encrypted'         | unknown
            true   | true                | unknown
            null   | null                | unknown
            'true' | 'ENCRYPTED'         | unknown
            1      | null                | unknown
            """, quoteCharacter = '`')
    void diskIsEncryptedWhereNothingThatIsSaidOfItSpeaksAgainst(String fileVault, String disk, String encrypted) {
        var posture = JAMF.posture(HEALTHY.with(FILE_VAULT, fileVault).with(DISK, disk));

        assertThat(posture.diskEncrypted().map(String::valueOf).orElse("unknown"))
                .isEqualTo(encrypted);
        assertThat(posture.failing()).hasSize(encrypted.equals("false") ? 1 : 0);
    }

    @Test
    void sectionThatIsNoneIsNotSilence() {
        var garbled = HEALTHY.with(COMPUTER + "/diskEncryption/bootPartitionEncryptionDetails", "'UNENCRYPTED'");

        assertThat(JAMF.posture(garbled).diskEncrypted()).isEmpty();
    }

    @Test
    void ownerOfAPlainDiskIsToldWhatToDo() {
        assertThat(JAMF.posture(JAMF.ill()).failing())
                .extracting(FailingCheck::check)
                .containsExactly("Disk encrypted");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'FULL_SECURITY'   | true
            'MEDIUM_SECURITY' | false
            'NO_SECURITY'     | false
            'NOT_SUPPORTED'   | unknown
            'UNKNOWN'         | unknown
            true              | unknown
            null              | unknown
            """, quoteCharacter = '`')
    void bootIsSecureAtFullSecurityOnly(String level, String secure) {
        assertThat(JAMF.posture(HEALTHY.with(COMPUTER + "/security/secureBootLevel", level))
                        .secureBoot()
                        .map(String::valueOf)
                        .orElse("unknown"))
                .isEqualTo(secure);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'yes'", "'true'", "1", "null", "[true]", "{}"})
    void flagsCountOnlyWhereTheySayTrue(String said) {
        var posture = JAMF.posture(HEALTHY.with(COMPUTER + "/security/firewallEnabled", said)
                .with(COMPUTER + "/general/remoteManagement/managed", said));

        assertThat(posture.firewall()).isEmpty();
        assertThat(posture.managed()).isEmpty();
    }

    @Test
    void complianceIsNotAWordOfItsOwn() {
        assertThat(JAMF.posture(HEALTHY).compliant()).isEmpty();
        assertThat(JAMF.posture(HEALTHY).attributes()).containsEntry("sipStatus", TextNode.valueOf("ENABLED"));
    }

    @Test
    void severalComputersOfOneSerialNumberAreNone() {
        var computer = HEALTHY.at(COMPUTER);

        assertThat(JAMF.answer(
                        HEALTHY.with("/results", "[" + computer + "," + computer + "]")
                                .text(),
                        DEVICE))
                .isInstanceOf(NotFound.class);
        assertThat(JAMF.answer(HEALTHY.with("/totalCount", "2").text(), DEVICE)).isInstanceOf(NotFound.class);
        assertThat(JAMF.answer(JAMF.recorded("absent").text(), DEVICE)).isInstanceOf(NotFound.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /totalCount | null
            /totalCount | '1'
            /totalCount | 99999999999
            /results    | null
            /results    | {}
            /results    | [null]
            /results    | 'C02A'
            """, quoteCharacter = '`')
    void inventoryThatCannotBeCountedIsAnOutage(String pointer, String value) {
        assertThat(JAMF.answer(HEALTHY.with(pointer, value).text(), DEVICE)).isInstanceOf(Outage.class);
    }
}
