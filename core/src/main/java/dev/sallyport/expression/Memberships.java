package dev.sallyport.expression;

import dev.sallyport.logic.Truth;
import dev.sallyport.network.Place;
import java.util.AbstractList;
import java.util.List;

/**
 * The networks that the client is in, as a list in which a name can be looked up although nobody can tell of others. Whether it
 * holds a name that is no network's, or one that cannot be told, is an error, and so unknown: absent would be a guess.
 */
final class Memberships extends AbstractList<String> {

    private final Place place;

    Memberships(Place place) {
        this.place = place;
    }

    @Override
    public boolean contains(Object name) {
        return known(place.in(String.valueOf(name)));
    }

    @Override
    public String get(int index) {
        return all().get(index);
    }

    @Override
    public int size() {
        return all().size();
    }

    private List<String> all() {
        return place.networks().keySet().stream()
                .filter(this::contains)
                .sorted()
                .toList();
    }

    private static boolean known(Truth member) {
        if (member == Truth.UNKNOWN) throw new IllegalStateException("unknown");
        return member == Truth.YES;
    }
}
