package dev.sallyport.rest.setup;

import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * One thing that setup makes.
 *
 * @param name a kind and a name, such as {@code flow/sallyport browser}
 * @param state how it is in the realm now
 * @param make makes it where it is missing; what is there is never changed, since an administrator may have had reasons
 */
record Piece(String name, Supplier<State> state, Runnable make) {

    enum State {
        MISSING,
        /** It is there, but not as setup would make it. */
        CHANGED,
        AS_MADE
    }

    static <T> State state(Optional<T> present, Predicate<T> asMade) {
        return present.map(thing -> asMade.test(thing) ? State.AS_MADE : State.CHANGED)
                .orElse(State.MISSING);
    }

    static State state(boolean present) {
        return present ? State.AS_MADE : State.MISSING;
    }
}
