package dev.sallyport.access;

import dev.sallyport.device.Device;
import dev.sallyport.device.Posture;
import dev.sallyport.device.Recognition.Recognised;
import dev.sallyport.expression.Facts;
import dev.sallyport.network.Place;
import dev.sallyport.risk.Risk;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** The facts of one request as expressions ask for them. */
record ContextFacts(AccessContext context) implements Facts {

    @Override
    public User user() {
        return context.subject();
    }

    @Override
    public String client() {
        return context.client();
    }

    @Override
    public Map<String, String> clientAttributes() {
        return context.clientAttributes().get();
    }

    // NB. A blocked device vouches for nothing, neither for itself nor by its posture.
    @Override
    public Optional<Recognised> device() {
        return context.device() instanceof Recognised recognised
                        && recognised.device().status() != Device.Status.BLOCKED
                ? Optional.of(recognised)
                : Optional.empty();
    }

    @Override
    public Optional<Posture> posture() {
        return device().flatMap(recognised -> recognised.device().vouched(context.time()));
    }

    @Override
    public Place place() {
        return context.place();
    }

    @Override
    public String door() {
        return context.door().id();
    }

    @Override
    public Instant time() {
        return context.time();
    }

    @Override
    public Optional<String> userAgent() {
        return context.userAgent();
    }

    @Override
    public String acr() {
        return context.authentication().acr();
    }

    @Override
    public Optional<Instant> authenticatedAt() {
        return context.authentication().at();
    }

    @Override
    public Optional<String> risk() {
        return context.risk().get().level().map(Risk.Level::id);
    }
}
