package dev.sallyport.elevation.realm;

import dev.sallyport.elevation.Delegation;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.EndedBy;
import dev.sallyport.elevation.Review.Outcome;
import dev.sallyport.elevation.Status;
import dev.sallyport.elevation.Vote.Decision;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;

/** A realm's elevations: what can be done about them, and which are in effect. */
public final class Elevations {

    /** Comes before the id of every elevation. */
    public static final String BEGINNING = " ";

    private final Registry registry;

    public Elevations(KeycloakSession session, RealmModel realm, Clock clock) {
        this.registry = new Registry(session, realm, clock);
    }

    /**
     * Which elevations to list.
     *
     * @param status by the clock
     * @param user the id of the requester
     * @param from the first moment of the request
     * @param to the first moment after it
     */
    public record Filter(
            Optional<Status> status,
            Optional<String> user,
            Optional<String> privilege,
            Optional<Instant> from,
            Optional<Instant> to) {

        static Filter of(Optional<Status> status, Optional<String> user) {
            return new Filter(status, user, Optional.empty(), Optional.empty(), Optional.empty());
        }
    }

    /** Asks for a privilege: it is active at once, or waits for its start, or for approvals. */
    public Operation<Elevation> request(Actor actor, Ask ask) {
        return new Requesting(registry).request(actor, ask);
    }

    public Operation<Elevation> approve(Actor actor, String id, Optional<String> comment) {
        return new Deciding(registry).vote(actor, id, Decision.APPROVED, comment);
    }

    public Operation<Elevation> deny(Actor actor, String id, Optional<String> comment) {
        return new Deciding(registry).vote(actor, id, Decision.DENIED, comment);
    }

    /** Withdraws one's own request. */
    public Operation<Elevation> cancel(Actor actor, String id, Optional<String> comment) {
        return new Finishing(registry).cancel(actor, id, comment);
    }

    /** Makes use, in this session, of what was granted for a time that has come. */
    public Operation<Elevation> activate(Actor actor, String id) {
        return new Requesting(registry).activate(actor, id);
    }

    /** Has, in this login, what another one to the same session was granted that does not go on. */
    public Operation<Elevation> takeUp(Actor actor, String id) {
        return new Requesting(registry).takeUp(actor, id);
    }

    /**
     * Prolongs one's own active elevation.
     *
     * @param by how much; the result is a new request where the privilege needs approval
     */
    public Operation<Elevation> extend(Actor actor, String id, Duration by, Optional<String> justification) {
        return new Requesting(registry).extend(actor, id, by, justification);
    }

    /** Ends an active elevation: one's own, or as one of its approvers. */
    public Operation<Elevation> end(Actor actor, String id, Optional<String> comment) {
        return new Finishing(registry).end(actor, id, comment);
    }

    /** Ends whatever an elevation is at, as an administrator. */
    public Operation<Elevation> revoke(UserModel admin, String id, String reason) {
        return new Finishing(registry).revoke(admin, id, reason);
    }

    /** Says, as an officer, what an emergency was. */
    public Operation<Elevation> review(Actor actor, String id, Outcome outcome, Optional<String> comment) {
        return new Deciding(registry).review(actor, id, outcome, comment);
    }

    /** Ends an elevation by itself; nothing happens when it is over already. */
    public void end(String id, EndedBy why) {
        new Finishing(registry).end(id, why);
    }

    /** Has whoever acts for that user, or changes what they have, wait until this transaction is over. */
    public void turnOf(String userId) {
        registry.turnOf(userId);
    }

    /** Has whoever else asks for this turn wait, so that two do not each leave the last administrator to the other. */
    public void turnOfAdministrators() {
        registry.turns().ofAdministrators();
    }

    /** Whether an emergency of that privilege was not reviewed yet. */
    public boolean unreviewed(String privilege) {
        return registry.store().unreviewedOf(privilege);
    }

    /**
     * Takes note of what the clock did to an elevation; nothing happens when that is known.
     *
     * @return whether that is noted now; if not, somebody who acts for its user is about to
     */
    boolean settle(String id) {
        return registry.settleIfFree(id);
    }

    /** Whether the user may have something in one session or another; what was read for this request is not read again. */
    public boolean mayBeInEffect(UserModel user) {
        return new InEffect(registry).possible(user);
    }

