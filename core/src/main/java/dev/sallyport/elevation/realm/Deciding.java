package dev.sallyport.elevation.realm;

import dev.sallyport.elevation.Analysis;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.ElevationRefusal.Forbidden;
import dev.sallyport.elevation.ElevationRefusal.Unknown;
import dev.sallyport.elevation.Lifecycle;
import dev.sallyport.elevation.Requirements;
import dev.sallyport.elevation.Review;
import dev.sallyport.elevation.Review.Outcome;
import dev.sallyport.elevation.Status;
import dev.sallyport.elevation.Step;
import dev.sallyport.elevation.Vote;
import dev.sallyport.elevation.Vote.Decision;
import dev.sallyport.elevation.realm.Attempt.Plan;
import dev.sallyport.privilege.Approval;
import dev.sallyport.privilege.Privilege;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What people do about the elevations of others: approve, deny, review. */
record Deciding(Registry registry) {

    Attempt<Elevation> vote(Actor actor, String id, Decision decision, Optional<String> comment) {
        return registry.attempt(() -> registry.turnAt(id), () -> plan(actor, id, decision, comment));
    }

    private Plan<Elevation> plan(Actor actor, String id, Decision decision, Optional<String> comment) {
        Registry.text("comment", comment);
        var now = registry.now();
        var elevation = registry.read(id);
        if (elevation.requester().equals(actor.id())) {
            throw new Forbidden("Nobody decides on their own request.", List.of());
        }
        var privilege = registry.privilege(elevation.privilege());
        var approval = privilege.approval().orElseThrow(Unknown::new);
        var voters = Voters.about(registry, elevation, privilege);
        var vote = vote(actor, decision, comment, voters, now);
        Registry.refuseImpersonated(actor);
        if (decision == Decision.APPROVED) Registry.requireAsAskedFor(elevation, privilege);

        var step = decision == Decision.APPROVED
                ? new Step.Approve(
                        vote,
                        voters.quorum(approval, vote),
                        registry.there(elevation)
                                && Requirements.beginsWhenApproved(privilege, elevation.requestedAt(), now))
                : new Step.Deny(vote);
        var after = Lifecycle.apply(elevation, step, now);
        boolean granted = decision == Decision.APPROVED && after.status() != Status.PENDING;
        var own = Requirements.toDecide(
                privilege,
                actor.authentication(),
                actor.device(),
                registry.locked(
                        actor.id(), actor.device().deviceId().map(Set::of).orElse(Set.of()), Optional.empty()),
                registry.editor(actor.id(), privilege),
                now);
        var analysis = granted ? own.and(ofRequester(privilege, after, now)) : own;
        // NB. Found out before anything is done: what is thrown later might leave half of it.
        var prolonged = granted
                ? after.extending().map(other -> prolongation(other, after, privilege))
                : Optional.<Prolongation>empty();
        return new Plan<>(analysis, () -> act(actor, elevation, after, vote, granted, prolonged));
    }

    private static Vote vote(Actor actor, Decision decision, Optional<String> comment, Voters voters, Instant now) {
        if (voters.approver(actor.user())) return new Vote(actor.id(), decision, comment, now, Optional.empty());
        var principal = voters.principals(actor.user()).stream().findFirst().orElseThrow(Unknown::new);
        return new Vote(actor.id(), decision, comment, now, Optional.of(principal));
    }

    /** What must hold of the requester, who is not there, at the moment of the last approval. */
    private Analysis ofRequester(Privilege privilege, Elevation after, Instant now) {
        boolean eligible = registry.user(after.requester())
                .filter(user -> registry.eligible(user, privilege, after.emergency(), now))
                .isPresent();
        var situation = registry.situation(
                privilege, after, after.deviceId().map(Set::of).orElse(Set.of()));
        var start = after.start().orElse(now);
        return Analysis.of("eligible", eligible)
                .and(Requirements.toBeGranted(privilege, start, after.duration(), situation));
    }

    /** An active elevation, and when it is to end instead. */
    private record Prolongation(Elevation active, Instant until) {}

    private Prolongation prolongation(String id, Elevation request, Privilege privilege) {
        var active = registry.read(id);
        Registry.requireStillGrants(active, privilege);
        var now = registry.now();
        var latest = now.plus(privilege.activation().maxDuration());
        var wished = active.end().orElse(now).plus(request.duration());
        var until = wished.isBefore(latest) ? wished : latest;
        Lifecycle.apply(active, new Step.Extend(until), now);
        return new Prolongation(active, until);
    }

    private Elevation act(
            Actor actor,
            Elevation before,
            Elevation after,
            Vote vote,
            boolean granted,
            Optional<Prolongation> prolonged) {
        registry.store().save(before, after);
        var type = vote.decision() == Decision.APPROVED ? "elevation.approved" : "elevation.denied";
        registry.record(type, after, Optional.of(actor.user()), entry -> {
            vote.comment().ifPresent(text -> entry.with("comment", text));
            vote.onBehalfOf().ifPresent(principal -> entry.with("onBehalfOf", principal));
            return entry;
        });
        prolonged.ifPresent(
                longer -> Requesting.prolong(registry, longer.active(), longer.until(), actor, after.justification()));
        if (granted && after.status() == Status.ACTIVE) {
            registry.record("elevation.activated", after, Optional.of(actor.user()), entry -> entry);
            registry.touched(after);
        }
        return after;
    }

    /** Whether the actor may end what somebody else has: as one who may approve it, or as an officer of an emergency. */
    boolean mayEnd(Actor actor, Elevation elevation) {
        var user = actor.user();
        if (!Roster.person(user)) return false;
        var privilege = PrivilegeProvider.find(registry.realm(), elevation.privilege());
        if (privilege.isEmpty()) return false;
        if (elevation.emergency() && officer(actor, privilege.get())) return true;
        boolean approves = privilege
                .flatMap(Privilege::approval)
                .map(Approval::approvers)
                .filter(people -> people.include(registry.subject(user)))
                .isPresent();
        return approves
                || !Voters.about(registry, elevation, privilege.get())
                        .principals(user)
                        .isEmpty();
    }

    boolean officer(Actor actor, Privilege privilege) {
        return Roster.person(actor.user())
                && privilege
                        .emergency()
                        .filter(rule -> rule.officers().include(registry.subject(actor.user())))
                        .isPresent();
    }

    Attempt<Elevation> review(Actor actor, String id, Outcome outcome, Optional<String> comment) {
        return registry.attempt(() -> registry.turnAt(id), () -> planReview(actor, id, outcome, comment));
    }

    private Plan<Elevation> planReview(Actor actor, String id, Outcome outcome, Optional<String> comment) {
        Registry.text("comment", comment);
        var now = registry.now();
        var elevation = registry.read(id);
        if (!elevation.emergency()) throw new Unknown();
        boolean own = elevation.requester().equals(actor.id());
        if (!own && !officer(actor, registry.privilege(elevation.privilege()))) throw new Unknown();
        Registry.refuseImpersonated(actor);
        var after = Lifecycle.apply(elevation, new Step.Reviewed(new Review(actor.id(), outcome, comment, now)), now);
        boolean locked = registry.locked(
                actor.id(), actor.device().deviceId().map(Set::of).orElse(Set.of()), Optional.empty());
        return new Plan<>(Analysis.of("lock", !locked), () -> {
            registry.store().save(elevation, after);
            registry.record("emergency.reviewed", after, Optional.of(actor.user()), entry -> {
                comment.ifPresent(text -> entry.with("comment", text));
                return entry.with("outcome", outcome.id());
            });
            return after;
        });
    }
}
