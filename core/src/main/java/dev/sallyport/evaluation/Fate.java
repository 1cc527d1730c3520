package dev.sallyport.evaluation;

import dev.sallyport.access.AccessDecision.Outcome;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What becomes of a session, given what its applications would be told now. Only a denial ends anything: who could get in by
 * authenticating more strongly is asked to at the next visit.
 */
public sealed interface Fate {

    /** Nothing is denied. */
    record Continues() implements Fate {}

    /** Some applications are denied, and others not. */
    record EndsFor(Set<String> clients) implements Fate {}

    /** Nothing is left that the session could be used for. */
    record Ends() implements Fate {}

    /**
     * @param shutOut whether the user or the device is, whatever the application
     * @param outcomes what each application in the session is told
     */
    static Fate of(boolean shutOut, Map<String, Outcome> outcomes) {
        if (shutOut) return new Ends();
        var denied = new TreeSet<String>();
        outcomes.forEach((client, outcome) -> {
            if (outcome == Outcome.DENY) denied.add(client);
        });
        if (denied.isEmpty()) return new Continues();
        return denied.size() == outcomes.size() ? new Ends() : new EndsFor(Set.copyOf(denied));
    }
}
