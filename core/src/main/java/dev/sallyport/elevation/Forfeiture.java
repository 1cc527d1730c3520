package dev.sallyport.elevation;

import dev.sallyport.access.Subject;
import dev.sallyport.device.Device;
import dev.sallyport.device.Recognition;
import dev.sallyport.privilege.BoundTo;
import dev.sallyport.privilege.Privilege;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** Why somebody loses a privilege before its time: what they got it for holds no longer. What is unknown does not hold. */
public final class Forfeiture {

    private Forfeiture() {}

    /**
     * What is so now.
     *
     * @param privilege empty when the realm has no such privilege, or none that can be read
     * @param holder empty when the user is gone or disabled
     * @param locked whether the user, the device or the privilege is
     * @param device the one on which the privilege was activated
     */
    public record Standing(
            Optional<Privilege> privilege, Optional<Subject> holder, boolean locked, Supplier<Recognition> device) {}

    /** @return empty as long as it is theirs */
    public static Optional<EndedBy> of(Elevation elevation, Standing standing, Instant now) {
        if (standing.locked()) return Optional.of(EndedBy.LOCK);
        boolean eligible = standing.privilege()
                .flatMap(privilege -> standing.holder()
                        .filter(holder -> Requirements.eligible(privilege, elevation.emergency(), holder, now)))
                .isPresent();
        if (!eligible) return Optional.of(EndedBy.ELIGIBILITY);
        return deviceServes(elevation, standing, now) ? Optional.empty() : Optional.of(EndedBy.DEVICE);
    }

    private static boolean deviceServes(Elevation elevation, Standing standing, Instant now) {
        var required =
                standing.privilege().flatMap(privilege -> privilege.activation().device());
        if (required.isEmpty() && elevation.boundTo() != BoundTo.DEVICE) return true;
        var device = standing.device().get();
        boolean serves = device.known()
                .filter(known -> known.status() != Device.Status.BLOCKED)
                .isPresent();
        return serves && required.map(rule -> rule.unmet(device, now).isEmpty()).orElse(true);
    }
}
