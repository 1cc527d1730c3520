package dev.sallyport.elevation.realm;

import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.ElevationRefusal.Conflict;
import dev.sallyport.elevation.ElevationRefusal.Forbidden;
import dev.sallyport.elevation.ElevationRefusal.Invalid;
import dev.sallyport.elevation.ElevationRefusal.Unknown;
import dev.sallyport.elevation.Lifecycle;
import dev.sallyport.elevation.Requirements;
import dev.sallyport.elevation.Status;
import dev.sallyport.elevation.Step;
import dev.sallyport.elevation.Terms;
import dev.sallyport.elevation.Wish;
import dev.sallyport.elevation.realm.Attempt.Plan;
import dev.sallyport.finding.FindingKind;
import dev.sallyport.finding.realm.Findings;
import dev.sallyport.finding.realm.Findings.Place;
import dev.sallyport.privilege.Approval;
import dev.sallyport.privilege.BoundTo;
import dev.sallyport.privilege.Privilege;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What users do about their own elevations to get them: ask, make use of, prolong. */
record Requesting(Registry registry) {

    private static final Duration LATEST_START = Duration.ofDays(90);
    private static final Duration WITHOUT_APPROVAL = Duration.ofDays(1);
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    Attempt<Elevation> request(Actor actor, Ask ask) {
        return registry.attempt(() -> turn(actor, ask), () -> plan(actor, ask));
    }

    private void turn(Actor actor, Ask ask) {
        // NB. How often there were emergencies counts all users.
        if (ask.emergency()
                && PrivilegeProvider.find(registry.realm(), ask.privilege()).isPresent()) {
            registry.turns().ofPrivilege(ask.privilege());
        }
        registry.turnOf(actor.id());
    }

    private Plan<Elevation> plan(Actor actor, Ask ask) {
        Registry.text("justification", ask.justification());
        Registry.text("ticket", ask.ticket());
        var now = registry.now();
        var privilege = registry.privilege(ask.privilege());
        if (!registry.eligible(actor.user(), privilege, ask.emergency(), now)) throw new Unknown();
        Registry.refuseImpersonated(actor);
        ask.start().ifPresent(start -> checkStart(start, ask.emergency(), now));

        var wished = wished(actor, ask, privilege, now);
        var wish = new Wish(ask.justification(), ask.ticket(), wished.start().orElse(now), ask.emergency());
        var analysis = Requirements.toActivate(
                privilege,
                wish,
                actor.authentication(),
                actor.device(),
                registry.situation(privilege, wished, devices(actor)),
                now);
        return new Plan<>(analysis, () -> act(actor, privilege, wished, now));
    }

    private static void checkStart(Instant start, boolean emergency, Instant now) {
        if (emergency) throw new Invalid("start", "cannot be chosen in an emergency");
        if (!start.isAfter(now)) throw new Invalid("start", "must be in the future");
        if (start.isAfter(now.plus(LATEST_START))) {
            throw new Invalid("start", "must not be more than " + LATEST_START.toDays() + " days ahead");
        }
    }

    private static Elevation wished(Actor actor, Ask ask, Privilege privilege, Instant now) {
        var activation = privilege.activation();
        if (activation.boundTo() == BoundTo.SESSION && actor.sessionId().isEmpty()) {
            throw new Forbidden("There is no session that could have it.", List.of());
        }
        // NB. What was shown when asking says nothing about who is there when it begins.
        boolean byItself =
                activation.acr().isEmpty() && activation.freshAuthentication().isEmpty();
        return new Elevation(
                UUID.randomUUID().toString(),
                privilege.name(),
                actor.id(),
                Status.PENDING,
                ask.justification(),
                ask.ticket(),
                ask.emergency(),
                now,
                Optional.empty(),
                ask.start(),
                Optional.empty(),
                duration(ask, privilege),
                Optional.empty(),
                List.of(),
                actor.sessionId(),
                actor.deviceId(),
                now.plus(privilege.approval().map(Approval::requestTtl).orElse(WITHOUT_APPROVAL)),
                activation.boundTo(),
                byItself,
                Optional.empty(),
                Optional.empty(),
                Optional.of(Terms.of(privilege)));
    }

    private static Duration duration(Ask ask, Privilege privilege) {
        var activation = privilege.activation();
        var max = ask.emergency()
                ? privilege.emergency().orElseThrow(Unknown::new).maxDuration()
                : activation.maxDuration();
        var usual = activation.defaultDuration();
        var asked = ask.duration().orElse(usual.compareTo(max) < 0 ? usual : max);
        checkLength(asked);
        if (asked.compareTo(max) > 0) throw new Invalid("duration", "must not be longer than " + max);
        return Duration.ofMillis(asked.toMillis());
    }

