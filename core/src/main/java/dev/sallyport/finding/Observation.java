package dev.sallyport.finding;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Something that was recorded, as far as detection looks at it.
 *
 * @param id of its entry
 * @param type of its entry, such as {@code session.event}
 * @param work what was done with privilege, where that is what it tells of
 * @param login whether its user showed who they are
 * @param refused whether it is of something that was refused
 * @param times how often it happened
 * @param origin where the user's browser was; empty where another asked, or nobody could tell
 * @param otherDevice the device that was shown in place of the session's own
 */
public record Observation(
        String id,
        String type,
        Instant time,
        Optional<Work> work,
        boolean login,
        boolean refused,
        long times,
        Optional<Origin> origin,
        Optional<String> otherDevice) {

    /** What can be done with privilege. */
    public enum Work {
        /** A change by Keycloak's administration. */
        ADMINISTRATION,
        /** A login to an application, a token for it, or something that it reported. */
        USE,
        /** A token that an application renewed by itself, with nobody there. */
        RENEWAL
    }

    /**
     * A place as the realm sees it.
     *
     * @param networks the named networks that it is in
     * @param country two letters; empty when no database knows
     * @param asn the number of the autonomous system; as {@code country}
     */
    public record Origin(String address, List<String> networks, Optional<String> country, Optional<Long> asn) {

        /** Whether anybody can tell if both are one network, rather than only that the addresses differ. */
        boolean comparable(Origin other) {
            return !networks.isEmpty() || !other.networks.isEmpty() || (asn.isPresent() && other.asn.isPresent());
        }

        /** Whether that is the same network, as far as anybody can tell: one that the realm named, or its provider's. */
        boolean near(Origin other) {
            if (address.equals(other.address)) return true;
            if (networks.stream().anyMatch(other.networks::contains)) return true;
            return networks.isEmpty() && other.networks.isEmpty() && asn.isPresent() && asn.equals(other.asn);
        }
    }
}
