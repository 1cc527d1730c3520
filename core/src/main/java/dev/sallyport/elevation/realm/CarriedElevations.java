package dev.sallyport.elevation.realm;

import dev.sallyport.elevation.Elevation;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.representations.JsonWebToken;

/** Whether the elevations that an access token was issued with are still in effect: a token cannot be taken back. */
public record CarriedElevations(KeycloakSession session, RealmModel realm, Clock clock) {

    /** The claim that names the elevations by which the token carries roles. */
    public static final String CLAIM = "elevations";

    /**
     * The claim with the ids of the other elevations by which something was mapped to the user when the token was issued. It
     * may carry what they gave, though its session has not asked for it: an offline one, or one in somebody else's place.
     */
    public static final String MAPPED = "elevations_mapped";

    /** The ids of the elevations that the token names. What others put under that name is none of them. */
    public static List<String> named(JsonWebToken token) {
        return token.getOtherClaims().get(CLAIM) instanceof Collection<?> entries
                ? entries.stream().flatMap(CarriedElevations::id).toList()
                : List.of();
    }

    private static Stream<String> id(Object entry) {
        return entry instanceof Map<?, ?> map && map.get("id") instanceof String id && map.containsKey("privilege")
                ? Stream.of(id)
                : Stream.empty();
    }

    /** Says in a token what is mapped to its user for a while, as far as the token does not name it already. */
    public void mark(JsonWebToken token, UserModel user) {
        var named = named(token);
        var others = new Assignments(session, realm, clock)
                .elevationsOf(user).stream().filter(id -> !named.contains(id)).toList();
        if (others.isEmpty()) token.getOtherClaims().remove(MAPPED);
        else token.getOtherClaims().put(MAPPED, others);
    }

    /** Whether all that the token names is in effect in its session. */
    public boolean namedInEffect(JsonWebToken token, UserSessionModel userSession) {
        var named = named(token);
        if (named.isEmpty()) return true;
        return new Elevations(session, realm, clock)
                .inEffect(userSession).stream()
                        .map(Elevation::id)
                        .collect(Collectors.toSet())
                        .containsAll(named);
    }

    /** Whether all that was mapped to the user is so still. */
    public boolean mappedInEffect(JsonWebToken token, UserModel user) {
        if (!(token.getOtherClaims().get(MAPPED) instanceof Collection<?> ids)) return true;
        return ids.isEmpty()
                || new Assignments(session, realm, clock).inEffect(user).containsAll(ids);
    }
}
