package dev.sallyport.posture.realm;

import dev.sallyport.outbound.Circuit;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** The circuit of one source on this node. */
public final class Breaker {

    private final AtomicReference<Circuit> circuit = new AtomicReference<>(Circuit.CLOSED);
    private final Clock clock;

    Breaker(Clock clock) {
        this.clock = clock;
    }

    /** Whether the source may be asked now. After a pause only one caller may, for as long as an answer takes. */
    boolean enter(Duration timeout) {
        while (true) {
            var now = clock.instant();
            var current = circuit.get();
            if (!current.admits(now)) return false;
            if (circuit.compareAndSet(current, current.entered(now, timeout))) return true;
        }
    }

    void succeeded() {
        circuit.set(Circuit.CLOSED);
    }

    void failed() {
        circuit.updateAndGet(current -> current.failed(clock.instant()));
    }

    /** The management asks to be left alone for so long. */
    public void askedToWait(Duration wait) {
        circuit.updateAndGet(current -> current.askedToWait(clock.instant(), wait));
    }
}
