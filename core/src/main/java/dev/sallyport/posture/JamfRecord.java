package dev.sallyport.posture;

import dev.sallyport.device.FailingCheck;
import dev.sallyport.device.Posture;
import dev.sallyport.posture.PostureSource.Answer;
import dev.sallyport.posture.PostureSource.Found;
import dev.sallyport.posture.PostureSource.Keys;
import dev.sallyport.posture.PostureSource.NotFound;
import dev.sallyport.posture.PostureSource.Outage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads what Jamf Pro's inventory says of a computer. */
public final class JamfRecord {

    private static final List<String> SERIAL = List.of("/hardware/serialNumber");
    private static final List<String> KEYS = List.of("/udid", "/hardware/serialNumber");

    private static final String DISK = "/diskEncryption/bootPartitionEncryptionDetails/partitionFileVault2State";
    private static final String FILE_VAULT = "/diskEncryption/fileVault2Enabled";

    private JamfRecord() {}

    public static Answer answer(String json, Keys keys, Instant now) {
        var answer = Stated.read(json);
        var results = answer.flatMap(read -> read.objects("/results"));
        var total = answer.flatMap(read -> read.count("/totalCount"));
        if (results.isEmpty() || total.isEmpty()) {
            return new Outage("Jamf Pro's answer is not an inventory as Jamf Pro describes it.");
        }
        var matching = results.get().stream()
                .filter(computer -> matches(computer, keys))
                .toList();
        // NB. The count, since of several only a page is here.
        return total.get() <= 1 && matching.size() == 1 ? new Found(posture(matching.get(0), now)) : new NotFound();
    }

    private static boolean matches(Stated computer, Keys keys) {
        return keys.serial()
                .map(serial -> computer.is(serial, SERIAL))
                .orElseGet(() -> computer.is(keys.deviceId(), KEYS));
    }

    private static Posture posture(Stated computer, Instant now) {
        var encrypted = diskEncrypted(computer);
        return new Posture(
                computer.observed("/general/reportDate", now),
                Optional.empty(),
                computer.flag("/general/remoteManagement/managed"),
                Optional.empty(),
                computer.version("/operatingSystem/version"),
                encrypted,
                computer.flag("/security/firewallEnabled"),
                Optional.empty(),
                secureBoot(computer),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                failing(encrypted),
                computer.attributes("/security", "gatekeeperStatus", "sipStatus"));
    }

    /**
     * By what FileVault says of the start-up disk and of itself: both have to say yes, as far as they are there. FileVault may
     * be on while the disk is not encrypted yet.
     */
    private static Optional<Boolean> diskEncrypted(Stated computer) {
        var said = new ArrayList<Optional<Boolean>>();
        if (!computer.silent(DISK)) said.add(computer.text(DISK).flatMap(JamfRecord::encrypted));
        if (!computer.silent(FILE_VAULT)) said.add(computer.flag(FILE_VAULT));
        if (said.contains(Optional.of(false))) return Optional.of(false);
        return said.isEmpty() || said.contains(Optional.<Boolean>empty()) ? Optional.empty() : Optional.of(true);
    }

    private static Optional<Boolean> encrypted(String state) {
        return switch (state) {
            case "ENCRYPTED" -> Optional.of(true);
            case "UNENCRYPTED",
                    "NOT_ENCRYPTED",
                    "INELIGIBLE",
                    "DECRYPTED",
                    "DECRYPTING",
                    "DECRYPTING_PAUSED",
                    "ENCRYPTING",
                    "ENCRYPTING_PAUSED",
                    "RESTART_NEEDED" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static Optional<Boolean> secureBoot(Stated computer) {
        return computer.text("/security/secureBootLevel").flatMap(level -> switch (level) {
            case "FULL_SECURITY" -> Optional.of(true);
            case "MEDIUM_SECURITY", "NO_SECURITY" -> Optional.of(false);
            default -> Optional.empty();
        });
    }

    private static List<FailingCheck> failing(Optional<Boolean> encrypted) {
        boolean plain = encrypted.filter(whole -> !whole).isPresent();
        return plain
                ? List.of(new FailingCheck("Disk encrypted", Optional.of("Turn on FileVault in System Settings.")))
                : List.of();
    }
}
