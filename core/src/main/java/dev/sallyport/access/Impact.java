package dev.sallyport.access;

import dev.sallyport.access.AccessDecision.Outcome;
import dev.sallyport.access.AccessDecision.PolicyResult;
import dev.sallyport.access.AccessDecision.Result;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a policy did to one sign-in. */
public enum Impact {
    /** It applied and was satisfied. */
    ALLOWED,
    /** Its user was sent to authenticate more strongly, or anew. */
    STEPPED_UP,
    /** It was not satisfied, and the sign-in was refused. */
    DENIED,
    /** As {@link #STEPPED_UP}, had it been enforced. */
    WOULD_HAVE_STEPPED_UP,
    /** As {@link #DENIED}, had it been enforced. */
    WOULD_HAVE_DENIED;

    /**
     * By the name of the policy. Those that did not apply had no impact, and none has any on a sign-in that a lock stops.
     */
    public static Map<String, Impact> of(AccessDecision decision) {
        var impacts = new LinkedHashMap<String, Impact>();
        if (!decision.locks().isEmpty()) return impacts;
        for (var result : decision.policies()) {
            // NB. Where no decision could be made, no policy has a name.
            boolean applied =
                    result.result() != Result.NOT_APPLIED && !result.name().isEmpty();
            if (applied) impacts.put(result.name(), of(result, decision.outcome()));
        }
        return impacts;
    }

    private static Impact of(PolicyResult result, Outcome outcome) {
        if (!result.refuses()) return ALLOWED;
        if (!result.enforced()) return result.mendable() ? WOULD_HAVE_STEPPED_UP : WOULD_HAVE_DENIED;
        return outcome == Outcome.STEP_UP ? STEPPED_UP : DENIED;
    }
}
