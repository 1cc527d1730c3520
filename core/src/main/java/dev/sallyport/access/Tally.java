package dev.sallyport.access;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How many sign-ins a policy had which {@link Impact} on. */
public record Tally(
        long allowed,
        long steppedUp,
        long denied,
        @JsonProperty("wouldHaveBeenSteppedUp") long wouldHaveSteppedUp,
        @JsonProperty("wouldHaveBeenDenied") long wouldHaveDenied) {

    /** One sign-in. */
    public static Tally of(Impact impact) {
        return new Tally(
                count(impact, Impact.ALLOWED),
                count(impact, Impact.STEPPED_UP),
                count(impact, Impact.DENIED),
                count(impact, Impact.WOULD_HAVE_STEPPED_UP),
                count(impact, Impact.WOULD_HAVE_DENIED));
    }

    private static long count(Impact impact, Impact counted) {
        return impact == counted ? 1 : 0;
    }

    public Tally plus(Tally other) {
        return new Tally(
                allowed + other.allowed,
                steppedUp + other.steppedUp,
                denied + other.denied,
                wouldHaveSteppedUp + other.wouldHaveSteppedUp,
                wouldHaveDenied + other.wouldHaveDenied);
    }
}
