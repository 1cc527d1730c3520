package dev.sallyport.elevation.realm;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.EndedBy;
import dev.sallyport.elevation.Status;
import dev.sallyport.privilege.Mode;
import dev.sallyport.privilege.Privilege;
import dev.sallyport.privilege.realm.GivenOutside;
import dev.sallyport.privilege.realm.KnownUser;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import dev.sallyport.request.realm.RequestMemory;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * The mappings that elevations of mode assignment make: real roles and memberships, since Keycloak itself looks for them on
 * the user. Of each there is a lease first, in a transaction of its own, so that whatever stops the server in between, it is
 * known what to take away.
 */
public record Assignments(KeycloakSession session, RealmModel realm, Clock clock) {

    // NB. Longer than any transaction: until then a lease may be of an act that is not committed yet, and somebody may
    // believe in a mapping that was taken away.
    private static final Duration LONGEST_ACT = Duration.ofMinutes(15);

    /** Whether a realm that offers none has some left; asked once a second, and not at every token. */
    private static final Cache<String, Boolean> LEFT = Caffeine.newBuilder()
            .expireAfterWrite(Duration.ofSeconds(1))
            .maximumSize(10_000)
            .build();

    /** The ids of realms where something is mapped for a while. */
    public static List<String> realms(KeycloakSession session) {
        return entities(session)
                .createNamedQuery("realmsWithAssignments", String.class)
                .getResultList();
    }

    /** Has the mappings follow an elevation that has changed. */
    void follow(Elevation elevation) {
        var granted = PrivilegeProvider.find(realm, elevation.privilege())
                .filter(privilege -> privilege.mode() == Mode.ASSIGNMENT && elevation.inEffect(clock.instant()));
        if (granted.isPresent()) make(elevation, granted.get());
        else remove(elevation.id());
    }

    private void make(Elevation elevation, Privilege privilege) {
        var user = session.users().getUserById(realm, elevation.requester());
        if (user == null) return;
        var leased = ofElevation(elevation.id());
        // NB. There are some also where an act failed after them, and is tried again.
        var targets = leased.isEmpty()
                ? leased(elevation, privilege, user)
                : leased.stream()
                        .flatMap(lease -> AssignmentTarget.of(session, realm, lease).stream())
                        .toList();
        GivenOutside.byElevation(session, () -> targets.forEach(target -> target.give(user)));
    }

    private List<AssignmentTarget> leased(Elevation elevation, Privilege privilege, UserModel user) {
        var others = of(user);
        var targets = AssignmentTarget.of(session, realm, privilege).stream()
                // NB. What the user has for good stays when the elevation is over, so it is not leased.
                .filter(target -> !target.had(user) || others.stream().anyMatch(target::is))
                .toList();
        var leases = targets.stream().map(target -> lease(elevation, target)).toList();
        KeycloakModelUtils.runJobInTransaction(
                session.getKeycloakSessionFactory(), own -> leases.forEach(entities(own)::persist));
        return targets;
    }

    private AssignmentEntity lease(Elevation elevation, AssignmentTarget target) {
        var lease = new AssignmentEntity();
        lease.id = UUID.randomUUID().toString();
        lease.realmId = realm.getId();
        lease.elevationId = elevation.id();
        lease.userId = elevation.requester();
        lease.kind = target.kind();
        lease.targetId = target.id();
        lease.leasedAt = clock.millis();
        return lease;
    }

    private void remove(String elevationId) {
        var found = ofElevation(elevationId);
        if (found.isEmpty()) return;
        var userId = found.get(0).userId();
        // NB. Two that end at once and gave the same would each leave it to the other.
        new Turns(session, realm).ofUser(userId);
        // NB. Somebody may have taken them away while this was waiting.
        var leases = ofElevation(elevationId);
        entities(session)
                .createNamedQuery("takeAssignments")
                .setParameter("realmId", realm.getId())
                .setParameter("elevationId", elevationId)
                .setParameter("now", clock.millis())
                .executeUpdate();
        var user = Optional.ofNullable(session.users().getUserById(realm, userId));
        // NB. This also sees to what this transaction may still believe of what was taken in the meantime.
        var others = user.map(this::of).orElse(List.of()).stream()
                .filter(lease -> known(lease.elevationId()))
                .toList();
        for (var lease : leases) {
            var target = AssignmentTarget.of(session, realm, lease);
            if (target.isEmpty() || others.stream().anyMatch(target.get()::is)) continue;
            user.ifPresent(target.get()::take);
        }
        entities(session).flush();
    }

    /**
     * Takes from the user what they have no longer, before anything is made of it.
     *
     * @return whether something was made of it already that shows what they have no longer
     */
    public boolean settle(UserModel user) {
        if (!possible()) return false;
        var over = elevations(of(user)).filter(this::over).toList();
        over.forEach(this::remove);
        var known = new KnownUser(session, user);
        boolean outdated = known.wasOutdated();
        known.corrected();
        return outdated || !over.isEmpty();
    }

    /** The moment at which the user loses the first of what they have for a while; empty when there is nothing. */
    public Optional<Instant> firstEnd(UserModel user) {
        if (!possible()) return Optional.empty();
        var elevations = new Elevations(session, realm, clock);
        var end = elevations(of(user))
                .flatMap(id -> elevations.find(id).stream())
                .flatMap(elevation -> elevation.end().stream())
                .min(Instant::compareTo);
        return new KnownUser(session, user).wasOutdated() ? Optional.of(clock.instant()) : end;
    }

    /** The ids of the elevations by which something is mapped to the user. */
    List<String> elevationsOf(UserModel user) {
        return possible() ? elevations(of(user)).sorted().toList() : List.of();
    }

