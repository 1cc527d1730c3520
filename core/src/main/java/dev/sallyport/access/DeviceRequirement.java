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

    /** What a policy says when a source of posture cannot be reached. */
    public enum OnOutage {
        DENY,
        LAST_KNOWN,
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
        var posture = device.flatMap(Device::posture);
        var unmet = new ArrayList<Unmet>();

        device.filter(d -> d.status() == Device.Status.BLOCKED)
                .ifPresent(d -> unmet.add(Unmet.of("device.status", "active", Optional.of("blocked"))));
        if (proven.isPresent() && recognition instanceof Recognition.Unrecognised unrecognised) {
            unmet.add(new Unmet("device.proven", "true", unrecognised.reason().id(), Optional.empty()));
        }
        fact(unmet, "device.managed", managed, posture, Posture::managed);
        fact(unmet, "device.compliant", compliant, posture, Posture::compliant);
        fact(unmet, "device.diskEncrypted", diskEncrypted, posture, Posture::diskEncrypted);
        fact(unmet, "device.firewall", firewall, posture, Posture::firewall);
        fact(unmet, "device.screenLock", screenLock, posture, Posture::screenLock);
        fact(unmet, "device.secureBoot", secureBoot, posture, Posture::secureBoot);
        fact(unmet, "device.jailbroken", jailbroken, posture, Posture::jailbroken);
        fact(unmet, "device.antimalware", antimalware, posture, Posture::antimalware);
        maxCriticalVulnerabilities.ifPresent(max -> {
            var count = posture.flatMap(Posture::criticalVulnerabilities);
            if (count.isEmpty() || count.get() > max) {
                unmet.add(Unmet.of("device.maxCriticalVulnerabilities", max, count));
            }
        });
        if (!minOsVersion.isEmpty()) osVersion(unmet, device, posture);
        maxPostureAge.ifPresent(max -> {
            var observed = posture.map(Posture::observedAt);
            // NB. A clock ahead of ours must not make a posture young for ever; the store bounds how far ahead it may
            // be. Ages are compared, not times, since a time before the first one overflows.
            var age = observed.map(at -> Duration.between(at, now));
            if (age.isEmpty() || age.get().compareTo(max) > 0) {
                unmet.add(Unmet.of("device.maxPostureAge", max, age.map(DeviceRequirement::inSeconds)));
            }
        });
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

    private static Duration inSeconds(Duration age) {
        return Duration.ofSeconds(age.toSeconds());
    }

    private static void fact(
            List<Unmet> unmet,
            String control,
            Optional<Boolean> required,
            Optional<Posture> posture,
            Function<Posture, Optional<Boolean>> fact) {
        if (required.isEmpty()) return;
        var actual = posture.flatMap(fact);
        if (required.equals(actual)) return;
        var entry = Unmet.of(control, required.get(), actual);
        unmet.add(posture.flatMap(known -> advice(known, control))
                .map(entry::advisedBy)
                .orElse(entry));
    }

    /**
     * The source's own advice on that fact. What failed there has a name of the source's choosing, so only a check that
     * names the fact, or any check when the whole verdict is at stake, can be said to explain it.
     */
    private static Optional<String> advice(Posture posture, String control) {
        var fact = control.substring("device.".length());
        var whole = fact.equals("compliant");
        var advice = posture.failing().stream()
                .filter(failing -> whole || sameWords(failing.check(), fact))
                .flatMap(failing -> failing.remediation().stream())
                .distinct()
                .toList();
        return advice.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", advice));
    }

    private static boolean sameWords(String check, String fact) {
        return check.replaceAll("[^A-Za-z]", "").equalsIgnoreCase(fact);
    }

    private void osVersion(List<Unmet> unmet, Optional<Device> device, Optional<Posture> posture) {
        var platform = device.flatMap(Device::platform).map(Platform::id);
        var required = platform.map(minOsVersion::get);
        var actual = posture.flatMap(Posture::osVersion);
        boolean met = required.isPresent()
                && actual.isPresent()
                && OsVersion.of(actual.get())
                        .filter(version ->
                                version.compareTo(OsVersion.of(required.get()).orElseThrow()) >= 0)
                        .isPresent();
        if (met) return;
        unmet.add(
                required.isPresent()
                        ? Unmet.of("device.minOsVersion", required.get(), actual)
                        : Unmet.of(
                                "device.minOsVersion",
                                String.join(", ", new TreeSet<>(minOsVersion.keySet())),
                                platform));
    }
}
