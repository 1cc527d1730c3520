package dev.sallyport.access;

import static dev.sallyport.access.Facts.NOW;
import static dev.sallyport.access.Facts.blocked;
import static dev.sallyport.access.Facts.mac;
import static dev.sallyport.access.Facts.posture;
import static dev.sallyport.access.Facts.postureAt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.sallyport.device.Device;
import dev.sallyport.device.Platform;
import dev.sallyport.device.Posture;
import dev.sallyport.device.ProofMethod;
import dev.sallyport.device.Recognition;
import dev.sallyport.device.Recognition.Reason;
import dev.sallyport.device.Recognition.Recognised;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Json;
import dev.sallyport.logic.Truth;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceRequirementTest {

    private static final String EVERYTHING = """
            {'proven':true,'managed':true,'compliant':true,'diskEncrypted':true,'firewall':true,'screenLock':true,
             'secureBoot':true,'jailbroken':false,'antimalware':true,'maxCriticalVulnerabilities':0,
             'minOsVersion':{'macos':'14.4'},'maxPostureAge':'PT24H','onOutage':'deny'}""";

    private static final String HEALTHY = """
            'managed':true,'compliant':true,'diskEncrypted':true,'firewall':true,'screenLock':true,'secureBoot':true,
            'jailbroken':false,'antimalware':true,'criticalVulnerabilities':0,'osVersion':'14.5.1'""";

    private static DeviceRequirement requirement(String json) {
        return Documents.read(Json.of(json), DeviceRequirement.class);
    }

    private static Recognition recognised(Device device) {
        return new Recognised(device, ProofMethod.CERTIFICATE);
    }

    private static List<Unmet> unmet(String requirement, Posture posture) {
        return requirement(requirement).unmet(recognised(mac(Optional.of(posture))), NOW);
    }

    private static Device on(Optional<Platform> platform, String osVersion) {
        var mac = mac(Optional.of(posture("'osVersion':'" + osVersion + "'")));
        return new Device(
                mac.id(), mac.displayName(), mac.ownerId(), mac.serial(), platform, mac.status(), mac.posture());
    }

    @Test
    void aHealthyDeviceMeetsEveryRequirement() {
        assertThat(unmet(EVERYTHING, posture(HEALTHY))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "managed",
                "compliant",
                "diskEncrypted",
                "firewall",
                "screenLock",
                "secureBoot",
                "jailbroken",
                "antimalware"
            })
    void aFactIsMetWhenItIsWhatThePolicyAsksAndAnUnknownOneNever(String fact) {
        for (boolean required : List.of(true, false)) {
            var asked = "{'" + fact + "':" + required + "}";

            var met = unmet(asked, posture("'" + fact + "':" + required));
            var wrong = unmet(asked, posture("'" + fact + "':" + !required));
            var unknown = unmet(asked, posture(""));

            var control = "device." + fact;
            assertThat(met).isEmpty();
            assertThat(wrong).containsExactly(Unmet.of(control, required, Optional.of(!required)));
            assertThat(unknown).containsExactly(Unmet.of(control, required, Optional.empty()));
            assertThat(unknown.get(0).unknown()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'managed':true",
                "'managed':false",
                "'compliant':false",
                "'diskEncrypted':false",
                "'firewall':false",
                "'screenLock':false",
                "'secureBoot':false",
                "'jailbroken':false",
                "'jailbroken':true",
                "'antimalware':false",
                "'maxCriticalVulnerabilities':2147483647",
                "'minOsVersion':{'macos':'0'}",
                "'maxPostureAge':'PT1000000H'",
                "'proven':true"
            })
    void aDeviceThatIsNotRecognisedMeetsNothing(String asked) {
        var unmet = requirement("{" + asked + "}").unmet(Recognition.unrecognised(Reason.NOT_REGISTERED), NOW);

        assertThat(unmet).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'managed':true",
                "'jailbroken':false",
                "'maxCriticalVulnerabilities':2147483647",
                "'minOsVersion':{'macos':'0'}",
                "'maxPostureAge':'PT1000000H'"
            })
    void aDeviceThatNeverReportedMeetsNothingButProof(String asked) {
        var silent = recognised(mac(Optional.empty()));

        assertThat(requirement("{" + asked + "}").unmet(silent, NOW)).hasSize(1);
        assertThat(requirement("{'proven':true}").unmet(silent, NOW)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void theReasonWhyADeviceIsNotRecognisedIsSaid(Reason reason) {
        var unmet = requirement("{'proven':true}").unmet(Recognition.unrecognised(reason), NOW);

        assertThat(unmet).containsExactly(new Unmet("device.proven", "true", reason.id(), Optional.empty()));
    }

    @Test
    void aBlockedDeviceMeetsNoRequirementHoweverHealthy() {
        var device = blocked(mac(Optional.of(posture(HEALTHY))));

        var unmet = requirement("{'proven':true}").unmet(recognised(device), NOW);

        assertThat(unmet).containsExactly(Unmet.of("device.status", "active", Optional.of("blocked")));
    }

    @ParameterizedTest
    @CsvSource({"0,0,true", "0,1,false", "3,3,true", "3,4,false"})
    void asManyVulnerabilitiesAsThePolicyAllowsAreMet(int max, int count, boolean met) {
        var unmet = unmet("{'maxCriticalVulnerabilities':" + max + "}", posture("'criticalVulnerabilities':" + count));

        assertThat(unmet.isEmpty()).isEqualTo(met);
    }

    @ParameterizedTest
    @CsvSource({
        "MACOS,14.4,true",
        "MACOS,14.4.0,true",
        "MACOS,14.10,true",
        "MACOS,14.3.9,false",
        "WINDOWS,10.0.22631,true",
        "WINDOWS,10.0.19045.9999,false",
        "LINUX,99,false"
    })
    void theVersionIsJudgedByThePlatformAndAnUnnamedPlatformIsNotMet(Platform platform, String version, boolean met) {
        var requirement = requirement("{'minOsVersion':{'macos':'14.4','windows':'10.0.22631'}}");

        var unmet = requirement.unmet(recognised(on(Optional.of(platform), version)), NOW);

        assertThat(unmet.isEmpty()).isEqualTo(met);
    }

    @Test
    void aDeviceOfUnknownPlatformMeetsNoVersion() {
        var requirement = requirement("{'minOsVersion':{'windows':'10','macos':'14.4'}}");

        var unmet = requirement.unmet(recognised(on(Optional.empty(), "99")), NOW);

        assertThat(unmet).containsExactly(Unmet.of("device.minOsVersion", "macos, windows", Optional.empty()));
    }

    @Test
    void whatIsSaidOfAVersionIsTheOneRequiredAndTheOneFound() {
        var requirement = requirement("{'minOsVersion':{'macos':'14.4'}}");

        var unmet = requirement.unmet(recognised(on(Optional.of(Platform.MACOS), "13.6.1")), NOW);

        assertThat(unmet).containsExactly(Unmet.of("device.minOsVersion", "14.4", Optional.of("13.6.1")));
    }

    @Test
    void aPostureMayBeAsOldAsThePolicyAllowsAndNoOlder() {
        var asked = "{'maxPostureAge':'PT24H'}";

        var atLimit = unmet(asked, postureAt(NOW.minus(Duration.ofHours(24)), ""));
        var older = unmet(asked, postureAt(NOW.minus(Duration.ofHours(24)).minusNanos(1), ""));
        var muchOlder = unmet(asked, postureAt(NOW.minus(Duration.ofHours(31)), ""));

        assertThat(atLimit).isEmpty();
        assertThat(older).hasSize(1);
        assertThat(muchOlder).containsExactly(Unmet.of("device.maxPostureAge", "PT24H", Optional.of("PT31H")));
    }

    @Test
    void anAgeThatNothingReachesIsAlwaysMet() {
        var longest = Duration.ofSeconds(Long.MAX_VALUE);

        var unmet = unmet("{'maxPostureAge':'" + longest + "'}", postureAt(Instant.EPOCH, ""));

        assertThat(unmet).isEmpty();
    }

    @Test
    void theSourcesAdviceOnThatFactIsPassedOn() {
        var posture = posture("""
                'diskEncrypted':false,'firewall':false,'compliant':false,
                'failing':[{'check':'Disk encrypted','remediation':'Turn on FileVault.'},
                           {'check':'Gatekeeper','remediation':'Ask the help desk.'},
                           {'check':'disk-encrypted','remediation':'Turn on FileVault.'},
                           {'check':'Firewall'}]""");

        var unmet = unmet("{'diskEncrypted':true,'firewall':true,'compliant':true}", posture);

        assertThat(unmet)
                .extracting(Unmet::control, Unmet::remediation)
                .containsExactly(
                        tuple("device.compliant", Optional.of("Turn on FileVault. Ask the help desk.")),
                        tuple("device.diskEncrypted", Optional.of("Turn on FileVault.")),
                        tuple("device.firewall", Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|``|must ask for something",
                "{'onOutage':'allow'}|``|must ask for something",
                "{'minOsVersion':{}}|``|must ask for something",
                "{'proven':false}|proven|can only be true; leave it out otherwise",
                "{'proven':true,'encrypted':true}|encrypted|is not a known field",
                "{'minOsVersion':{'macOS':'14'}}|minOsVersion.macOS|is not a known platform",
                "{'minOsVersion':{'darwin':'14'}}|minOsVersion.darwin|is not a known platform",
                "{'minOsVersion':{'macos':'Sonoma'}}|minOsVersion.macos|must be dotted numbers such as 14.4",
                "{'minOsVersion':{'macos':null}}|minOsVersion.macos|must not be null",
                "{'minOsVersion':{'macos':14.4}}|minOsVersion.macos|must be a text",
                "{'maxPostureAge':'PT0S'}|maxPostureAge|must be longer than nothing",
                "{'maxPostureAge':'-PT1H'}|maxPostureAge|must be longer than nothing",
                "{'maxPostureAge':24}|maxPostureAge|must be an ISO 8601 duration such as PT15M",
                "{'maxCriticalVulnerabilities':-1}|maxCriticalVulnerabilities|must not be negative",
                "{'compliant':true,'onOutage':'Allow'}|onOutage|must be one of deny, last-known, allow",
            })
    void aFaultyRequirementIsRefusedWithItsPath(String json, String path, String reason) {
        var fault = catchThrowableOfType(DocumentFault.class, () -> requirement(json));

        assertThat(fault).isNotNull();
        assertThat(fault.path()).isEqualTo(path);
        assertThat(fault.reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'compliant':true,'firewall':true | YES",
                "'compliant':true,'firewall':false | NO",
                "'firewall':false | NO",
                "'compliant':true | UNKNOWN",
                "'diskEncrypted':true | UNKNOWN",
            })
    void itIsNotMetOnlyWhenSomethingIsKnownToBeWrong(String facts, Truth met) {
        var device = recognised(mac(Optional.of(posture(facts))));

        assertThat(requirement("{'compliant':true,'firewall':true}").met(device, NOW))
                .isEqualTo(met);
    }

    @Test
    void whetherAnUnrecognisedDeviceMeetsItIsUnknownButABlockedOneDoesNot() {
        var proven = requirement("{'proven':true,'compliant':true}");

        assertThat(proven.met(Recognition.unrecognised(Reason.NO_PROOF), NOW)).isEqualTo(Truth.UNKNOWN);
        assertThat(proven.met(recognised(mac(Optional.empty())), NOW)).isEqualTo(Truth.UNKNOWN);
        assertThat(proven.met(recognised(blocked(mac(Optional.of(posture("'compliant':true"))))), NOW))
                .isEqualTo(Truth.NO);
    }
}