    private static Stream<String> elevations(List<Lease> leases) {
        return leases.stream().map(Lease::elevationId).distinct();
    }

    /** As {@link #elevationsOf}, without those that are over, though their mappings may still be there. */
    Set<String> inEffect(UserModel user) {
        return elevationsOf(user).stream().filter(id -> !over(id)).collect(Collectors.toUnmodifiableSet());
    }

    // NB. Not only as long as there is a privilege that makes them: whoever deletes or breaks the last one must not
    // keep what it has made.
    private boolean possible() {
        boolean offered = PrivilegeProvider.held(realm).stream()
                .flatMap(held -> held.privilege().stream())
                .anyMatch(privilege -> privilege.mode() == Mode.ASSIGNMENT);
        // NB. Or what was known from before the first one was offered would hold for a second after the last one.
        if (offered) LEFT.put(realm.getId(), true);
        return offered || LEFT.get(realm.getId(), id -> realms(session).contains(id));
    }

    /** A page of the elevations by which something is mapped, in the order of ids. */
    public List<String> elevations(String after, int size) {
        return entities(session)
                .createNamedQuery("assignedElevations", String.class)
                .setParameter("realmId", realm.getId())
                .setParameter("after", after)
                .setMaxResults(size)
                .getResultList();
    }

    /** Takes away what is mapped by an elevation that nobody has any more. */
    public void sweep(String elevationId) {
        // NB. What cannot be told now is looked at again, and refused at every door until then.
        if (over(elevationId, new Standings(session, realm, clock)::clearlyLost) || neverMade(elevationId)) {
            remove(elevationId);
        }
    }

    private boolean neverMade(String elevationId) {
        if (known(elevationId)) return false;
        var leases = ofElevation(elevationId);
        return !leases.isEmpty()
                && new Turns(session, realm).ofUserIfFree(leases.get(0).userId())
                && !known(elevationId);
    }

    /**
     * Whether there is the elevation that a lease is of. Asked by who has its user's turn, that is for good: whoever makes a mapping has
     * it until both are committed. So the act that left a lease alone was never completed, and keeps nothing.
     */
    private boolean known(String elevationId) {
        return new Elevations(session, realm, clock).find(elevationId).isPresent();
    }

    private boolean over(String elevationId) {
        return over(elevationId, new Standings(session, realm, clock)::lost);
    }

    private boolean over(String elevationId, Function<Elevation, Optional<EndedBy>> lost) {
        var elevation = new Elevations(session, realm, clock).find(elevationId);
        if (elevation.filter(found -> found.inEffect(clock.instant())).isPresent()) {
            return lost.apply(elevation.get()).isPresent();
        }
        return elevation.filter(found -> found.status() == Status.ENDED).isPresent() || abandoned(elevationId);
    }

    private boolean abandoned(String elevationId) {
        var before = clock.instant().minus(LONGEST_ACT).toEpochMilli();
        return ofElevation(elevationId).stream().allMatch(lease -> lease.leasedAt() < before);
    }

    /** Forgets mappings that were taken away so long ago that nobody still believes in them. */
    public void forget() {
        entities(session)
                .createNamedQuery("forgetAssignments")
                .setParameter("realmId", realm.getId())
                .setParameter("before", clock.instant().minus(LONGEST_ACT).toEpochMilli())
                .executeUpdate();
    }

    /** Whether a user has the role or group of that id only for a while; asked for many, of what is so now. */
    public BiPredicate<UserModel, String> leased() {
        var leases = leases("assignmentsOfRealm", Map.of()).stream()
                .map(lease -> lease.userId() + " " + lease.targetId())
                .collect(Collectors.toUnmodifiableSet());
        return (user, target) -> leases.contains(user.getId() + " " + target);
    }

    /**
     * What the user has only for a while. What this request knows of the user is not older, afterwards, than what is told here: of
     * what was taken away meanwhile there is no lease, so it would look like something that they have for good.
     */
    List<Lease> of(UserModel user) {
        return live(user, all(user));
    }

    private List<Lease> all(UserModel user) {
        return leases("assignmentsOfUser", Map.of("userId", user.getId()));
    }

    private List<Lease> live(UserModel user, List<Lease> leases) {
        var live = leases.stream().filter(Lease::live).toList();
        var taken = leases.stream()
                .map(Lease::targetId)
                .filter(id -> live.stream().map(Lease::targetId).noneMatch(id::equals))
                .collect(Collectors.toUnmodifiableSet());
        new KnownUser(session, user).doubt(taken);
        return live;
    }

    /** As {@link #of(UserModel)}, for whoever only looks. */
    List<Lease> seen(UserModel user) {
        return live(user, memory().get(user.getId()).orElseGet(() -> all(user)));
    }

    /** Reads what these users have for a while at once, for whoever asks in this request about each. */
    void readAhead(Set<String> userIds) {
        if (userIds.isEmpty()) return;
        var found = leases("assignmentsOfUsers", Map.of("userIds", userIds)).stream()
                .collect(Collectors.groupingBy(Lease::userId));
        userIds.forEach(id -> memory().put(id, found.getOrDefault(id, List.of())));
    }

    private RequestMemory<List<Lease>> memory() {
        return new RequestMemory<>(session, realm, "sallyport.assignments");
    }

    private List<Lease> ofElevation(String elevationId) {
        return leases("assignmentsOfElevation", Map.of("elevationId", elevationId));
    }

    private List<Lease> leases(String query, Map<String, ?> which) {
        var select = entities(session).createNamedQuery(query, Object[].class).setParameter("realmId", realm.getId());
        which.forEach(select::setParameter);
        return Lease.of(select.getResultStream());
    }

    private static EntityManager entities(KeycloakSession session) {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
