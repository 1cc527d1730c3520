package dev.sallyport.posture.realm;

import dev.sallyport.posture.PostureSource;
import java.time.Duration;
import java.util.Set;
import org.jboss.logging.Logger;

/** A source that is left alone while it fails, that never throws, and whose postures say where they come from. */
record GuardedSource(String name, Duration timeout, Breaker breaker, PostureSource source) implements PostureSource {

    private static final Logger LOG = Logger.getLogger(GuardedSource.class);

    @Override
    public Answer ask(Keys keys) {
        if (!keys.findSomething()) return new NotFound();
        if (!breaker.enter(timeout)) {
            return new Outage(
                    "The source failed several times in a row or asked to wait, and is left alone for a moment.");
        }
        var answer = answer(keys);
        if (answer instanceof Outage outage) {
            breaker.failed();
            LOG.warnf("posture source %s gave no answer: %s", name, outage.reason());
            return outage;
        }
        breaker.succeeded();
        return answer instanceof Found found ? new Found(found.posture().from(name)) : answer;
    }

    private Answer answer(Keys keys) {
        try {
            return source.ask(keys);
        } catch (RuntimeException e) {
            LOG.errorf(e, "posture source %s failed", name);
            return new Outage("The answer could not be processed; the server's log says more.");
        }
    }

    @Override
    public Set<String> identify(String managementId) {
        try {
            return breaker.enter(timeout) ? source.identify(managementId) : Set.of();
        } catch (RuntimeException e) {
            LOG.errorf(e, "posture source %s failed", name);
            return Set.of();
        }
    }
}
