package dev.sallyport.device;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A registered device.
 *
 * @param id the string that its proof carries
 * @param ownerId the id of the user it belongs to; a device without an owner serves every user
 * @param posture the last one that was observed, put together from what all sources said; empty until one has reported
 * @param provenance who said what of it, and whose word may be out of date
 */
public record Device(
        String id,
        Optional<String> displayName,
        Optional<String> ownerId,
        Optional<String> serial,
        Optional<Platform> platform,
        Status status,
        Optional<Posture> posture,
        Provenance provenance) {

    /** The longest id, in characters. */
    public static final int MAX_ID = 255;

    /** Whether the device may be used at all, whatever its posture. */
    public enum Status {
        ACTIVE,
        BLOCKED;

        @JsonValue
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A device whose posture, if any, comes from nobody in particular. */
    public Device(
            String id,
            Optional<String> displayName,
            Optional<String> ownerId,
            Optional<String> serial,
            Optional<Platform> platform,
            Status status,
            Optional<Posture> posture) {
        this(id, displayName, ownerId, serial, platform, status, posture, Provenance.unknown());
    }

    /** The posture as it was last known, also by a source that has no answer now; nothing good if the device is held. */
    public Optional<Posture> lastKnown(Instant now) {
        var steadiness = provenance.steadiness();
        return steadiness.heldAt(now)
                ? posture.map(known -> known.held(steadiness.heldUntil().orElseThrow()))
                : posture;
    }

    /** The posture without what only a source said that has no answer now: that is not known any more. */
    public Optional<Posture> vouched(Instant now) {
        var known = lastKnown(now);
        // NB. Before the facts are even listed: this is on the way of every request, and there is hardly ever an
        // outage.
        if (provenance.outages().isEmpty()) return known;
        return known.map(seen -> seen.without(provenance.unvouched(seen.facts())));
    }

    public boolean servesUser(String userId) {
        return ownerId.map(userId::equals).orElse(true);
    }

    /** The same device, of whose health nothing is known. */
    public Device withoutPosture() {
        return new Device(id, displayName, ownerId, serial, platform, status, Optional.empty());
    }

    /** The same device with a posture that nobody told. */
    public Device with(Posture newPosture) {
        return new Device(id, displayName, ownerId, serial, platform, status, Optional.of(newPosture));
    }
}
