package dev.sallyport.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.logic.Truth;
import dev.sallyport.network.Place;
import java.util.List;
import java.util.stream.Stream;

/**
 * From where: from any of the networks to include, everywhere if there are none, and from none of those to exclude.
 *
 * @param include names of networks
 * @param exclude as well
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record NetworkCondition(List<String> include, List<String> exclude) implements Condition {

    public NetworkCondition {
        boolean named = include != null;
        include = Principals.names("include", include);
        exclude = Principals.names("exclude", exclude);
        if (named && include.isEmpty()) throw new DocumentFault("include", "must name a network");
        if (include.isEmpty() && exclude.isEmpty()) throw new DocumentFault("", "must name a network");
    }

    @Override
    public Truth met(AccessContext context) {
        var included = include.isEmpty() ? Truth.YES : inAny(include, context.place());
        return included.and(inAny(exclude, context.place()).not());
    }

    private static Truth inAny(List<String> names, Place place) {
        return names.stream().map(place::in).reduce(Truth.NO, Truth::or);
    }

    /** Whether it names a network that the realm does not have, or that cannot be read. */
    boolean broken(Place place) {
        return !Stream.concat(include.stream(), exclude.stream()).allMatch(place::knows);
    }
}
