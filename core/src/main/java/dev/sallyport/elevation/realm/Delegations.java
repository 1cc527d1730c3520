package dev.sallyport.elevation.realm;

import dev.sallyport.elevation.Delegation;
import dev.sallyport.elevation.ElevationRefusal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** Who stands in for which approver. */
public record Delegations(KeycloakSession session, RealmModel realm, Clock clock) {

    /** Those of the user, as the one who gave or as the one who stands in, that are not over. */
    public List<Delegation> of(UserModel user) {
        return List.of();
    }

    /**
     * Makes somebody the actor's stand-in.
     *
     * @param to a username
     * @param privileges names; empty for all
     */
    public Delegation create(Actor actor, String to, List<String> privileges, Instant from, Instant until) {
        throw new ElevationRefusal.Unknown();
    }

    /** Takes it back, or, as the stand-in, gives it back. */
    public void remove(Actor actor, String id) {
        throw new ElevationRefusal.Unknown();
    }
}
