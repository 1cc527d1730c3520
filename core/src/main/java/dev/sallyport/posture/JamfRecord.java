package dev.sallyport.posture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sallyport.device.FailingCheck;
import dev.sallyport.device.Posture;
import dev.sallyport.posture.PostureSource.Answer;
import dev.sallyport.posture.PostureSource.Found;
import dev.sallyport.posture.PostureSource.Keys;
import dev.sallyport.posture.PostureSource.NotFound;
import dev.sallyport.posture.PostureSource.Outage;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads what Jamf Pro's inventory says of a computer. */
public final class JamfRecord {

    private JamfRecord() {}

    public static Answer answer(String json, Keys keys, Instant now) {
        var answer = Stated.read(json);
        var results = answer.flatMap(read -> read.objects("/results"));
        if (results.isEmpty()) return new Outage("Jamf Pro's answer is not an inventory as Jamf Pro describes it.");
        // NB. The count, since of several only a page is here.
        boolean several = answer.get().count("/totalCount").orElse(0) > 1;
        var matching = results.get().stream()
                .filter(computer -> matches(computer, keys))
                .toList();
        return !several && matching.size() == 1 ? new Found(posture(matching.get(0), now)) : new NotFound();
    }

    private static boolean matches(Stated computer, Keys keys) {
        return keys.serial()
                .map(serial -> computer.is(serial, "/hardware/serialNumber"))
                .orElseGet(() -> computer.is(keys.deviceId(), "/udid", "/hardware/serialNumber"));
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
                attributes(computer));
    }

    /** By what FileVault says of the start-up disk and of itself; where they differ, the disk is not encrypted. */
    private static Optional<Boolean> diskEncrypted(Stated computer) {
        var disk = computer.text("/diskEncryption/bootPartitionEncryptionDetails/partitionFileVault2State")
                .flatMap(state -> switch (state) {
                    case "ENCRYPTED" -> Optional.of(true);
                    case "UNENCRYPTED", "NOT_ENCRYPTED", "DECRYPTED", "DECRYPTING", "ENCRYPTING", "INELIGIBLE" ->
                        Optional.of(false);
                    default -> Optional.<Boolean>empty();
                });
        var itself = computer.flag("/diskEncryption/fileVault2Enabled");
        return Stream.of(disk, itself).flatMap(Optional::stream).reduce(Boolean::logicalAnd);
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

    private static Map<String, JsonNode> attributes(Stated computer) {
        var attributes = new LinkedHashMap<String, JsonNode>();
        for (var name : List.of("gatekeeperStatus", "sipStatus")) {
            computer.text("/security/" + name).ifPresent(value -> attributes.put(name, TextNode.valueOf(value)));
        }
        return attributes;
    }
}
