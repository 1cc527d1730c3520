package dev.sallyport.delivery;

import java.util.Set;

/** What the status says that a receiver answered with. */
public enum Verdict {
    /** It has it. */
    TAKEN,
    /** It does not want this message, and may change its mind. */
    REFUSED,
    /** It does not want this message, and never will. */
    REFUSED_FOR_GOOD,
    /** It says nothing about this message: something is wrong with it, or with how we ask. */
    UNAVAILABLE;

    /** NB. Who does not let us in at all has refused no message, and becomes no reason to pass over one. */
    private static final Set<Integer> NOT_ABOUT_THE_MESSAGE = Set.of(401, 403, 407, 408, 425, 429);

    public static Verdict of(int status) {
        if (status >= 200 && status < 300) return TAKEN;
        if (status == 410) return REFUSED_FOR_GOOD;
        if (status >= 400 && status < 500 && !NOT_ABOUT_THE_MESSAGE.contains(status)) return REFUSED;
        return UNAVAILABLE;
    }
}
