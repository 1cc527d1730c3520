package dev.sallyport.elevation.realm;

import dev.sallyport.elevation.Analysis;
import java.util.function.Supplier;

/**
 * An operation that judges and acts by one plan.
 *
 * @param <R> what it makes
 * @param turn makes sure that nobody changes in between what the plan looks at
 * @param undo has nothing of it stay
 */
record Attempt<R>(Runnable turn, Supplier<Plan<R>> plan, Runnable undo) implements Operation<R> {

    /** What was found, and what is done if that is enough. */
    record Plan<R>(Analysis analysis, Supplier<R> act) {}

    @Override
    public Analysis check() {
        return plan.get().analysis();
    }

    @Override
    public R execute() {
        turn.run();
        var found = plan.get();
        found.analysis().orRefuse();
        try {
            return found.act().get();
        } catch (RuntimeException halfway) {
            // NB. Whoever shows the refusal on a page would otherwise have half of it committed.
            undo.run();
            throw halfway;
        }
    }
}
