package dev.sallyport.device;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The health of a device at one moment, normalised over all sources. Every fact but the time may be absent, and an absent
 * fact is unknown: neither good nor bad, so it never meets a requirement.
 *
 * @param observedAt when the source looked at the device, not when it told us
 * @param source who told us: {@code registry} for what was pushed over REST
 * @param osVersion dotted numbers, most significant first
 * @param criticalVulnerabilities how many are open on the device
 * @param failing the checks that the source found failing, with its advice
 * @param attributes whatever else the source knows; 16 KiB at most
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Posture(
        Instant observedAt,
        Optional<String> source,
        Optional<Boolean> managed,
        Optional<Boolean> compliant,
        Optional<String> osVersion,
        Optional<Boolean> diskEncrypted,
        Optional<Boolean> firewall,
        Optional<Boolean> screenLock,
        Optional<Boolean> secureBoot,
        Optional<Boolean> jailbroken,
        Optional<Boolean> antimalware,
        Optional<Integer> criticalVulnerabilities,
        List<FailingCheck> failing,
        @JsonSetter(contentNulls = Nulls.SET) Map<String, JsonNode> attributes) {

    /** The longest attributes, as JSON in UTF-8, in bytes. */
    public static final int MAX_ATTRIBUTES = 16 * 1024;

    public Posture {
        if (observedAt == null) throw new DocumentFault("observedAt", "is required");
        osVersion.filter(version -> OsVersion.of(version).isEmpty()).ifPresent(version -> {
            throw new DocumentFault("osVersion", "must be dotted numbers such as 14.5.1");
        });
        criticalVulnerabilities.filter(count -> count < 0).ifPresent(count -> {
            throw new DocumentFault("criticalVulnerabilities", "must not be negative");
        });
        failing = failing == null ? List.of() : List.copyOf(failing);
        attributes = attributes == null ? Map.of() : Map.copyOf(attributes);
        if (Documents.write(attributes).getBytes(StandardCharsets.UTF_8).length > MAX_ATTRIBUTES) {
            throw new DocumentFault("attributes", "must not be larger than 16 KiB");
        }
    }

    public Posture from(String newSource) {
        return new Posture(
                observedAt,
                Optional.of(newSource),
                managed,
                compliant,
                osVersion,
                diskEncrypted,
                firewall,
                screenLock,
                secureBoot,
                jailbroken,
                antimalware,
                criticalVulnerabilities,
                failing,
                attributes);
    }
}