    /** Reads what these users may have at once, for whoever asks about each. */
    public void readAhead(Set<String> userIds) {
        new InEffect(registry).readAhead(userIds);
    }

    /** Whether what the elevation is bound to is there to have it, once it is granted. */
    public boolean there(Elevation elevation) {
        return registry.there(elevation);
    }

    /** Whether somebody could ask for a privilege of the realm, in an emergency or not. */
    public boolean eligible(UserModel user) {
        var now = registry.now();
        return PrivilegeProvider.all(registry.realm()).stream()
                .anyMatch(privilege -> registry.eligible(user, privilege, false, now)
                        || registry.eligible(user, privilege, true, now));
    }

    /** What the session has now. */
    public List<Elevation> inEffect(UserSessionModel userSession) {
        return new InEffect(registry).of(userSession);
    }

    /** An elevation as it is by the clock. */
    public Optional<Elevation> find(String id) {
        return registry.store().find(id).map(found -> found.at(registry.now()));
    }

    /** As {@link #find}, if the actor may know of it: as requester, approver, stand-in, or officer of an emergency. */
    public Optional<Elevation> find(Actor actor, String id) {
        return find(id).filter(elevation -> elevation.requester().equals(actor.id()) || concerns(actor, elevation));
    }

    private boolean concerns(Actor actor, Elevation elevation) {
        var privilege = PrivilegeProvider.find(registry.realm(), elevation.privilege());
        if (privilege.isEmpty()) return false;
        var voters = Voters.about(registry, elevation, privilege.get());
        return voters.approver(actor.user())
                || !voters.principals(actor.user()).isEmpty()
                || (elevation.emergency() && new Deciding(registry).officer(actor, privilege.get()));
    }

    /** Newest first. */
    public List<Elevation> ofRequester(UserModel user, Optional<Status> status, int first, int max) {
        return list(Filter.of(status, Optional.of(user.getId())), first, max);
    }

    /**
     * Those on which the user, or somebody for whom the user stands in, is to decide, or was; newest first. Fewer than asked
     * for where the user may not see all of a page any more.
     */
    public List<Elevation> forApprover(Actor actor, Optional<Status> status, int first, int max) {
        var now = registry.now();
        var ids = new HashSet<>(Set.of(actor.id()));
        new Delegations(registry)
                .to(actor.id()).stream()
                        .filter(delegation -> !now.isBefore(delegation.from()))
                        .map(Delegation::approver)
                        .forEach(ids::add);
        return list(Filter.of(status, Optional.empty()), Optional.of(ids), first, max).stream()
                .filter(elevation -> !elevation.requester().equals(actor.id()) && concerns(actor, elevation))
                .toList();
    }

    /** Newest first. */
    public List<Elevation> list(Filter filter, int first, int max) {
        return list(filter, Optional.empty(), first, max);
    }

    private List<Elevation> list(Filter filter, Optional<Set<String>> approvers, int first, int max) {
        var now = registry.now();
        return registry.store().list(filter, approvers, now, first, max).stream()
                .map(elevation -> elevation.at(now))
                .toList();
    }

    /** The ids of what a session may have, or was to have: by the time that was stored, not by the clock. */
    public List<String> grantedIn(String sessionId) {
        return registry.store().grantedIn(sessionId);
    }

    /** As {@link #grantedIn}, of a user. */
    public List<Elevation> grantedTo(String userId) {
        return registry.store().grantedTo(userId);
    }

    /** What a user had of these privileges and lost at that moment or after it; by the clock. */
    List<Elevation> ended(String userId, Set<String> privileges, Instant since) {
        return registry.store().ended(userId, privileges, since, registry.now());
    }

    /** A page of the ids of what is waiting, granted or active of a privilege, in the order of ids. */
    public List<String> openOfPrivilege(String privilege, String after, int max) {
        return registry.store().openOfPrivilege(privilege, after, max);
    }

    public Delegations delegations() {
        return new Delegations(registry);
    }

    /** Ends what a user has who is being removed; the record stays. */
    public static void removed(KeycloakSession session, RealmModel realm, UserModel user) {
        var registry = new Registry(session, realm, Clock.systemUTC());
        if (registry.store().openOf(user.getId()).isEmpty()) return;
        registry.turnOf(user.getId());
        registry.store().openOf(user.getId()).forEach(elevation -> new Finishing(registry)
                .end(elevation.id(), EndedBy.ELIGIBILITY));
    }
}