    private static void checkLength(Duration length) {
        if (length.compareTo(SHORTEST) < 0) throw new Invalid("duration", "must be a second at least");
    }

    private Elevation act(Actor actor, Privilege privilege, Elevation wished, Instant now) {
        withdrawWhatWaits(actor, wished, privilege, now);
        var approval = privilege.approval().filter(rule -> !wished.emergency());
        var elevation = approval.isPresent() ? wished : Lifecycle.apply(wished, new Step.Grant(), now);
        registry.add(elevation, approval.map(rule -> approvers(rule, actor)).orElse(Set.of()));
        actor.asked().add(elevation.id());
        recordRequest(elevation, actor);
        if (elevation.status() == Status.ACTIVE) {
            registry.record("elevation.activated", elevation, Optional.of(actor.user()), entry -> entry);
            registry.touched(elevation);
        }
        if (elevation.emergency()) {
            registry.record("emergency.activated", elevation, Optional.of(actor.user()), entry -> entry);
            new Findings(registry.session(), registry.realm(), registry.clock())
                    .raise(
                            FindingKind.EMERGENCY_USED,
                            actor.user(),
                            Map.of("privilege", elevation.privilege(), "elevation", elevation.id()),
                            new Place(elevation.sessionId(), Optional.of(elevation.id())));
        }
        return elevation;
    }

    private void withdrawWhatWaits(Actor actor, Elevation wished, Privilege privilege, Instant now) {
        registry.store().openOf(actor.id()).stream()
                .filter(other -> other.status() == Status.PENDING
                        && other.extending().isEmpty()
                        && other.privilege().equals(wished.privilege())
                        && other.meets(wished)
                        && (wished.emergency() || Registry.givesWay(other, wished, privilege)))
                .forEach(other -> {
                    var cancelled = Lifecycle.apply(other, new Step.Cancel(), now);
                    registry.store().save(other, cancelled);
                    registry.record("elevation.cancelled", cancelled, Optional.of(actor.user()), entry -> entry);
                });
    }

    private Set<String> approvers(Approval approval, Actor actor) {
        return new Roster(registry.session(), registry.realm())
                .of(approval.approvers()).stream()
                        .filter(id -> !id.equals(actor.id()))
                        .collect(Collectors.toUnmodifiableSet());
    }

    private void recordRequest(Elevation elevation, Actor actor) {
        registry.record("elevation.requested", elevation, Optional.of(actor.user()), entry -> {
            elevation.justification().ifPresent(text -> entry.with("justification", text));
            elevation.ticket().ifPresent(text -> entry.with("ticket", text));
            elevation.start().ifPresent(start -> entry.with("start", start));
            elevation.extending().ifPresent(other -> entry.with("extending", other));
            return entry.with("duration", elevation.duration())
                    .with("emergency", elevation.emergency())
                    .with("boundTo", elevation.boundTo().id());
        });
    }

    Attempt<Elevation> activate(Actor actor, String id) {
        return registry.attempt(() -> registry.turnAt(id), () -> planActivation(actor, id));
    }

    private Plan<Elevation> planActivation(Actor actor, String id) {
        var now = registry.now();
        var scheduled = own(actor, id);
        var privilege = registry.privilege(scheduled.privilege());
        if (!registry.eligible(actor.user(), privilege, scheduled.emergency(), now)) throw new Unknown();
        Registry.requireAsAskedFor(scheduled, privilege);
        var active = Lifecycle.apply(scheduled, new Step.Activate(actor.sessionId(), actor.deviceId()), now);
        var situation = registry.situation(privilege, active, devices(actor));
        var wish = new Wish(scheduled.justification(), scheduled.ticket(), now, false);
        var analysis = Requirements.toActivate(
                privilege, wish, actor.authentication(), actor.device(), situation.withoutLimits(), now);
        return new Plan<>(analysis, () -> makeUseOf(actor, scheduled, active));
    }

    Attempt<Elevation> takeUp(Actor actor, String id) {
        return registry.attempt(() -> registry.turnAt(id), () -> planTakingUp(actor, id));
    }

