package dev.sallyport.privilege;

import dev.sallyport.document.DocumentFault;
import java.time.Duration;

/**
 * How a privilege can be had without approval and outside its schedule, when there is no time to wait.
 *
 * @param eligible who can, besides being eligible for the privilege or not
 * @param perDay how often one user can
 * @param officers who is told at once and reviews it afterwards
 */
public record Emergency(People eligible, Duration maxDuration, int perDay, People officers) {

    private static final int MOST = 1_000;

    public Emergency {
        if (eligible == null || eligible.nobody()) {
            throw new DocumentFault("eligible", "must name a user, a group or a role");
        }
        Span.require("maxDuration", maxDuration);
        if (perDay < 1 || perDay > MOST) throw new DocumentFault("perDay", "must be between 1 and " + MOST);
        if (officers == null || officers.nobody()) {
            throw new DocumentFault("officers", "must name a user, a group or a role");
        }
    }
}
