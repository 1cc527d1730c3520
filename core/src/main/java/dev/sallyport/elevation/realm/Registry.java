package dev.sallyport.elevation.realm;

import dev.sallyport.access.Subject;
import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.document.Documents;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.ElevationRefusal.Conflict;
import dev.sallyport.elevation.ElevationRefusal.Forbidden;
import dev.sallyport.elevation.ElevationRefusal.Invalid;
import dev.sallyport.elevation.ElevationRefusal.Unknown;
import dev.sallyport.elevation.Lifecycle;
import dev.sallyport.elevation.Requirements;
import dev.sallyport.elevation.Situation;
import dev.sallyport.elevation.Status;
import dev.sallyport.elevation.Step;
import dev.sallyport.lock.Lock;
import dev.sallyport.lock.realm.LockProvider;
import dev.sallyport.privilege.BoundTo;
import dev.sallyport.privilege.Privilege;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import dev.sallyport.session.realm.Reevaluation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ModelDuplicateException;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** What all operations have in common: the elevations of a realm, what their rules ask for, and the record of what is done. */
record Registry(KeycloakSession session, RealmModel realm, Clock clock, JpaElevationStore store, Turns turns) {

    private static final Duration DAY = Duration.ofDays(1);

    Registry(KeycloakSession session, RealmModel realm, Clock clock) {
        this(session, realm, clock, new JpaElevationStore(session, realm), new Turns(session, realm));
    }

    /** In whole milliseconds, as times are kept. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    Elevation read(String id) {
        return store.find(id).map(found -> found.at(now())).orElseThrow(Unknown::new);
    }

    <R> Attempt<R> attempt(Runnable turn, Supplier<Attempt.Plan<R>> plan) {
        return new Attempt<>(turn, plan, session.getTransactionManager()::setRollbackOnly);
    }

    /** It is this transaction's turn to change what this user has or asks for. */
    void turnOf(String userId) {
        turns.ofUser(userId);
        store.openOf(userId).forEach(this::settle);
    }

    /**
     * Takes note of what the clock did to what the one has to whom an elevation belongs.
     *
     * @return whether that is noted now; if not, somebody who acts for them is about to
     */
    boolean settleIfFree(String id) {
        var requester = store.requester(id);
        if (requester.isEmpty()) return true;
        if (!turns.ofUserIfFree(requester.get())) return false;
        store.openOf(requester.get()).forEach(this::settle);
        return true;
    }

    /** As {@link #turnOf}, for the one whom an elevation belongs to. */
    void turnAt(String id) {
        store.requester(id).ifPresent(this::turnOf);
        store.locked(id);
    }

    Privilege privilege(String name) {
        return PrivilegeProvider.find(realm, name).orElseThrow(Unknown::new);
    }

    Optional<UserModel> user(String id) {
        return Optional.ofNullable(session.users().getUserById(realm, id));
    }

    Subject subject(UserModel user) {
        return OwnSubject.of(session, realm, user);
    }

    /** Whether the user may have it, by the rule under which it was asked for. */
    boolean eligible(UserModel user, Privilege privilege, boolean emergency, Instant now) {
        return Roster.person(user) && Requirements.eligible(privilege, emergency, subject(user), now);
    }

    boolean locked(String userId, Set<String> devices, Optional<String> privilege) {
        var now = now();
        if (!LockProvider.bars(realm, userId, devices, now).isEmpty()) return true;
        return privilege.isPresent()
                && LockProvider.locks(realm).stream()
                        .anyMatch(held -> held instanceof Lock.Valid valid
                                && valid.inForce(now)
                                && valid.lock().privilege().equals(privilege));
    }

    boolean editor(String userId, Privilege privilege) {
        return PrivilegeProvider.barred(realm, privilege.name(), userId);
    }

    /**
     * How things stand for a user who would have that elevation.
     *
     * @param devices what the device in front of us proved to be
     */
    Situation situation(Privilege privilege, Elevation wished, Set<String> devices) {
        var now = now();
        var others = store.openOf(wished.requester()).stream()
                .map(other -> other.at(now))
                .filter(other -> other.status().open() && !other.id().equals(wished.id()))
                .toList();
        var conflicting = others.stream()
                .filter(other -> other.status() != Status.PENDING)
                .map(Elevation::privilege)
                .filter(other -> incompatible(privilege, other))
                .distinct()
                .sorted()
                .toList();
        long waiting =
                others.stream().filter(other -> other.status() != Status.ACTIVE).count();
        boolean emergency = wished.emergency();
        return new Situation(
                locked(wished.requester(), devices, Optional.of(privilege.name())),
                editor(wished.requester(), privilege),
                conflicting,
                others.stream().anyMatch(other -> other.inTheWayOf(wished) && !givesWay(other, wished, privilege)),
                waiting,
                emergency ? store.emergencies(privilege.name(), now.minus(DAY)) : 0,
                emergency && unreviewed(wished.requester()));
    }

    /** Whether a request can only be withdrawn, since the privilege has changed, and so is when its user asks anew. */
    static boolean givesWay(Elevation other, Elevation wished, Privilege privilege) {
        return other.status() == Status.PENDING
                && wished.status() == Status.PENDING
                && other.extending().isEmpty()
                && !other.asAskedFor(privilege);
    }

