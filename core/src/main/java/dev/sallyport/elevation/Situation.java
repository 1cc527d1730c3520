package dev.sallyport.elevation;

import java.util.List;

/**
 * How things stand for a user and a privilege.
 *
 * @param locked whether the user, the device or the privilege is
 * @param editor whether the user edited the privilege last, and nobody has confirmed it
 * @param conflicting the names of privileges that the user has and that may not be had together with it
 * @param occupied whether the user has it where it would be had, or is waiting for it
 * @param open how many requests of the user are open
 * @param emergencies how often it was had without approval within a day, by anybody
 * @param unreviewed whether nobody has reviewed an earlier emergency of the user
 */
public record Situation(
        boolean locked,
        boolean editor,
        List<String> conflicting,
        boolean occupied,
        long open,
        long emergencies,
        boolean unreviewed) {

    public Situation {
        conflicting = List.copyOf(conflicting);
    }

    /** For what is granted already and so has been counted. */
    public Situation withoutLimits() {
        return new Situation(locked, editor, conflicting, occupied, 0, 0, false);
    }
}
