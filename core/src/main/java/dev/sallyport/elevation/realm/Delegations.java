package dev.sallyport.elevation.realm;

import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.elevation.Analysis;
import dev.sallyport.elevation.Delegation;
import dev.sallyport.elevation.ElevationRefusal.Forbidden;
import dev.sallyport.elevation.ElevationRefusal.Invalid;
import dev.sallyport.elevation.ElevationRefusal.Unknown;
import dev.sallyport.elevation.Requirements;
import dev.sallyport.elevation.realm.Attempt.Plan;
import dev.sallyport.privilege.Approval;
import dev.sallyport.privilege.Privilege;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.UserModel;

/** Who stands in for which approver. */
public final class Delegations {

    private static final int MOST = 50;
    private static final Duration LONGEST = Duration.ofDays(366);

    private final Registry registry;

    Delegations(Registry registry) {
        this.registry = registry;
    }

    /** Those of the user, as the one who gave or as the one who stands in, that are not over. */
    public List<Delegation> of(UserModel user) {
        return Stream.concat(by(user.getId()).stream(), to(user.getId()).stream())
                .toList();
    }

    private List<Delegation> by(String userId) {
        return query("delegationsBy", userId);
    }

    List<Delegation> to(String userId) {
        return query("delegationsTo", userId);
    }

    /** The ids of those who may stand in now for one of the approvers. */
    Set<String> standIns(Set<String> approvers, String privilege) {
        if (approvers.isEmpty()) return Set.of();
        var now = registry.now();
        return entities()
                .createNamedQuery("delegationsOf", DelegationEntity.class)
                .setParameter("realmId", registry.realm().getId())
                .setParameter("userIds", approvers)
                .setParameter("now", now.toEpochMilli())
                .getResultStream()
                .map(Delegations::delegation)
                .filter(delegation -> delegation.covers(privilege, now))
                .map(Delegation::delegate)
                .filter(id -> registry.user(id)
                        .flatMap(user -> PrivilegeProvider.find(registry.realm(), privilege)
                                .filter(found -> mayStandIn(user, found)))
                        .isPresent())
                .collect(Collectors.toUnmodifiableSet());
    }

    private List<Delegation> query(String name, String userId) {
        return entities()
                .createNamedQuery(name, DelegationEntity.class)
                .setParameter("realmId", registry.realm().getId())
                .setParameter("userId", userId)
                .setParameter("now", registry.now().toEpochMilli())
                .getResultStream()
                .map(Delegations::delegation)
                .toList();
    }

    /**
     * Makes somebody the actor's stand-in.
     *
     * @param to a username
     * @param privileges names; empty for all
     */
    public Operation<Delegation> create(Actor actor, String to, List<String> privileges, Instant from, Instant until) {
        return registry.attempt(
                () -> registry.turns().ofUser(actor.id()), () -> plan(actor, to, privileges, from, until));
    }

    private Plan<Delegation> plan(Actor actor, String to, List<String> privileges, Instant from, Instant until) {
        Registry.refuseImpersonated(actor);
        checkTime(from, until);
        var handed = privileges.isEmpty() ? PrivilegeProvider.all(registry.realm()) : named(privileges);
        var own = handed.stream()
                .filter(privilege -> approves(actor.user(), privilege))
                .toList();
        // NB. Whoever has no duty is told nothing of who has.
        if (own.isEmpty() || (!privileges.isEmpty() && own.size() < handed.size())) throw new Unknown();
        var delegate = Optional.ofNullable(registry.session().users().getUserByUsername(registry.realm(), to))
                .filter(Roster::person)
                .filter(user -> !user.getId().equals(actor.id()))
                .orElseThrow(() -> new Invalid("to", "must be somebody else who can stand in"));
        var possible = own.stream()
                .filter(privilege -> mayStandIn(delegate, privilege))
                .toList();
        if (possible.isEmpty() || (!privileges.isEmpty() && possible.size() < own.size())) {
            throw new Invalid("to", "must be somebody else who can stand in");
        }
        if (by(actor.id()).size() >= MOST) throw new Forbidden("There are " + MOST + " already.", List.of());
        var delegation = new Delegation(
                UUID.randomUUID().toString(), actor.id(), delegate.getId(), privileges, millis(from), millis(until));
        return new Plan<>(strength(actor, possible), () -> {
            entities().persist(row(delegation));
            record("delegation.created", actor, delegation);
            return delegation;
        });
    }

