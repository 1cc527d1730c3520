package dev.sallyport.watch.realm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.access.realm.SessionOrigin;
import dev.sallyport.audit.AuditEntry;
import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.AuditLog.DeviceSpan;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.device.realm.DeviceRecognition;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.realm.Elevations;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import dev.sallyport.session.realm.SessionIndex;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.keycloak.models.ImpersonationSessionNote;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.UserSessionModel.SessionPersistenceState;

/** The privileged sessions of a realm: which they are, and where their records begin and end. */
public record PrivilegedSessions(KeycloakSession session, RealmModel realm, Clock clock) {

    /** The event listener that a realm's setup switches on. */
    private static final String LISTENER = "sallyport";

    /** The note of a user session whose record has begun; it says whether the session is listed, too. */
    private static final String RECORDED = "sallyport.recorded";

    private static final String BEGUN = "begun";
    private static final String LISTED = "listed";

    private static final String STARTED = "session.started";
    private static final String ENDED = "session.ended";
    private static final String KILLED = "session.killed";
    private static final int PAGE = 200;

    public PrivilegedSessions(KeycloakSession session, RealmModel realm) {
        this(session, realm, Clock.systemUTC());
    }

    /**
     * Why a session is privileged.
     *
     * @param holdings roles and groups that its user holds
     * @param elevations those in effect in it
     */
    public record Privileged(List<String> holdings, List<Elevation> elevations) {

        public boolean none() {
            return holdings.isEmpty() && elevations.isEmpty();
        }
    }

    /**
     * One of them, as it is now.
     *
     * @param clients the client ids of its applications, which the session itself does not know here
     */
    public record Listed(
            UserSessionModel userSession, List<String> clients, boolean online, boolean offline, Privileged why) {}

    /**
     * Whether anything is recorded of the realm's sessions.
     *
     * <p>NB. Also where somebody took the listener off the realm's list, as long as there are privileges.
     */
    public static boolean recorded(RealmModel realm) {
        return realm.getEventsListenersStream().anyMatch(LISTENER::equals)
                || !PrivilegeProvider.held(realm).isEmpty();
    }

    /** Why it is privileged now. */
    public Privileged why(UserSessionModel userSession) {
        return why(userSession.getUser(), () -> Optional.of(userSession));
    }

    /**
     * The same for the session of an event.
     *
     * @param userSession only asked for where it matters
     */
    public Privileged why(UserModel user, Supplier<Optional<UserSessionModel>> userSession) {
        var holdings = new PrivilegedUser(realm, user).holdings();
        var elevations = new Elevations(session, realm, clock);
        List<Elevation> inEffect = elevations.mayBeInEffect(user)
                ? userSession.get().map(elevations::inEffect).orElse(List.of())
                : List.of();
        return new Privileged(holdings, inEffect);
    }

    /**
     * Takes note that a session is privileged, and begins its record where there is none.
     *
     * @return whether it began now
     */
    public boolean watch(UserSessionModel userSession, Privileged why) {
        if (userSession.getPersistenceState() == SessionPersistenceState.TRANSIENT) return false;
        var before = userSession.getNote(RECORDED);
        var after = why.none() && !LISTED.equals(before) ? BEGUN : LISTED;
        if (after.equals(before)) return false;
        if (!why.none()) new SessionIndex(session, realm).watch(userSession);
        userSession.setNote(RECORDED, after);
        if (before != null) return false;
        new JpaAuditLog(session, realm).append(started(userSession, why));
        return true;
    }

    /** As {@link #watch(UserSessionModel, Privileged)}, if it is privileged now. */
    public void watch(UserSessionModel userSession) {
        if (LISTED.equals(userSession.getNote(RECORDED)) || userSession.getUser() == null || !recorded(realm)) return;
        var why = why(userSession);
        if (!why.none()) watch(userSession, why);
    }

    /** As {@link #watch(UserSessionModel)}, by id; nothing for one that is over. */
    public void watch(String sessionId) {
        online(sessionId).or(() -> offline(sessionId)).ifPresent(this::watch);
    }

    /**
     * Whether somebody else may be, or have been, in that session in the place of that user.
     *
     * <p>NB. A later login of the same browser may get the id of the session before, so whatever is known of the id counts.
     */
    public boolean stoodIn(String sessionId, String userId) {
        boolean now = Stream.of(online(sessionId), offline(sessionId))
                .flatMap(Optional::stream)
                .filter(found -> userId.equals(found.getUser().getId()))
                .anyMatch(found -> SessionOrigin.standsIn(session, found)
                        && impersonator(found).filter(userId::equals).isEmpty());
        return now
                || new JpaAuditLog(session, realm)
                        .newestOfSession(sessionId, List.of(STARTED), PAGE).stream()
                                .filter(record ->
                                        record.at("/actor/id").asText().equals(userId))
                                .map(record -> record.path("details"))
                                .anyMatch(details -> details.path("standsIn").asBoolean()
                                        && !details.path("impersonator")
                                                .asText()
                                                .equals(userId));
    }

    private static Optional<String> impersonator(UserSessionModel userSession) {
        return Optional.ofNullable(userSession.getNote(ImpersonationSessionNote.IMPERSONATOR_ID.toString()));
    }

