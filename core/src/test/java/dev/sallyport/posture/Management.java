package dev.sallyport.posture;

import dev.sallyport.device.Posture;
import dev.sallyport.posture.PostureSource.Answer;
import dev.sallyport.posture.PostureSource.Found;
import dev.sallyport.posture.PostureSource.Keys;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The managements that there is a connector for: what holds for one holds for each. */
public enum Management {
    FLEET("/host", "/hardware_serial", "/uuid", "detail_updated_at") {
        @Override
        public Answer answer(String json, Keys keys) {
            return FleetRecord.answer(json, keys, NOW);
        }

        @Override
        public List<String> facts() {
            return List.of("compliant", "criticalVulnerabilities", "diskEncrypted", "managed");
        }
    },
    INTUNE("", "/serialNumber", "/azureADDeviceId", "lastSyncDateTime") {
        @Override
        public Answer answer(String json, Keys keys) {
            return IntuneRecord.page(json)
                    .map(page -> IntuneRecord.answer(page.devices(), keys, NOW))
                    .orElseGet(() -> new PostureSource.Outage("no page"));
        }

        @Override
        public List<String> facts() {
            return List.of("antimalware", "compliant", "diskEncrypted", "jailbroken", "managed");
        }
    },
    JAMF("/results/0", "/hardware/serialNumber", "/udid", "general/reportDate") {
        @Override
        public Answer answer(String json, Keys keys) {
            return JamfRecord.answer(json, keys, NOW);
        }

        @Override
        public List<String> facts() {
            return List.of("diskEncrypted", "firewall", "managed", "secureBoot");
        }
    };

    public static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");

    /** The device that the recorded answers are about. */
    public static final Keys DEVICE = new Keys("device-7", Optional.of("C02A"));

    private final String record;
    private final String serial;
    private final String id;
    private final String observed;

    Management(String record, String serial, String id, String observed) {
        this.record = record;
        this.serial = serial;
        this.id = id;
        this.observed = observed;
    }

    public abstract Answer answer(String json, Keys keys);

    /** The facts that it can say something good of. */
    public abstract List<String> facts();

    public Recorded recorded(String file) {
        return Recorded.of(name().toLowerCase(java.util.Locale.ROOT) + "/" + file + ".json");
    }

    public Recorded healthy() {
        return recorded("healthy");
    }

    public Recorded ill() {
        return recorded("ill");
    }

    /** Where its answer holds the device's record. */
    public String record() {
        return record;
    }

    public String serial() {
        return record + serial;
    }

    /** Where its answer holds an id of its own, by which a device may be registered. */
    public String id() {
        return record + id;
    }

    public String observed() {
        return record + "/" + observed;
    }

    public Posture posture(Recorded answer) {
        return ((Found) answer(answer.text(), DEVICE)).posture();
    }
}
