package dev.sallyport.expression;

import dev.sallyport.device.Posture;
import dev.sallyport.device.Recognition.Recognised;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an expression can ask for. Each fact is read only when an evaluation comes to it, so a costly one costs nothing where
 * it is not mentioned. An empty answer is unknown.
 */
public interface Facts {

    User user();

    Client client();

    /** The device, if it was recognised. */
    Optional<Recognised> device();

    Optional<Posture> posture();

    Request request();

    Session session();

    /** {@code low}, {@code medium} or {@code high}. */
    Optional<String> risk();

    /** The user or service account that the request is for. */
    interface User {

        String id();

        String username();

        Optional<String> email();

        /** All attributes; empty when what one of them says cannot be relied on. */
        Optional<Map<String, List<String>>> attributes();

        /** Paths, such as {@code /finance}, those above included. */
        Optional<? extends Collection<String>> groups();

        /** As {@code role} or {@code client.role}, composites included. */
        Optional<? extends Collection<String>> roles();
    }

    /** The client that asks. */
    interface Client {

        /** Its client id. */
        String id();

        Optional<Map<String, String>> attributes();
    }

    /** The request, as Keycloak's proxy settings vouch for it. */
    interface Request {

        Optional<String> ip();

        String door();

        Instant time();

        Optional<String> userAgent();
    }

    /** How and where from the user is logged in. */
    interface Session {

        /** The name of the level that was reached; its number when the realm has no name for it. */
        Optional<String> acr();

        Optional<Instant> authenticatedAt();

        /** The names of the networks that the client address is in. */
        Optional<? extends Collection<String>> networks();

        /** As ISO 3166 code. */
        Optional<String> country();
    }
}
