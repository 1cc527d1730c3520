package dev.sallyport.device.realm;

import dev.sallyport.device.Device;
import dev.sallyport.device.Posture;
import dev.sallyport.device.Provenance;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/** The registry of a realm's devices. */
public interface DeviceStore {

    Optional<Device> find(String id);

    /** Those of them that there are, by id. */
    Map<String, Device> all(Set<String> ids);

    /** The ids of devices that are registered by one of these ids or serial numbers. */
    List<String> known(Set<String> keys);

    /** Has the next look at a device see what others have stored since this transaction looked at it first. */
    void readAnew(String id);

    /**
     * @param search part of id, display name or serial, whatever the case; empty for all
     * @param ownerId the owner's user id; empty for all
     * @param compliant the last posture's verdict; devices without one match neither true nor false
     */
    record Query(int first, int max, Optional<String> search, Optional<String> ownerId, Optional<Boolean> compliant) {}

    /** In the order of ids. */
    List<Device> list(Query query);

    /** Registers a device that is not registered yet; its posture, if any, is ignored. */
    void add(Device device);

    /**
     * Changes everything of a registered device but its id and posture.
     *
     * @return the device as it was; empty when there is no such device
     */
    Optional<Device> update(Device device);

    /** @return whether there was such a device */
    boolean remove(String id);

    /** The device, which nobody else changes before this transaction ends; empty when there is no such device. */
    Optional<Device> lock(String id);

    /**
     * Locks these devices as {@link #lock} does, and reads them, all together. They are locked in the order of their ids: two
     * that want the same rows in different orders would wait for each other until the database ends one of them.
     *
     * @return the ids of those that there are
     */
    Set<String> lockAll(SortedSet<String> ids);

    /** Replaces what is known of the health of a device that this transaction has locked. */
    void assess(String id, Optional<Posture> posture, Provenance provenance);
}