    private Plan<Elevation> planTakingUp(Actor actor, String id) {
        var now = registry.now();
        var active = own(actor, id);
        var privilege = registry.privilege(active.privilege());
        if (!registry.eligible(actor.user(), privilege, active.emergency(), now)) throw new Unknown();
        if (actor.askedFor(active)) throw new Conflict("This session has it already.");
        Registry.requireStillGrants(active, privilege);
        var taken = Lifecycle.apply(active, new Step.TakeUp(actor.sessionId(), actor.deviceId()), now);
        var wish = new Wish(active.justification(), active.ticket(), now, active.emergency());
        var analysis = Requirements.toActivate(
                privilege,
                wish,
                actor.authentication(),
                actor.device(),
                registry.situation(privilege, taken, devices(actor)).withoutLimits(),
                now);
        return new Plan<>(analysis, () -> makeUseOf(actor, active, taken));
    }

    private Elevation makeUseOf(Actor actor, Elevation before, Elevation active) {
        registry.store().save(before, active);
        actor.asked().add(active.id());
        registry.record("elevation.activated", active, Optional.of(actor.user()), entry -> entry);
        registry.touched(active);
        return active;
    }

    Attempt<Elevation> extend(Actor actor, String id, Duration by, Optional<String> justification) {
        return registry.attempt(() -> registry.turnAt(id), () -> planExtension(actor, id, by, justification));
    }

    private Plan<Elevation> planExtension(Actor actor, String id, Duration by, Optional<String> justification) {
        Registry.text("justification", justification);
        var now = registry.now();
        var active = own(actor, id);
        var privilege = registry.privilege(active.privilege());
        if (!registry.eligible(actor.user(), privilege, active.emergency(), now)) throw new Unknown();
        if (active.status() != Status.ACTIVE) {
            throw new Conflict("It is " + active.status().id() + ", not active.");
        }
        Registry.requireStillGrants(active, privilege);
        if (active.emergency()) throw new Conflict("An emergency is not prolonged.");
        if (!here(actor, active)) throw new Conflict("It belongs to another session or device.");
        checkLength(by);
        var end = active.end().orElseThrow();
        var max = privilege.activation().maxDuration();
        if (by.compareTo(max) > 0 || end.plus(by).isAfter(now.plus(max))) {
            throw new Invalid("duration", "must not let it end more than " + max + " from now");
        }

        var request = extension(active, by, justification, privilege, now);
        var situation = registry.situation(privilege, request, devices(actor));
        var wish = new Wish(justification, active.ticket(), now, false);
        var analysis = Requirements.toActivate(privilege, wish, actor.authentication(), actor.device(), situation, now);
        return new Plan<>(analysis, () -> privilege
                .approval()
                .map(rule -> {
                    registry.add(request, approvers(rule, actor));
                    recordRequest(request, actor);
                    return request;
                })
                .orElseGet(() -> prolong(registry, active, end.plus(by), actor, justification)));
    }

    /** Moves the end of an active elevation. */
    static Elevation prolong(
            Registry registry, Elevation active, Instant until, Actor actor, Optional<String> justification) {
        var extended = Lifecycle.apply(active, new Step.Extend(until), registry.now());
        registry.store().save(active, extended);
        registry.record("elevation.extended", extended, Optional.of(actor.user()), entry -> justification
                .map(text -> entry.with("justification", text))
                .orElse(entry));
        registry.touched(extended);
        return extended;
    }

    private static boolean here(Actor actor, Elevation active) {
        return switch (active.boundTo()) {
            case SESSION -> actor.sessionId().equals(active.sessionId());
            case DEVICE -> actor.deviceId().isPresent() && actor.deviceId().equals(active.deviceId());
            case USER -> true;
        };
    }

    private static Elevation extension(
            Elevation active, Duration by, Optional<String> justification, Privilege privilege, Instant now) {
        var end = active.end().orElseThrow();
        var expires = now.plus(privilege.approval().map(Approval::requestTtl).orElse(WITHOUT_APPROVAL));
        return new Elevation(
                UUID.randomUUID().toString(),
                active.privilege(),
                active.requester(),
                Status.PENDING,
                justification,
                active.ticket(),
                false,
                now,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                by,
                Optional.empty(),
                List.of(),
                active.sessionId(),
                active.deviceId(),
                expires.isBefore(end) ? expires : end,
                active.boundTo(),
                false,
                Optional.of(active.id()),
                Optional.empty(),
                Optional.of(Terms.of(privilege)));
    }

    private Elevation own(Actor actor, String id) {
        var elevation = registry.read(id);
        if (!elevation.requester().equals(actor.id())) throw new Unknown();
        Registry.refuseImpersonated(actor);
        return elevation;
    }

    private static Set<String> devices(Actor actor) {
        return Stream.of(actor.device().deviceId()).flatMap(Optional::stream).collect(Collectors.toUnmodifiableSet());
    }
}
