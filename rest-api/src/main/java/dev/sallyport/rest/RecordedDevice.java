package dev.sallyport.rest;

import dev.sallyport.device.Device;
import dev.sallyport.device.Platform;
import java.util.Optional;
import java.util.function.Function;

/**
 * A device as the audit log keeps it: without its posture, which has entries of its own.
 *
 * @param owner the owner's name; null when the device serves every user
 * @param ownerId the owner's id: names change, and by the id the entry is found once the owner is to be forgotten
 */
record RecordedDevice(
        String id,
        Optional<String> displayName,
        Optional<String> owner,
        Optional<String> ownerId,
        Optional<String> serial,
        Optional<Platform> platform,
        Device.Status status) {

    /** @param username finds a user's name by id; empty when the user is gone */
    static RecordedDevice of(Device device, Function<String, Optional<String>> username) {
        return new RecordedDevice(
                device.id(),
                device.displayName(),
                device.ownerId().flatMap(username),
                device.ownerId(),
                device.serial(),
                device.platform(),
                device.status());
    }
}
