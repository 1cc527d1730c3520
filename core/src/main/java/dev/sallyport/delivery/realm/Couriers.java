package dev.sallyport.delivery.realm;

import dev.sallyport.delivery.SinkDocument;
import dev.sallyport.delivery.realm.SinkProvider.Unusable;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.keycloak.models.KeycloakSession;

/** The couriers of this node, each kept for as long as its sink stays what it is and gets something now and then. */
final class Couriers implements AutoCloseable {

    private static final Duration IDLE = Duration.ofMinutes(1);

    private final Map<String, Kept> kept = new ConcurrentHashMap<>();
    private final Set<String> busy = ConcurrentHashMap.newKeySet();

    private record Kept(SinkDocument resolved, Courier courier, long usedAt) {}

    /** Whether the caller is the only one on this node to use the courier of that sink, until it gives it back. */
    boolean take(String sinkId) {
        return busy.add(sinkId);
    }

    void giveBack(String sinkId) {
        busy.remove(sinkId);
    }

    Courier of(KeycloakSession session, String sinkId, SinkProvider.Factory factory, SinkDocument document)
            throws Unusable {
        var resolved = SinkProvider.Factory.resolved(session, document);
        var known = kept.get(sinkId);
        if (known != null && !known.resolved().equals(resolved)) {
            drop(sinkId);
            known = null;
        }
        var courier = known == null ? factory.courier(session, resolved) : known.courier();
        kept.put(sinkId, new Kept(resolved, courier, System.nanoTime()));
        return courier;
    }

    /** Closes what has not been used for a while. */
    void tidy() {
        for (var sinkId : new HashSet<>(kept.keySet())) {
            if (!take(sinkId)) continue;
            try {
                var known = kept.get(sinkId);
                if (known != null && System.nanoTime() - known.usedAt() > IDLE.toNanos()) drop(sinkId);
            } finally {
                giveBack(sinkId);
            }
        }
    }

    private void drop(String sinkId) {
        var known = kept.remove(sinkId);
        if (known != null) known.courier().close();
    }

    @Override
    public void close() {
        new HashSet<>(kept.keySet()).forEach(this::drop);
    }
}
