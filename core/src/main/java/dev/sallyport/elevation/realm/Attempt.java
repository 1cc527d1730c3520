package dev.sallyport.elevation.realm;

import dev.sallyport.elevation.Analysis;
import dev.sallyport.elevation.Elevation;
import java.util.function.Supplier;

/**
 * An operation that judges and acts by one plan.
 *
 * @param turn makes sure that nobody changes in between what the plan looks at
 */
record Attempt(Runnable turn, Supplier<Plan> plan) implements Operation {

    /** What was found, and what is done if that is enough. */
    record Plan(Analysis analysis, Supplier<Elevation> act) {}

    @Override
    public Analysis check() {
        return plan.get().analysis();
    }

    @Override
    public Elevation execute() {
        turn.run();
        var found = plan.get();
        found.analysis().orRefuse();
        return found.act().get();
    }
}
