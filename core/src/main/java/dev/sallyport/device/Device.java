package dev.sallyport.device;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;

/**
 * A registered device.
 *
 * @param id the string that its proof carries
 * @param ownerId the id of the user it belongs to; a device without an owner serves every user
 * @param posture the last one that was observed; empty until a source has reported
 */
public record Device(
        String id,
        Optional<String> displayName,
        Optional<String> ownerId,
        Optional<String> serial,
        Optional<Platform> platform,
        Status status,
        Optional<Posture> posture) {

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

    public boolean servesUser(String userId) {
        return ownerId.map(userId::equals).orElse(true);
    }

    public Device with(Posture newPosture) {
        return new Device(id, displayName, ownerId, serial, platform, status, Optional.of(newPosture));
    }
}
