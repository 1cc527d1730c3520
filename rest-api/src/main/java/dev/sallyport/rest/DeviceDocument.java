package dev.sallyport.rest;

import dev.sallyport.device.Device;
import dev.sallyport.device.Platform;
import dev.sallyport.device.Posture;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import java.util.Optional;
import java.util.function.Function;

/**
 * A device as administrators write and read it.
 *
 * @param owner a username; null when the device serves every user
 * @param posture only read: posture is reported, not written
 */
record DeviceDocument(
        String id,
        Optional<String> displayName,
        Optional<String> owner,
        Optional<String> serial,
        Optional<Platform> platform,
        Optional<Device.Status> status,
        Optional<Posture> posture) {

    private static final int MAX_TEXT = 255;

    /** @throws DocumentFault if it is not a device, or says something that cannot be written */
    static DeviceDocument read(String json) {
        var device = Documents.read(json, DeviceDocument.class);
        device.check();
        return device;
    }

    /**
     * As {@link #read(String)}, for a device that the address names already: the document may name it again.
     *
     * @throws DocumentFault also if it names another one
     */
    static DeviceDocument read(String json, String id) {
        var device = Documents.read(json, DeviceDocument.class);
        if (device.id != null && !device.id.equals(id)) {
            throw new DocumentFault("id", "differs from the id in the address");
        }
        var named = new DeviceDocument(
                id, device.displayName, device.owner, device.serial, device.platform, device.status, device.posture);
        named.check();
        return named;
    }

    private void check() {
        if (id == null || id.isBlank()) throw new DocumentFault("id", "is required");
        // NB. No address can hold these two, so nobody could ever read or remove such a device.
        if (id.equals(".") || id.equals("..")) throw new DocumentFault("id", "must not be one or two dots");
        checkLength("id", Optional.of(id));
        checkLength("displayName", displayName);
        checkLength("owner", owner);
        checkLength("serial", serial);
        if (posture.isPresent()) throw new DocumentFault("posture", "is reported by devices and cannot be written");
    }

    private static void checkLength(String field, Optional<String> text) {
        text.flatMap(value -> Documents.textFault(value, MAX_TEXT)).ifPresent(reason -> {
            throw new DocumentFault(field, reason);
        });
    }

    /** @param userId finds a user's id by name; empty when there is no such user */
    Device device(Function<String, Optional<String>> userId) {
        var ownerId = owner.map(
                name -> userId.apply(name).orElseThrow(() -> new DocumentFault("owner", "is not the name of a user")));
        return new Device(
                id, displayName, ownerId, serial, platform, status.orElse(Device.Status.ACTIVE), Optional.empty());
    }

    /** @param username finds a user's name by id; empty when the user is gone */
    static DeviceDocument of(Device device, Function<String, Optional<String>> username) {
        return new DeviceDocument(
                device.id(),
                device.displayName(),
                // NB. Of an owner who is gone the id is shown: without one the device would seem to serve everybody.
                device.ownerId().map(id -> username.apply(id).orElse(id)),
                device.serial(),
                device.platform(),
                Optional.of(device.status()),
                device.posture());
    }
}
