package dev.sallyport.access;

import dev.sallyport.access.DeviceRequirement.OnOutage;
import dev.sallyport.device.Device;
import dev.sallyport.device.FailingCheck;
import dev.sallyport.device.Posture;
import dev.sallyport.device.Provenance;
import dev.sallyport.device.Provenance.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What is known of a device's health for one requirement, which says itself what an outage of a source means to it.
 *
 * @param posture what counts as known
 * @param forgiving whether what cannot be known because of an outage counts as met. What is known to be wrong never does:
 *     an ill device gets nowhere by keeping its management from answering
 */
record Evidence(Optional<Posture> posture, Provenance provenance, boolean forgiving) {

    static Evidence of(Optional<Device> device, OnOutage onOutage, Instant now) {
        var provenance = device.map(Device::provenance).orElseGet(Provenance::unknown);
        var posture = device.flatMap(known -> onOutage == OnOutage.DENY ? known.vouched(now) : known.lastKnown(now));
        return new Evidence(
                posture,
                provenance,
                onOutage == OnOutage.ALLOW && !provenance.outages().isEmpty());
    }

    <T> Optional<T> known(Function<Posture, Optional<T>> fact) {
        return posture.flatMap(fact);
    }

    /** The entry for a fact that is not as it should be; empty where that is forgiven. */
    Optional<Unmet> unmet(String control, String fact, Object expected, Optional<?> actual) {
        if (actual.isEmpty() && forgiving) return Optional.empty();
        var entry = Unmet.of("device." + control, expected, actual).from(source(fact));
        return Optional.of(advice(fact).map(entry::advisedBy).orElse(entry));
    }

    /**
     * The entry for facts that were observed too long ago.
     *
     * @param facts those that count; where nobody in particular said any of them, the posture as a whole does
     */
    Optional<Unmet> unlessYounger(Duration max, Collection<String> facts, Instant now) {
        var oldest = facts.stream()
                .map(fact -> provenance.facts().get(fact))
                .filter(origin -> origin != null)
                .filter(origin -> !forgiving || !provenance.outages().contains(origin.source()))
                .min(Comparator.comparing(Origin::observedAt));
        if (oldest.isEmpty() && forgiving) return Optional.empty();
        var observed = oldest.map(Origin::observedAt).or(() -> posture.map(Posture::observedAt));
        // NB. A clock ahead of ours must not make a posture young for ever; the store bounds how far ahead it may be.
        // Ages are compared, not times, since a time before the first one overflows.
        var age = observed.map(at -> Duration.between(at, now));
        if (age.isPresent() && age.get().compareTo(max) <= 0) return Optional.empty();
        return Optional.of(Unmet.of("device.maxPostureAge", max, age.map(Evidence::inSeconds))
                .from(oldest.map(Origin::source)));
    }

    private static Duration inSeconds(Duration age) {
        return Duration.ofSeconds(age.toSeconds());
    }

    private Optional<String> source(String fact) {
        var missing = posture.filter(known -> known.facts().contains(fact)).isPresent()
                ? List.<String>of()
                : provenance.missing(fact);
        return missing.isEmpty() ? provenance.source(fact) : Optional.of(String.join(", ", missing));
    }

    /**
     * The source's own advice on that fact. What failed there has a name of the source's choosing, so only a check that
     * names the fact, or any check when the whole verdict is at stake, can be said to explain it.
     */
    private Optional<String> advice(String fact) {
        var whole = fact.equals("compliant");
        var advice = posture.stream()
                .flatMap(known -> known.failing().stream())
                .filter(failing ->
                        whole || failing.check().equals(FailingCheck.STEADY) || sameWords(failing.check(), fact))
                .flatMap(failing -> failing.remediation().stream())
                .distinct()
                .toList();
        return advice.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", advice));
    }

    private static boolean sameWords(String check, String fact) {
        return check.replaceAll("[^A-Za-z]", "").equalsIgnoreCase(fact);
    }
}
