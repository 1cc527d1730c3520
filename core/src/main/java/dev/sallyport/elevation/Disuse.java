package dev.sallyport.elevation;

import java.time.Instant;
import java.util.Optional;

/**
 * What is known of the use of something that somebody may have, since a moment. Of a privilege the last elevation says so. Of a
 * role that is held for good nobody writes down its use: then it is said whether its holder signed in.
 */
public enum Disuse {
    /** They used it. */
    NONE("used"),
    /** They never did, as far as elevations are kept. */
    NEVER("never"),
    /** They did, but not since then. */
    BEFORE("not-in-this-time"),
    /** They did not even sign in since then. */
    ABSENT("no-sign-in"),
    /** They signed in, or nothing is known of that; what they did with the role nobody has written down. */
    UNKNOWN("unknown");

    private final String id;

    Disuse(String id) {
        this.id = id;
    }

    public String id() {
        return id;
    }

    /** @param ended when the last use was over; empty when there was none */
    public static Disuse ofPrivilege(Optional<Instant> ended, Instant since) {
        if (ended.isEmpty()) return NEVER;
        return ended.get().isBefore(since) ? BEFORE : NONE;
    }

    /** @param signedIn when they were seen last; empty when nothing is known */
    public static Disuse ofRole(Optional<Instant> signedIn, Instant since) {
        return signedIn.filter(last -> last.isBefore(since)).isPresent() ? ABSENT : UNKNOWN;
    }

    /** Whether it was not used, as opposed to what nobody can tell. */
    public boolean certain() {
        return this == NEVER || this == BEFORE || this == ABSENT;
    }
}
