package dev.sallyport.elevation.realm;

import dev.sallyport.elevation.Elevation;
import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;

/**
 * Whether a session is elevated, for those who decide by it.
 *
 * @param privileges the names of which one is enough; any when there are none
 */
public record ElevatedCheck(Set<String> privileges) {

    public ElevatedCheck {
        privileges = Set.copyOf(privileges);
    }

    public static ElevatedCheck of(Collection<String> privileges) {
        return new ElevatedCheck(new HashSet<>(privileges));
    }

    /** Whether one of them is in effect in the session now. */
    public boolean met(KeycloakSession session, UserSessionModel userSession) {
        return new Elevations(session, userSession.getRealm(), Clock.systemUTC())
                .inEffect(userSession).stream()
                        .map(Elevation::privilege)
                        .anyMatch(name -> privileges.isEmpty() || privileges.contains(name));
    }
}
