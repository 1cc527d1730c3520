package dev.sallyport.elevation.realm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.elevation.Disuse;
import dev.sallyport.elevation.realm.ElevationHistory.LastUse;
import dev.sallyport.elevation.realm.ElevationHistory.Use;
import dev.sallyport.elevation.realm.PrivilegedUsers.Standing;
import dev.sallyport.risk.realm.LastSignIn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** What people may have, and whether they used it. */
public record DormantPrivileges(KeycloakSession session, RealmModel realm) {

    private static final String STARTED = "session.started";
    private static final List<String> OF_SESSIONS = List.of(STARTED, "session.event");

    /** How many entries are looked at: somebody else's attempts to sign in as that user are among them. */
    private static final int FEW = 20;

    /** By which right somebody may have something. */
    public enum Held {
        /** They may ask for it. */
        ELIGIBLE("eligible"),
        /** They hold it for good. */
        STANDING("standing");

        private final String id;

        Held(String id) {
            this.id = id;
        }

        public String id() {
            return id;
        }
    }

    /**
     * Something that somebody may have.
     *
     * @param name of the privilege, or of the role as {@code role} or {@code client.role}
     * @param lastUsed when the last use of a privilege began
     * @param signedIn when its holder was seen last: at a login, or in a session that is recorded
     */
    public record Holding(
            UserModel user,
            Held held,
            String name,
            Optional<Instant> lastUsed,
            Optional<Instant> signedIn,
            Disuse disuse) {

        /** The last sign of its use that there can be. */
        public Optional<Instant> lastSign() {
            return held == Held.ELIGIBLE ? lastUsed : signedIn;
        }
    }

    /**
     * All that these users may have, with what is known of its use in that time.
     *
     * @param to the first moment after; what was used from then on counts as not used
     */
    public List<Holding> of(Map<UserModel, Standing> found, Instant from, Instant to) {
        var uses = new ElevationHistory(session, realm)
                .lastUses(found.keySet().stream().map(UserModel::getId).toList(), to);
        var holdings = new ArrayList<Holding>();
        found.forEach((user, standing) -> {
            var seen = seen(user.getId());
            for (var privilege : standing.eligible()) {
                var last = Optional.ofNullable(uses.get(new Use(user.getId(), privilege)));
                var disuse = Disuse.ofPrivilege(last.map(LastUse::ended), from);
                holdings.add(new Holding(user, Held.ELIGIBLE, privilege, last.map(LastUse::began), seen, disuse));
            }
            for (var role : standing.roles()) {
                var disuse = Disuse.ofRole(seen, from);
                holdings.add(new Holding(user, Held.STANDING, role, Optional.empty(), seen, disuse));
            }
        });
        return holdings;
    }

    // NB. The history of logins has only those by which somebody's habits are learnt; and who stays in a session for
    // long does not sign in.
    private Optional<Instant> seen(String userId) {
        var recorded = new JpaAuditLog(session, realm)
                .newestOfActor(userId, OF_SESSIONS, Instant.EPOCH, FEW).stream()
                        .filter(entry -> !entry.path("details").has("error") && ownSession(entry))
                        .map(entry -> Instant.parse(entry.path("time").asText()))
                        .findFirst();
        return Stream.concat(LastSignIn.of(session, realm, userId).stream(), recorded.stream())
                .max(Comparator.naturalOrder());
    }

    // NB. What somebody else did in a user's place is no use by that user.
    private boolean ownSession(JsonNode entry) {
        return new JpaAuditLog(session, realm)
                .newestOfSession(entry.path("sessionId").asText(), List.of(STARTED), 1).stream()
                        .noneMatch(started -> started.at("/details/standsIn").asBoolean());
    }
}