    private boolean incompatible(Privilege privilege, String other) {
        return privilege.incompatibleWith().contains(other)
                || PrivilegeProvider.find(realm, other)
                        .filter(held -> held.incompatibleWith().contains(privilege.name()))
                        .isPresent();
    }

    // NB. Nobody could review what an emergency of a privilege was that is gone, so it must not block for ever.
    private boolean unreviewed(String userId) {
        return store.unreviewed(userId).stream().anyMatch(name -> PrivilegeProvider.find(realm, name)
                .flatMap(Privilege::emergency)
                .isPresent());
    }

    /** Takes note of what the clock did, with its record. */
    Elevation settle(Elevation before) {
        var now = now();
        var after = before.at(now);
        if (after.status() == before.status()) return before;
        if (after.status() == Status.ACTIVE && !(there(before) && asAskedFor(before))) {
            var deferred = Lifecycle.apply(before, new Step.Defer(), now);
            store.save(before, deferred);
            return deferred;
        }
        store.save(before, after);
        var type =
                switch (after.status()) {
                    case ACTIVE -> "elevation.activated";
                    case EXPIRED -> "elevation.expired";
                    default -> "elevation.ended";
                };
        record(type, after, Optional.empty(), entry -> entry);
        touched(after);
        return after;
    }

    private boolean asAskedFor(Elevation elevation) {
        return PrivilegeProvider.find(realm, elevation.privilege())
                .filter(elevation::asAskedFor)
                .isPresent();
    }

    /** @throws Conflict if what was asked for, and perhaps agreed to, was another thing under the same name */
    static void requireAsAskedFor(Elevation elevation, Privilege privilege) {
        if (!elevation.asAskedFor(privilege)) throw changed();
    }

    /** As {@link #requireAsAskedFor}, of what is had already: whoever has to agree now need not have agreed. */
    static void requireStillGrants(Elevation elevation, Privilege privilege) {
        if (!elevation.stillGrants(privilege)) throw changed();
    }

    private static Conflict changed() {
        return new Conflict("The privilege has changed since it was asked for; ask for it again.");
    }

    /**
     * Whether what the elevation is bound to is there to have it: of a session, the one that asked for it, or the login that asked
     * for it and waits. Nobody would have what begins in another one, and it would be in the way of a new request.
     */
    boolean there(Elevation elevation) {
        return elevation.boundTo() != BoundTo.SESSION
                || elevation
                        .sessionId()
                        .filter(id -> asked(id, elevation.id()) || awaited(id, elevation.id()))
                        .isPresent();
    }

    private boolean asked(String sessionId, String elevationId) {
        return Optional.ofNullable(session.sessions().getUserSession(realm, sessionId))
                .filter(found -> Asked.in(found).has(elevationId))
                .isPresent();
    }

    private boolean awaited(String loginId, String elevationId) {
        return Optional.ofNullable(session.authenticationSessions().getRootAuthenticationSession(realm, loginId))
                .stream()
                .flatMap(login -> login.getAuthenticationSessions().values().stream())
                .anyMatch(tab -> Asked.awaited(tab, elevationId, now()));
    }

    void add(Elevation elevation, Collection<String> approvers) {
        try {
            store.add(elevation, approvers);
        } catch (ModelDuplicateException e) {
            session.getTransactionManager().setRollbackOnly();
            throw new Conflict("There is one already.");
        }
    }

    /** Appends the entry of an act, and has those told whom it concerns. Whoever is not named acted by the server itself. */
    void record(String type, Elevation elevation, Optional<UserModel> by, UnaryOperator<AuditEntries> details) {
        var entry = by.map(actor -> AuditEntries.of(session, type).by(actor))
                .orElseGet(() -> AuditEntries.system(session, type));
        user(elevation.requester()).ifPresentOrElse(entry::about, () -> entry.about("user", elevation.requester()));
        entry.elevation(elevation.id())
                .in(elevation.sessionId())
                .on(elevation.deviceId())
                .with("privilege", elevation.privilege())
                .with("status", elevation.status().id());
        elevation.endedBy().ifPresent(why -> entry.with("endedBy", why.id()));
        elevation.end().ifPresent(end -> entry.with("end", end));
        new JpaAuditLog(session, realm).append(details.apply(entry).at(clock));
        new Post(this).about(type, elevation, by);
    }

    /** Has the sessions looked at again that have, or had, the elevation. */
    void touched(Elevation elevation) {
        session.removeAttribute(InEffect.CACHE);
        new Assignments(session, realm, clock).follow(elevation);
        if (user(elevation.requester()).isPresent()) Reevaluation.ofUser(session, realm, elevation.requester());
    }

    /** @throws Invalid if the text cannot be kept */
    static void text(String field, Optional<String> text) {
        text.flatMap(given -> Documents.textFault(given, Documents.MAX_TEXT)).ifPresent(fault -> {
            throw new Invalid(field, fault);
        });
    }

    static void refuseImpersonated(Actor actor) {
        if (actor.impersonated()) {
            throw new Forbidden("Nobody asks, decides or ends anything in somebody else's place.", List.of());
        }
    }
}
