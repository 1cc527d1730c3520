package dev.sallyport.privilege;

import dev.sallyport.access.Subject;
import dev.sallyport.device.Posture;
import dev.sallyport.device.Recognition.Recognised;
import dev.sallyport.expression.Facts;
import dev.sallyport.network.Place;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** The facts about a user, whatever they do at the moment. All others fail, which an expression takes for unknown. */
record SubjectFacts(Subject subject, Instant time) implements Facts {

    @Override
    public User user() {
        return subject;
    }

    @Override
    public String client() {
        throw unknown();
    }

    @Override
    public Map<String, String> clientAttributes() {
        throw unknown();
    }

    @Override
    public Optional<Recognised> device() {
        return Optional.empty();
    }

    @Override
    public Optional<Posture> posture() {
        return Optional.empty();
    }

    @Override
    public Place place() {
        return Place.unknown();
    }

    @Override
    public String door() {
        throw unknown();
    }

    @Override
    public Optional<String> userAgent() {
        return Optional.empty();
    }

    @Override
    public String acr() {
        throw unknown();
    }

    @Override
    public Optional<Instant> authenticatedAt() {
        return Optional.empty();
    }

    @Override
    public Optional<String> risk() {
        return Optional.empty();
    }

    private static RuntimeException unknown() {
        return new IllegalStateException("unknown");
    }
}
