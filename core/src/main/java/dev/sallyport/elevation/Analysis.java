package dev.sallyport.elevation;

import dev.sallyport.access.Unmet;
import dev.sallyport.elevation.ElevationRefusal.Forbidden;
import dev.sallyport.elevation.ElevationRefusal.StrengthNeeded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an act needs and has, and what it needs and has not.
 *
 * @param met the names of rules, as in {@link Unmet#control()}
 */
public record Analysis(List<String> met, List<Unmet> unmet) {

    static final String ACR = "acr";
    static final String FRESH = "freshAuthentication";

    public Analysis {
        met = List.copyOf(met);
        unmet = List.copyOf(unmet);
    }

    public boolean satisfied() {
        return unmet.isEmpty();
    }

    /** Of a single rule. */
    public static Analysis of(String control, boolean holds) {
        return new Builder().rule(control, holds, true, false).done();
    }

    public Analysis and(Analysis other) {
        return new Analysis(
                Stream.concat(met.stream(), other.met.stream()).distinct().toList(),
                Stream.concat(unmet.stream(), other.unmet.stream()).distinct().toList());
    }

    /** @throws ElevationRefusal unless all is met */
    public void orRefuse() {
        if (satisfied()) return;
        // NB. Nobody should authenticate more strongly only to be refused for another reason.
        boolean strength = unmet.stream().map(Unmet::control).allMatch(List.of(ACR, FRESH)::contains);
        if (strength) throw new StrengthNeeded(expected(ACR), expected(FRESH).map(Duration::parse));
        throw new Forbidden("Not everything holds that must.", unmet);
    }

    private Optional<String> expected(String control) {
        return unmet.stream()
                .filter(rule -> rule.control().equals(control))
                .map(Unmet::expected)
                .findFirst();
    }

    /** Collects rules one by one. */
    static final class Builder {

        private final List<String> met = new ArrayList<>();
        private final List<Unmet> unmet = new ArrayList<>();

        /** @param found empty when the rule is met */
        Builder rule(String control, Optional<Unmet> found) {
            return rules(control, found.stream().toList());
        }

        Builder rules(String control, List<Unmet> found) {
            if (found.isEmpty()) met.add(control);
            unmet.addAll(found);
            return this;
        }

        Builder rule(String control, boolean holds, Object expected, Object actual) {
            return rule(
                    control, holds ? Optional.empty() : Optional.of(Unmet.of(control, expected, Optional.of(actual))));
        }

        Analysis done() {
            return new Analysis(met, unmet);
        }
    }
}
