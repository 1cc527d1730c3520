package dev.sallyport.device;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How often a device fell ill lately. One that does so too often is held: nothing good is believed of it until it has kept
 * still for a while. So its sessions do not come and go with it, and a device that is ill is never let in by that.
 *
 * @param falls when a fact that was good was no longer, oldest first; no more than the rule counts
 * @param heldUntil until when nothing good is believed; empty when the device was not held at the last change
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Steadiness(List<Instant> falls, Optional<Instant> heldUntil) {

    public Steadiness {
        falls = falls == null ? List.of() : List.copyOf(falls);
    }

    public static Steadiness unknown() {
        return new Steadiness(List.of(), Optional.empty());
    }

    /**
     * How often is too often.
     *
     * @param falls how many a device may have within that time
     * @param within also for how long a device that had more has to keep still
     */
    public record Rule(int falls, Duration within) {

        public Rule {
            if (falls < 1) throw new IllegalArgumentException("a device that was repaired once must get in again");
            if (within.isNegative() || within.isZero()) throw new IllegalArgumentException("within: must be longer");
        }
    }

    /**
     * @param before the facts that were known to be good
     * @param now those that are now
     */
    public Steadiness after(Set<String> before, Set<String> now, Instant at, Rule rule) {
        if (before.equals(now)) return this;
        boolean fell = !now.containsAll(before);
        var lately = Stream.concat(falls.stream(), fell ? Stream.of(at) : Stream.empty())
                .filter(fall -> fall.isAfter(at.minus(rule.within())))
                .toList();
        // NB. A change while it is held begins the time anew: it has not kept still.
        boolean held = lately.size() > rule.falls() || heldAt(at);
        var counted = lately.subList(Math.max(0, lately.size() - rule.falls() - 1), lately.size());
        return new Steadiness(counted, held ? Optional.of(at.plus(rule.within())) : Optional.empty());
    }

    boolean heldAt(Instant moment) {
        return heldUntil.filter(moment::isBefore).isPresent();
    }
}
