package dev.sallyport.policy;

import dev.sallyport.access.Door;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;

/** The door of a request whose grant Keycloak does not write into the context of the token that it makes. */
final class UnnamedGrant {

    private static final String ATTRIBUTE = "sallyport.door";

    private UnnamedGrant() {}

    static void is(KeycloakSession session, Door door) {
        session.setAttribute(ATTRIBUTE, door);
    }

    static Optional<Door> door(KeycloakSession session) {
        return Optional.ofNullable(session.getAttribute(ATTRIBUTE, Door.class));
    }
}
