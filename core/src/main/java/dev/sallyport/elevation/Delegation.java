package dev.sallyport.elevation;

import java.time.Instant;
import java.util.List;

/**
 * An approver's stand-in, for a time.
 *
 * @param approver the id of the user whose duty it is
 * @param delegate the id of the user who stands in
 * @param privileges the names of those that it is about; empty for all
 * @param until the first moment at which it no longer holds
 */
public record Delegation(
        String id, String approver, String delegate, List<String> privileges, Instant from, Instant until) {

    public Delegation {
        privileges = List.copyOf(privileges);
    }

    /** Whether the stand-in may vote about that privilege now, as far as this goes. */
    public boolean covers(String privilege, Instant now) {
        return !now.isBefore(from) && now.isBefore(until) && (privileges.isEmpty() || privileges.contains(privilege));
    }
}
