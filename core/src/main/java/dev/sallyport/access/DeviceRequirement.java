package dev.sallyport.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.sallyport.device.Device;
import dev.sallyport.device.OsVersion;
import dev.sallyport.device.Platform;
import dev.sallyport.device.Posture;
import dev.sallyport.device.Recognition;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.logic.Truth;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What a policy asks of the device. Unknown facts are never met, and a blocked device meets nothing.
 *
 * @param proven the device must have been recognised by a proof
 * @param minOsVersion by platform id; a platform that is not named is not let in by this requirement
 * @param maxPostureAge how old the posture may be
 * @param onOutage what counts while a source of posture cannot be reached; the built-in registry has no outages of its own
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record DeviceRequirement(
        Optional<Boolean> proven,
        Optional<Boolean> managed,
        Optional<Boolean> compliant,
        Optional<Boolean> diskEncrypted,
        Optional<Boolean> firewall,
        Optional<Boolean> screenLock,
        Optional<Boolean> secureBoot,
        Optional<Boolean> jailbroken,
        Optional<Boolean> antimalware,
        Optional<Integer> maxCriticalVulnerabilities,
        Map<String, String> minOsVersion,
        Optional<Duration> maxPostureAge,
        Optional<OnOutage> onOutage) {

    private static final String VULNERABILITIES = "criticalVulnerabilities";
    private static final String OS_VERSION = "osVersion";

    /** What a policy says when a source of posture cannot be reached. */
    public enum OnOutage {
        /** What the source said, or would have to say, is unknown; also where a policy says nothing. */
        DENY,
        /** What the source said last still counts. */
        LAST_KNOWN,
        /** As before, and what is unknown or too old because of the outage counts as met. */
        ALLOW;

        @JsonValue
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public DeviceRequirement {
        minOsVersion = minOsVersion == null ? Map.of() : Map.copyOf(minOsVersion);
        minOsVersion.forEach((platform, version) -> {
            if (Platform.of(platform).isEmpty()) {
                throw new DocumentFault("minOsVersion." + platform, "is not a known platform");
            }
            if (OsVersion.of(version).isEmpty()) {
                throw new DocumentFault("minOsVersion." + platform, "must be dotted numbers such as 14.4");
            }
        });
        if (!proven.orElse(true)) throw new DocumentFault("proven", "can only be true; leave it out otherwise");
        maxPostureAge.filter(age -> age.isNegative() || age.isZero()).ifPresent(age -> {
            throw new DocumentFault("maxPostureAge", "must be longer than nothing");
        });
        maxCriticalVulnerabilities.filter(count -> count < 0).ifPresent(count -> {
            throw new DocumentFault("maxCriticalVulnerabilities", "must not be negative");
        });
        boolean empty = proven.isEmpty()
                && managed.isEmpty()
                && compliant.isEmpty()
                && diskEncrypted.isEmpty()
                && firewall.isEmpty()
                && screenLock.isEmpty()
                && secureBoot.isEmpty()
                && jailbroken.isEmpty()
                && antimalware.isEmpty()
                && maxCriticalVulnerabilities.isEmpty()
                && minOsVersion.isEmpty()
                && maxPostureAge.isEmpty();
        if (empty) throw new DocumentFault("", "must ask for something");
    }

    /** @return one entry per requirement that is not met, in declaration order; empty when all are met */
    public List<Unmet> unmet(Recognition recognition, Instant now) {
        var device = recognition.known();
        var evidence = Evidence.of(device, onOutage.orElse(OnOutage.DENY), now);
        var unmet = new ArrayList<Unmet>();

        device.filter(d -> d.status() == Device.Status.BLOCKED)
                .ifPresent(d -> unmet.add(Unmet.of("device.status", "active", Optional.of("blocked"))));
        if (proven.isPresent() && recognition instanceof Recognition.Unrecognised unrecognised) {
            unmet.add(new Unmet("device.proven", "true", unrecognised.reason().id(), Optional.empty()));
        }
        for (var flag : flags()) {
            var actual = evidence.known(flag.actual());
            if (flag.required().isEmpty() || flag.required().equals(actual)) continue;
            evidence.unmet(flag.fact(), flag.fact(), flag.required().get(), actual)
                    .ifPresent(unmet::add);
        }
        maxCriticalVulnerabilities
                .flatMap(max -> vulnerabilities(max, evidence))
                .ifPresent(unmet::add);
        if (!minOsVersion.isEmpty()) osVersion(device, evidence).ifPresent(unmet::add);
        maxPostureAge.flatMap(max -> evidence.unlessYounger(max, asked(), now)).ifPresent(unmet::add);
        return List.copyOf(unmet);
    }

    /**
     * Whether the device meets the requirement. NO only when something is known to be wrong; a device that was not
     * recognised, or a fact that is missing, leaves it unknown.
     */
    public Truth met(Recognition recognition, Instant now) {
        var unmet = unmet(recognition, now);
        if (unmet.isEmpty()) return Truth.YES;
        boolean wrong = recognition.known().isPresent() && !unmet.stream().allMatch(Unmet::unknown);
        return wrong ? Truth.NO : Truth.UNKNOWN;
    }

    private record Flag(String fact, Optional<Boolean> required, Function<Posture, Optional<Boolean>> actual) {}

    private List<Flag> flags() {
        return List.of(
                new Flag("managed", managed, Posture::managed),
                new Flag("compliant", compliant, Posture::compliant),
                new Flag("diskEncrypted", diskEncrypted, Posture::diskEncrypted),
                new Flag("firewall", firewall, Posture::firewall),
                new Flag("screenLock", screenLock, Posture::screenLock),
                new Flag("secureBoot", secureBoot, Posture::secureBoot),
                new Flag("jailbroken", jailbroken, Posture::jailbroken),
                new Flag("antimalware", antimalware, Posture::antimalware));
    }

    /** The facts that are asked for, by their names in the posture: only their age is of interest. */
    private List<String> asked() {
        var asked = new ArrayList<String>();
        for (var flag : flags()) if (flag.required().isPresent()) asked.add(flag.fact());
        if (maxCriticalVulnerabilities.isPresent()) asked.add(VULNERABILITIES);
        if (!minOsVersion.isEmpty()) asked.add(OS_VERSION);
        return asked;
    }

    private static Optional<Unmet> vulnerabilities(int max, Evidence evidence) {
        var count = evidence.known(Posture::criticalVulnerabilities);
        if (count.isPresent() && count.get() <= max) return Optional.empty();
        return evidence.unmet("maxCriticalVulnerabilities", VULNERABILITIES, max, count);
    }

    private Optional<Unmet> osVersion(Optional<Device> device, Evidence evidence) {
        var platform = device.flatMap(Device::platform).map(Platform::id);
        var required = platform.map(minOsVersion::get);
        // NB. No source says what platform a device is: the registry does, and so no outage forgives that.
        if (required.isEmpty()) {
            var platforms = String.join(", ", new TreeSet<>(minOsVersion.keySet()));
            return Optional.of(Unmet.of("device.minOsVersion", platforms, platform));
        }
        var actual = evidence.known(Posture::osVersion);
        var least = OsVersion.of(required.get()).orElseThrow();
        boolean met = actual.flatMap(OsVersion::of)
                .filter(version -> version.compareTo(least) >= 0)
                .isPresent();
        return met ? Optional.empty() : evidence.unmet("minOsVersion", OS_VERSION, required.get(), actual);
    }
}
