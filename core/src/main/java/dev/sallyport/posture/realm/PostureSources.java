package dev.sallyport.posture.realm;

import dev.sallyport.posture.PostureSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** The posture sources of a realm, ready to be asked. */
public final class PostureSources {

    private PostureSources() {}

    /**
     * The enabled sources in the order of their names. One whose configuration cannot be used is among them and answers
     * with an outage, since what it would say is not known. They keep nothing of the session: get them in a short
     * transaction, and ask them outside of it.
     */
    public static List<Configured> enabled(KeycloakSession session, RealmModel realm) {
        return List.of();
    }

    /** The enabled source of that name. */
    public static Optional<Configured> enabled(KeycloakSession session, RealmModel realm, String name) {
        return enabled(session, realm).stream()
                .filter(source -> source.name().equals(name))
                .findFirst();
    }

    /**
     * A source of a realm.
     *
     * @param name unique in the realm, never {@code registry}; postures that it finds carry it as their source
     * @param timeout how long an answer takes at most
     * @param cache how long an answer may be used without asking again
     */
    public record Configured(String name, Duration timeout, Duration cache, PostureSource source) {}
}
