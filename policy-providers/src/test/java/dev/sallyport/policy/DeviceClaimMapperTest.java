package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.device.Device;
import dev.sallyport.device.Posture;
import dev.sallyport.device.ProofMethod;
import dev.sallyport.device.Recognition;
import dev.sallyport.device.Recognition.Reason;
import dev.sallyport.device.Recognition.Recognised;
import dev.sallyport.document.Documents;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeviceClaimMapperTest {

    private static final Posture COMPLIANT =
            Documents.read("{\"observedAt\":\"2026-11-23T08:00:00Z\",\"compliant\":true}", Posture.class);

    @Test
    void deviceIsDescribedByWhatIsKnownOfIt() {
        assertThat(claim(Device.Status.ACTIVE, Optional.of(COMPLIANT)))
                .isEqualTo(Map.of(
                        "id",
                        "C02A",
                        "method",
                        "certificate",
                        "compliant",
                        true,
                        "observed_at",
                        "2026-11-23T08:00:00Z"));
        assertThat(claim(Device.Status.ACTIVE, Optional.empty()))
                .isEqualTo(Map.of("id", "C02A", "method", "certificate"));
    }

    @Test
    void blockedDeviceIsNotCompliantWhateverItsPostureSays() {
        assertThat(claim(Device.Status.BLOCKED, Optional.of(COMPLIANT))).containsEntry("compliant", false);
        assertThat(claim(Device.Status.BLOCKED, Optional.empty())).containsEntry("compliant", false);
    }

    @Test
    void withoutADeviceThereIsNoClaim() {
        assertThat(DeviceClaimMapper.claim(
                        new Recognition.Unrecognised(Reason.OTHER_OWNER, Optional.of("C02A")), Instant.EPOCH))
                .isEmpty();
    }

    private static Map<String, Object> claim(Device.Status status, Optional<Posture> posture) {
        var device = new Device(
                "C02A", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), status, posture);
        return DeviceClaimMapper.claim(new Recognised(device, ProofMethod.CERTIFICATE), Instant.EPOCH)
                .orElseThrow();
    }
}
