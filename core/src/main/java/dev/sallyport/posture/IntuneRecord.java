package dev.sallyport.posture;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.device.Posture;
import dev.sallyport.posture.PostureSource.Answer;
import dev.sallyport.posture.PostureSource.Found;
import dev.sallyport.posture.PostureSource.Keys;
import dev.sallyport.posture.PostureSource.NotFound;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads what Microsoft Graph says of a managed device of Intune. */
public final class IntuneRecord {

    private static final List<String> SERIAL = List.of("/serialNumber");
    private static final List<String> KEYS = List.of("/id", "/azureADDeviceId", "/serialNumber");

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

    /** Where the next page is may take more than a text that is kept: it holds the filter and a token. */
    private static final int LONGEST_LINK = 16 * 1024;

    private IntuneRecord() {}

    /**
     * One page of an answer.
     *
     * @param next where the next one is, as Graph says
     */
    public record Page(List<JsonNode> devices, Optional<String> next) {}

    /** @return empty when the answer is neither devices in a {@code value} nor a device by itself, or goes on who knows where */
    public static Optional<Page> page(String json) {
        return Stated.read(json).flatMap(answer -> {
            var next = Optional.of(answer.record().path("@odata.nextLink"))
                    .filter(link -> link.isTextual() && link.textValue().length() <= LONGEST_LINK)
                    .map(JsonNode::textValue);
            // NB. What cannot be read on may hold a second device by the same key.
            if (next.isEmpty() && !answer.silent("/@odata.nextLink")) return Optional.<Page>empty();
            return devices(answer).map(devices -> new Page(devices, next));
        });
    }

    private static Optional<List<JsonNode>> devices(Stated answer) {
        if (!answer.record().has("value")) {
            return Optional.of(answer)
                    .filter(device -> device.text("/id").isPresent())
                    .map(device -> List.of(device.record()));
        }
        return answer.object("/value")
                .map(List::of)
                .or(() -> answer.objects("/value"))
                .map(devices -> devices.stream().map(Stated::record).toList());
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
        return keys.serial().map(serial -> device.is(serial, SERIAL)).orElseGet(() -> device.is(keys.deviceId(), KEYS));
    }

    /** What the device may be registered by. */
    public static Set<String> keys(JsonNode device) {
        return new Stated(device).keys(KEYS);
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
                device.attributes("", "complianceState", "managedDeviceOwnerType", "deviceRegistrationState"));
    }

    private static Optional<Boolean> managed(Stated device) {
        return word(device, "/managementAgent").flatMap(agent -> {
            // NB. Exchange ActiveSync alone configures mail and can vouch for nothing else.
            if (agent.equals("eas")) return Optional.of(false);
            return MANAGING.contains(agent) ? Optional.of(true) : Optional.<Boolean>empty();
        });
    }

    /**
     * As Entra counts it. In its grace period a device is compliant until that ends. Of the states of several policies Intune
     * names the worst, and takes {@code error} for worse than {@code noncompliant}, so that behind it no policy need be met.
     * Who is not judged, or by Configuration Manager elsewhere, is unknown.
     */
    private static Optional<Boolean> compliant(Stated device, Instant now) {
        return word(device, "/complianceState").flatMap(state -> switch (state) {
            case "compliant" -> Optional.of(true);
            case "noncompliant", "conflict", "error" -> Optional.of(false);
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

    /** As a partner in threat defense reports it; one that is activated has not reported yet. */
    private static Optional<Boolean> antimalware(Stated device) {
        return word(device, "/partnerReportedThreatState").flatMap(state -> switch (state) {
            case "secured" -> Optional.of(true);
            case "deactivated", "unresponsive", "misconfigured", "compromised", "mediumseverity", "highseverity" ->
                Optional.of(false);
            default -> Optional.empty();
        });
    }

    private static Optional<String> word(Stated device, String pointer) {
        return device.text(pointer).map(text -> text.toLowerCase(Locale.ROOT));
    }
}
