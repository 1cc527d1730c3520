package dev.sallyport.policy;

import dev.sallyport.elevation.realm.CarriedElevations;
import dev.sallyport.elevation.realm.ElevatedAccess;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.representations.IDToken;

/** What a token says of the elevations that it carries, and how long it may live with them. */
final class Elevated {

    /** The attribute of a token's making that keeps what it carries, once the roles are in. */
    private static final String CARRIED = "sallyport.elevations";

    private Elevated() {}

    static void remember(ClientSessionContext context, List<ElevatedAccess> elevated) {
        if (!elevated.isEmpty()) context.setAttribute(CARRIED, elevated);
    }

    @SuppressWarnings("unchecked")
    static List<ElevatedAccess> carried(ClientSessionContext context) {
        return Optional.ofNullable((List<ElevatedAccess>) context.getAttribute(CARRIED, List.class))
                .orElse(List.of());
    }

    /** Names the elevations in the token, and lets it end before they do. */
    static void into(IDToken token, List<ElevatedAccess> elevated) {
        claim(token, elevated);
        var issued = Instant.ofEpochSecond(TokenLife.issued(token));
        elevated.forEach(access -> TokenLife.limit(token, access.until(issued)));
    }

    static void claim(IDToken token, List<ElevatedAccess> elevated) {
        if (elevated.isEmpty()) return;
        token.getOtherClaims()
                .put(
                        CarriedElevations.CLAIM,
                        elevated.stream().map(Elevated::entry).toList());
    }

    private static Map<String, Object> entry(ElevatedAccess access) {
        var elevation = access.elevation();
        var entry = new LinkedHashMap<String, Object>();
        entry.put("id", elevation.id());
        entry.put("privilege", elevation.privilege());
        elevation.end().ifPresent(end -> entry.put("exp", end.getEpochSecond()));
        return entry;
    }
}
