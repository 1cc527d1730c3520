package dev.sallyport.elevation;

import java.time.Instant;
import java.util.Optional;

/** What can happen to an elevation. */
public sealed interface Step {

    /** Nobody has to be asked; the requester is there. */
    record Grant() implements Step {}

    /**
     * @param quorum when enough have agreed, judged by what people are now
     * @param there whether the session that would have it goes on and has just shown what is asked for; if not, the requester
     *     activates it
     */
    record Approve(Vote vote, Quorum quorum, boolean there) implements Step {}

    record Deny(Vote vote) implements Step {}

    /** The requester withdraws it. */
    record Cancel() implements Step {}

    /** The requester makes use of what was granted for later, in the session and on the device that they have now. */
    record Activate(Optional<String> sessionId, Optional<String> deviceId) implements Step {}

    /**
     * The requester, in another login that leads to the session it belongs to, has it instead of the login that it was granted
     * in: that one was given up, or started over.
     */
    record TakeUp(Optional<String> sessionId, Optional<String> deviceId) implements Step {}

    record Extend(Instant until) implements Step {}

    record End(EndedBy why) implements Step {}

    /** Takes note of what the clock did. */
    record Settle() implements Step {}

    /** It does not begin by itself any more: where it should have begun, nobody is. */
    record Defer() implements Step {}

    record Reviewed(Review review) implements Step {}
}
