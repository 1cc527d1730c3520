package dev.sallyport.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sallyport.audit.AuditEntry.Party;
import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.elevation.realm.Elevations;
import dev.sallyport.network.Address;
import dev.sallyport.network.realm.Whereabouts;
import dev.sallyport.watch.Redaction;
import dev.sallyport.watch.realm.PrivilegedSessions;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.keycloak.events.Details;
import org.keycloak.events.Event;
import org.keycloak.events.EventType;
import org.keycloak.models.ImpersonationSessionNote;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;

/** What Keycloak tells of users, as far as it belongs into the record of a privileged session. */
record UserEvents(KeycloakSession session, RealmModel realm) {

    private static final Clock CLOCK = Clock.systemUTC();
    private static final int MOST = 8 * 1024;

    private static final Set<EventType> ENDS = EnumSet.of(EventType.LOGOUT, EventType.USER_SESSION_DELETED);

    /** What resource servers ask of tokens again and again says nothing of what anybody does. */
    private static final Set<EventType> ASKED_OF_TOKENS = EnumSet.of(
            EventType.INTROSPECT_TOKEN,
            EventType.INTROSPECT_TOKEN_ERROR,
            EventType.USER_INFO_REQUEST,
            EventType.USER_INFO_REQUEST_ERROR);

    /** Whether it tells that something is over. */
    static boolean ends(Event event) {
        return ENDS.contains(event.getType());
    }

    void record(Event event) {
        if (ASKED_OF_TOKENS.contains(event.getType())) return;
        if (event.getError() != null) refused(event);
        else if (ENDS.contains(event.getType()) && event.getSessionId() != null) ended(event);
        else if (event.getUserId() != null) happened(event);
    }

    private void happened(Event event) {
        var user = session.users().getUserById(realm, event.getUserId());
        var sessions = new PrivilegedSessions(session, realm);
        if (user == null) {
            // NB. Whoever deletes their own account.
            if (event.getSessionId() != null
                    && sessions.record(event.getSessionId()).isPresent()) {
                var entry = entry(event, Optional.empty()).by(Party.of("user", event.getUserId()));
                new Recording(session, realm).append(entry.at(CLOCK));
            }
            return;
        }
        var why = sessions.why(user, () -> userSession(event));
        if (why.none()) {
            if (event.getType() == EventType.LOGIN) begin(event, user, sessions, why);
            return;
        }
        var userSession = userSession(event);
        boolean began = userSession.map(found -> sessions.watch(found, why)).orElse(false);
        // NB. A record that begins with a login tells of it already, but not through which client it came.
        var entry = entry(event, Optional.of(user));
        if (began) entry.with("begins", true);
        fromBrowser(event).ifPresent(from -> entry.with("from", from));
        new Recording(session, realm).append(entry.at(CLOCK));
    }

    // NB. Who may be elevated in the session that begins here is to be found in its record from the beginning.
    private void begin(Event event, UserModel user, PrivilegedSessions sessions, PrivilegedSessions.Privileged none) {
        if (!new Elevations(session, realm, CLOCK).eligible(user)) return;
        userSession(event).ifPresent(found -> sessions.watch(found, none));
    }

    private void ended(Event event) {
        var sessions = new PrivilegedSessions(session, realm);
        var cause = event.getType() == EventType.LOGOUT ? "logout" : "expired";
        if (sessions.ended(event.getSessionId(), cause)) return;
        // NB. Something of it goes on, such as an offline session.
        if (sessions.record(event.getSessionId()).isEmpty()) return;
        new Recording(session, realm).append(entry(event, user(event)).at(CLOCK));
    }

    // NB. Anybody can have a login of anybody refused, as often as they like: repetitions are counted, not kept.
    private void refused(Event event) {
        var user = user(event);
        var sessions = new PrivilegedSessions(session, realm);
        boolean privileged = user.map(found -> sessions.why(found, () -> userSession(event)))
                .filter(why -> !why.none())
                .isPresent();
        boolean known = privileged
                || (event.getSessionId() != null
                        && sessions.record(event.getSessionId()).isPresent());
        if (!known) return;
        var entry = entry(event, user).with("error", Redaction.cut(event.getError()));
        var likeness = String.join(
                "\n",
                event.getType().name(),
                event.getError(),
                String.valueOf(event.getUserId()),
                String.valueOf(event.getSessionId()),
                String.valueOf(event.getClientId()));
        var made = entry.at(CLOCK);
        var log = new JpaAuditLog(session, realm);
        Afterwards.run(session, () -> log.observe(made, likeness));
    }

    private AuditEntries entry(Event event, Optional<UserModel> user) {
        var entry = AuditEntries.of(session, "session.event")
                .in(Optional.ofNullable(event.getSessionId()))
                .through(Optional.ofNullable(event.getClientId()).map(Redaction::cut))
                .with("kind", "user")
                .with("event", event.getType().name());
        user.ifPresent(entry::by);
        details(event.getDetails()).ifPresent(details -> entry.with("details", details));
        impersonator(event).ifPresent(id -> entry.with("impersonatorId", id));
        return entry;
    }

    /**
     * The id of whom the event calls an impersonator.
     *
     * <p>NB. Keycloak tells only what they are called, by which nobody is found who is to be forgotten. An exchange of tokens that
     * is refused tells it before there is a session.
     */
    private Optional<String> impersonator(Event event) {
        var details = Optional.ofNullable(event.getDetails()).orElse(Map.of());
        var name = Optional.ofNullable(details.get(Details.IMPERSONATOR));
        return name.flatMap(called -> userSession(event)
                .map(found -> found.getNote(ImpersonationSessionNote.IMPERSONATOR_ID.toString()))
                .or(() -> Optional.ofNullable(details.get(Details.IMPERSONATOR_REALM))
                        .map(session.realms()::getRealmByName)
                        .or(() -> Optional.of(realm))
                        .map(of -> session.users().getUserByUsername(of, called))
                        .map(UserModel::getId)));
    }

    private static Optional<JsonNode> details(Map<String, String> details) {
        if (details == null || details.isEmpty()) return Optional.empty();
        var node = JsonNodeFactory.instance.objectNode();
        details.forEach((name, value) -> node.put(name, value));
        return Optional.of(Redaction.within(MOST, Redaction.of(node)));
    }

    /** Where the user's own browser or device is, when the request is its own. */
    private Optional<String> fromBrowser(Event event) {
        var client = Optional.ofNullable(event.getClientId()).map(realm::getClientByClientId);
        boolean own = event.getType() == EventType.LOGIN
                || client.filter(found -> found.isPublicClient()).isPresent();
        return own ? new Whereabouts(session, realm).ofRequest().address().map(Address::toString) : Optional.empty();
    }

    private Optional<UserModel> user(Event event) {
        return Optional.ofNullable(event.getUserId()).map(id -> session.users().getUserById(realm, id));
    }

    private Optional<UserSessionModel> userSession(Event event) {
        if (event.getSessionId() == null) return Optional.empty();
        var sessions = new PrivilegedSessions(session, realm);
        return sessions.online(event.getSessionId()).or(() -> sessions.offline(event.getSessionId()));
    }
}
