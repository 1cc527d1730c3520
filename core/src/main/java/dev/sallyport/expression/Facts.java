package dev.sallyport.expression;

import dev.sallyport.device.Posture;
import dev.sallyport.device.Recognition.Recognised;
import dev.sallyport.network.Place;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an expression can ask for. Each fact is read only when an evaluation comes to it, so a costly one costs nothing where
 * it is not mentioned. An empty answer is unknown.
 */
public interface Facts {

    User user();

    /** The client id of the client that asks. */
    String client();

    Map<String, String> clientAttributes();

    /** The device, if it was recognised. */
    Optional<Recognised> device();

    Optional<Posture> posture();

    Place place();

    String door();

    Instant time();

    Optional<String> userAgent();

    /** The name of the level of authentication that was reached; its number when the realm has no name for it. */
    String acr();

    Optional<Instant> authenticatedAt();

    /** {@code low}, {@code medium} or {@code high}. */
    Optional<String> risk();

    /** The user or service account that the request is for. */
    interface User {

        String id();

        String username();

        Optional<String> email();

        Map<String, List<String>> attributes();

        /** Paths, such as {@code /finance}, those above included. */
        Set<String> groups();

        /** As {@code role} or {@code client.role}, composites included. */
        Set<String> roles();
    }
}
