package dev.sallyport.device.realm;

import dev.sallyport.device.Device;
import dev.sallyport.device.Posture;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The registry of a realm's devices. */
public interface DeviceStore {

    Optional<Device> find(String id);

    /** The ids of devices that are registered by one of these ids or serial numbers. */
    List<String> known(Set<String> keys);

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

    /**
     * Replaces the posture of a registered device, unless what is stored was observed later. Two observations at once
     * leave the newer one, whichever comes last.
     *
     * @return empty when there is no such device
     */
    Optional<Observation> observe(String id, Posture posture);

    /**
     * What became of an observation.
     *
     * @param stored whether the posture was replaced
     * @param before the device as it was; nobody else changed it between then and the replacement
     */
    record Observation(boolean stored, Device before) {}
}