    private void checkTime(Instant from, Instant until) {
        if (!until.isAfter(from)) throw new Invalid("until", "must be after from");
        if (!until.isAfter(registry.now())) throw new Invalid("until", "must be in the future");
        if (until.isAfter(registry.now().plus(LONGEST))) {
            throw new Invalid("until", "must not be more than " + LONGEST.toDays() + " days ahead");
        }
    }

    private List<Privilege> named(List<String> names) {
        return names.stream().distinct().map(registry::privilege).toList();
    }

    private boolean approves(UserModel user, Privilege privilege) {
        return Roster.person(user)
                && !registry.editor(user.getId(), privilege)
                && privilege
                        .approval()
                        .filter(rule -> rule.approvers().include(registry.subject(user)))
                        .isPresent();
    }

    private boolean mayStandIn(UserModel user, Privilege privilege) {
        return privilege
                .approval()
                .flatMap(Approval::delegates)
                .filter(people -> people.include(registry.subject(user)))
                .isPresent();
    }

    // NB. Or a session that is too weak to approve could have somebody else approve.
    private Analysis strength(Actor actor, List<Privilege> privileges) {
        boolean locked = registry.locked(
                actor.id(), actor.device().deviceId().map(Set::of).orElse(Set.of()), Optional.empty());
        return privileges.stream()
                .map(privilege -> Requirements.toDecide(
                        privilege, actor.authentication(), actor.device(), locked, false, registry.now()))
                .reduce(new Analysis(List.of(), List.of()), Analysis::and);
    }

    /** Takes it back, or, as the stand-in, gives it back. */
    public void remove(Actor actor, String id) {
        var row = Optional.ofNullable(entities().find(DelegationEntity.class, id))
                .filter(found -> found.realmId.equals(registry.realm().getId()))
                .filter(found -> found.approverId.equals(actor.id()) || found.delegateId.equals(actor.id()))
                .orElseThrow(Unknown::new);
        Registry.refuseImpersonated(actor);
        entities().remove(row);
        record("delegation.ended", actor, delegation(row));
    }

    private void record(String type, Actor actor, Delegation delegation) {
        var entry = AuditEntries.of(registry.session(), type)
                .by(actor.user())
                .in(actor.sessionId())
                .with("delegation", delegation.id())
                .with("approver", delegation.approver())
                .with("delegate", delegation.delegate())
                .with("privileges", delegation.privileges())
                .with("from", delegation.from())
                .with("until", delegation.until());
        registry.user(delegation.delegate()).ifPresent(entry::about);
        new JpaAuditLog(registry.session(), registry.realm()).append(entry.at(registry.clock()));
    }

    private DelegationEntity row(Delegation delegation) {
        var row = new DelegationEntity();
        row.id = delegation.id();
        row.realmId = registry.realm().getId();
        row.approverId = delegation.approver();
        row.delegateId = delegation.delegate();
        row.privileges = delegation.privileges().isEmpty() ? null : String.join(" ", delegation.privileges());
        row.fromAt = delegation.from().toEpochMilli();
        row.untilAt = delegation.until().toEpochMilli();
        return row;
    }

    private static Delegation delegation(DelegationEntity row) {
        return new Delegation(
                row.id,
                row.approverId,
                row.delegateId,
                row.privileges == null ? List.of() : List.of(row.privileges.split(" ")),
                Instant.ofEpochMilli(row.fromAt),
                Instant.ofEpochMilli(row.untilAt));
    }

    private static Instant millis(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS);
    }

    private EntityManager entities() {
        return registry.session().getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
