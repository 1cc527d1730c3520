package dev.sallyport.device;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;

/** Whether the device in front of us is known, and if it is not, why. */
public sealed interface Recognition {

    /** The device proved who it is and is registered; it may still be blocked or ill. */
    record Recognised(Device device, ProofMethod method) implements Recognition {}

    /**
     * @param deviceId the id that the proof carried, where it carried one that counts; empty otherwise
     */
    record Unrecognised(Reason reason, Optional<String> deviceId) implements Recognition {}

    static Recognition unrecognised(Reason reason) {
        return new Unrecognised(reason, Optional.empty());
    }

    /** The device, when it was recognised. */
    default Optional<Device> known() {
        return this instanceof Recognised recognised ? Optional.of(recognised.device()) : Optional.empty();
    }

    /** The id that was proven, whether or not a device of that id was recognised. */
    default Optional<String> deviceId() {
        return this instanceof Unrecognised unrecognised ? unrecognised.deviceId() : known().map(Device::id);
    }

    /** Why a device was not recognised. */
    enum Reason {
        /** Nothing was presented that could prove a device. */
        NO_PROOF,
        /** The realm has not configured any trust anchor, so no certificate identifies a device. */
        NOT_CONFIGURED,
        /** The certificate does not chain to a trust anchor of the realm, or the chain is broken. */
        UNTRUSTED_ISSUER,
        /** The certificate is not valid now. */
        OUTSIDE_VALIDITY,
        /** The certificate does not allow client authentication. */
        WRONG_PURPOSE,
        /** The configured field is missing, empty, too long or ambiguous. */
        NO_DEVICE_ID,
        /** The certificate came through a header of a peer that is not a trusted proxy. */
        UNTRUSTED_PROXY,
        /** The device proved its id, but no such device is registered. */
        NOT_REGISTERED,
        /** The device belongs to another user. */
        OTHER_OWNER,
        /** The session was started on another device. */
        OTHER_DEVICE,
        /** The identification itself failed. */
        FAILED;

        @JsonValue
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
