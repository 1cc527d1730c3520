package dev.sallyport.posture;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * What is on its way, at most once each. Who asks for something fresh while it is on its way gets it once more after that:
 * what is on its way may have left before whatever they know of.
 */
public final class Flights<K> {

    private enum Then {
        DONE,
        AGAIN
    }

    private final ConcurrentHashMap<K, Then> underway = new ConcurrentHashMap<>();

    public boolean underway(K key) {
        return underway.containsKey(key);
    }

    /** @param start called, on this thread, when it is not on its way yet; {@link #landed} has to follow whatever happens */
    public void request(K key, boolean fresh, Consumer<K> start) {
        var before = underway.putIfAbsent(key, Then.DONE);
        if (before == null) start.accept(key);
        else if (fresh && underway.computeIfPresent(key, (same, then) -> Then.AGAIN) == null) request(key, true, start);
    }

    /** @param start as at {@link #request} */
    public void landed(K key, Consumer<K> start) {
        if (underway.remove(key, Then.DONE)) return;
        if (underway.replace(key, Then.AGAIN, Then.DONE)) start.accept(key);
    }

    /** As {@link #landed}, when nothing can be started. */
    public void lost(K key) {
        underway.remove(key);
    }
}