    private AuditEntry started(UserSessionModel userSession, Privileged why) {
        var entry = AuditEntries.of(session, STARTED)
                .by(userSession.getUser())
                .in(userSession)
                .on(DeviceRecognition.startedOn(userSession).stream().findFirst())
                .with("since", Instant.ofEpochSecond(userSession.getStarted()))
                .with("holdings", why.holdings())
                .with(
                        "elevations",
                        why.elevations().stream().map(Elevation::privilege).toList())
                .with("offline", userSession.isOffline());
        Optional.ofNullable(userSession.getAuthMethod()).ifPresent(method -> entry.with("method", method));
        // NB. Of the login, which need not have come from where somebody is now.
        Optional.ofNullable(userSession.getIpAddress()).ifPresent(ip -> entry.with("address", ip));
        if (SessionOrigin.standsIn(session, userSession)) entry.with("standsIn", true);
        impersonator(userSession).ifPresent(id -> entry.with("impersonator", id));
        var device = new DeviceRecognition(session, realm, clock)
                .ofSession(userSession, userSession.getUser())
                .known();
        device.flatMap(known -> known.vouched(clock.instant())).ifPresent(posture -> entry.with("posture", posture));
        return entry.at(clock);
    }

    /**
     * Ends the record of a session that is over; nothing where there is none, or where it has ended.
     *
     * @param cause such as {@code logout}
     * @return whether it ended now
     */
    public boolean ended(String sessionId, String cause) {
        var log = new JpaAuditLog(session, realm);
        var open = log.newestOfSession(sessionId, List.of(STARTED, ENDED, KILLED), PAGE).stream()
                .filter(entry -> !partly(entry))
                .findFirst()
                .filter(entry -> entry.path("type").asText().equals(STARTED));
        if (open.isEmpty()
                || online(sessionId).filter(PrivilegedSessions::goesOn).isPresent()) return false;
        if (offline(sessionId).isPresent()) return false;
        var entry = AuditEntries.of(session, ENDED).in(Optional.of(sessionId)).with("cause", cause);
        var whose = open.get().path("actor");
        entry.about(new AuditEntry.Party(
                whose.path("id").asText(),
                Optional.ofNullable(whose.path("name").textValue()),
                whose.path("kind").asText()));
        entry.on(Optional.ofNullable(open.get().path("deviceId").textValue()));
        log.append(entry.at(clock));
        return true;
    }

    private static boolean goesOn(UserSessionModel userSession) {
        var state = userSession.getState();
        return state == null || state == UserSessionModel.State.LOGGED_IN;
    }

    /** Whether there is a record of that session, be it over. */
    public Optional<JsonNode> record(String sessionId) {
        return new JpaAuditLog(session, realm)
                .newestOfSession(sessionId, List.of(STARTED), 1).stream().findFirst();
    }

    // NB. Some ends are of a session for some of its applications, and it goes on.
    private static boolean partly(JsonNode entry) {
        return entry.at("/details/extent").asText().equals("clients");
    }

    /**
     * The record of a session, as JSON, oldest first, with what became of its device meanwhile.
     *
     * @return empty when there is neither a record nor a session
     */
    public Optional<List<JsonNode>> timeline(String sessionId, int first, int max) {
        var log = new JpaAuditLog(session, realm);
        var marks = log.newestOfSession(sessionId, List.of(STARTED, ENDED, KILLED), PAGE).stream()
                .filter(entry -> !partly(entry))
                .toList();
        var span = marks.stream()
                .filter(entry -> entry.path("type").asText().equals(STARTED) && entry.hasNonNull("deviceId"))
                .findFirst()
                .map(began -> {
                    var newest = marks.get(0);
                    boolean over = !newest.path("type").asText().equals(STARTED);
                    return new DeviceSpan(
                            began.path("deviceId").asText(),
                            time(began),
                            over ? Optional.of(time(newest)) : Optional.empty());
                });
        var entries = log.timeline(sessionId, span, first, max);
        boolean known = !entries.isEmpty()
                || !log.timeline(sessionId, Optional.empty(), 0, 1).isEmpty()
                || online(sessionId).isPresent()
                || offline(sessionId).isPresent();
        return known ? Optional.of(entries) : Optional.empty();
    }

    private static Instant time(JsonNode entry) {
        return Instant.parse(entry.path("time").asText());
    }

    /** Those that are privileged now, in the order of ids. What nothing was heard of since it became so is not known yet. */
    public List<Listed> list(int first, int max) {
        var index = new SessionIndex(session, realm);
        var found = new ArrayList<Listed>();
        int passed = 0;
        for (var position = SessionIndex.BEGINNING; ; ) {
            var ids = index.watched(position, PAGE);
            for (var listed : new SessionPage(this).of(ids)) {
                if (passed++ < first) continue;
                found.add(listed);
                if (found.size() == max) return found;
            }
            if (ids.size() < PAGE) return found;
            position = ids.get(ids.size() - 1);
        }
    }

    public Optional<UserSessionModel> online(String id) {
        return foreign(session, realm, id)
                ? Optional.empty()
                : Optional.ofNullable(session.sessions().getUserSession(realm, id));
    }

    public Optional<UserSessionModel> offline(String id) {
        return foreign(session, realm, id)
                ? Optional.empty()
                : Optional.ofNullable(session.sessions().getOfflineUserSession(realm, id));
    }

    /**
     * Whether that is the session of who asks, and of another realm.
     *
     * <p>NB. Keycloak finds users by id in what the request has read already, whichever realm that was, and would show an
     * administrator's own session of another realm as one of this.
     */
    public static boolean foreign(KeycloakSession session, RealmModel realm, String id) {
        var own = session.getContext().getUserSession();
        return own != null && own.getId().equals(id) && !own.getRealm().getId().equals(realm.getId());
    }
}
