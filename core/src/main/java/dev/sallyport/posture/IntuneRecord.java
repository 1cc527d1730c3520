package dev.sallyport.posture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sallyport.device.Posture;
import dev.sallyport.posture.PostureSource.Answer;
import dev.sallyport.posture.PostureSource.Found;
import dev.sallyport.posture.PostureSource.Keys;
import dev.sallyport.posture.PostureSource.NotFound;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads what Microsoft Graph says of a managed device of Intune. */
public final class IntuneRecord {

    private static final String[] IDS = {"/id", "/azureADDeviceId", "/serialNumber"};

    private static final Set<String> MANAGING = Set.of(
            "mdm",
            "easmdm",
            "intuneclient",
            "easintuneclient",
            "configurationmanagerclient",
            "configurationmanagerclientmdm",
            "configurationmanagerclientmdmeas",
            "jamf",
            "googleclouddevicepolicycontroller",
            "microsoft365managedmdm");

    private static final Set<String> PROTECTED = Set.of("activated", "secured");
    private static final Set<String> UNPROTECTED =
            Set.of("deactivated", "unresponsive", "misconfigured", "compromised", "highseverity");

    private IntuneRecord() {}

    /**
     * One page of an answer.
     *
     * @param next where the next one is, as Graph says
     */
    public record Page(List<JsonNode> devices, Optional<String> next) {}

    /** @return empty when the answer is neither devices in a {@code value} nor a device by itself */
    public static Optional<Page> page(String json) {
        return Stated.read(json).flatMap(answer -> {
            if (!answer.record().has("value")) {
                boolean device = answer.text("/id").isPresent();
                return device
                        ? Optional.of(new Page(List.of(answer.record()), Optional.empty()))
                        : Optional.<Page>empty();
            }
            var next = answer.text("/@odata.nextLink");
            var one = answer.object("/value");
            if (one.isPresent()) return Optional.of(new Page(List.of(one.get().record()), next));
            return answer.objects("/value")
                    .map(devices ->
                            new Page(devices.stream().map(Stated::record).toList(), next));
        });
    }

    /** @param devices from all pages */
    public static Answer answer(List<JsonNode> devices, Keys keys, Instant now) {
        var matching = devices.stream()
                .map(Stated::new)
                .filter(device -> matches(device, keys))
                .toList();
        return matching.size() == 1 ? new Found(posture(matching.get(0), now)) : new NotFound();
    }

    private static boolean matches(Stated device, Keys keys) {
        return keys.serial()
                .map(serial -> device.is(serial, "/serialNumber"))
                .orElseGet(() -> device.is(keys.deviceId(), IDS));
    }

    /** What the device may be registered by. */
    public static Set<String> keys(JsonNode device) {
        var keys = new LinkedHashSet<String>();
        for (var id : IDS) new Stated(device).text(id).ifPresent(keys::add);
        return keys;
    }

    private static Posture posture(Stated device, Instant now) {
        return new Posture(
                device.observed("/lastSyncDateTime", now),
                Optional.empty(),
                managed(device),
                compliant(device, now),
                device.version("/osVersion"),
                device.flag("/isEncrypted"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                jailbroken(device),
                antimalware(device),
                Optional.empty(),
                List.of(),
                attributes(device));
    }

    private static Optional<Boolean> managed(Stated device) {
        return word(device, "/managementAgent").flatMap(agent -> {
            // NB. Exchange ActiveSync alone configures mail and can vouch for nothing else.
            if (agent.equals("eas")) return Optional.of(false);
            return MANAGING.contains(agent) ? Optional.of(true) : Optional.<Boolean>empty();
        });
    }

    /** A grace period counts as Entra counts it: compliant until it ends. */
    private static Optional<Boolean> compliant(Stated device, Instant now) {
        return word(device, "/complianceState").flatMap(state -> switch (state) {
            case "compliant" -> Optional.of(true);
            case "noncompliant", "conflict" -> Optional.of(false);
            case "ingraceperiod" -> Optional.of(inGrace(device, now));
            default -> Optional.empty();
        });
    }

    private static boolean inGrace(Stated device, Instant now) {
        return device.text("/complianceGracePeriodExpirationDateTime")
                .flatMap(Stated::instant)
                .map(now::isBefore)
                .orElse(false);
    }

    private static Optional<Boolean> jailbroken(Stated device) {
        return word(device, "/jailBroken").flatMap(word -> switch (word) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        });
    }

    private static Optional<Boolean> antimalware(Stated device) {
        return word(device, "/partnerReportedThreatState").flatMap(state -> {
            if (PROTECTED.contains(state)) return Optional.of(true);
            return UNPROTECTED.contains(state) ? Optional.of(false) : Optional.empty();
        });
    }

    private static Map<String, JsonNode> attributes(Stated device) {
        var attributes = new LinkedHashMap<String, JsonNode>();
        for (var name : List.of("complianceState", "managedDeviceOwnerType", "deviceRegistrationState")) {
            device.text("/" + name).ifPresent(value -> attributes.put(name, TextNode.valueOf(value)));
        }
        return attributes;
    }

    private static Optional<String> word(Stated device, String pointer) {
        return device.text(pointer).map(text -> text.toLowerCase(Locale.ROOT));
    }
}
