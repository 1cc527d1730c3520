package dev.sallyport.elevation;

import dev.sallyport.access.Unmet;
import java.util.List;

/**
 * What an act needs and has, and what it needs and has not.
 *
 * @param met the names of rules, as in {@link Unmet#control()}
 */
public record Analysis(List<String> met, List<Unmet> unmet) {

    public Analysis {
        met = List.copyOf(met);
        unmet = List.copyOf(unmet);
    }

    public boolean satisfied() {
        return unmet.isEmpty();
    }
}
