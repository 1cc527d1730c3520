package dev.sallyport.elevation.realm;

import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.elevation.Analysis;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.ElevationRefusal.Conflict;
import dev.sallyport.elevation.ElevationRefusal.Invalid;
import dev.sallyport.elevation.ElevationRefusal.Unknown;
import dev.sallyport.elevation.EndedBy;
import dev.sallyport.elevation.Lifecycle;
import dev.sallyport.elevation.Status;
import dev.sallyport.elevation.Step;
import dev.sallyport.elevation.realm.Attempt.Plan;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.keycloak.models.UserModel;

/** How elevations are over before their time. */
record Finishing(Registry registry) {

    private static final Analysis NOTHING_ASKED = new Analysis(List.of(), List.of());

    Attempt<Elevation> cancel(Actor actor, String id, Optional<String> comment) {
        return registry.attempt(() -> registry.turnAt(id), () -> {
            Registry.text("comment", comment);
            var elevation = registry.read(id);
            if (!elevation.requester().equals(actor.id())) throw new Unknown();
            Registry.refuseImpersonated(actor);
            var cancelled = Lifecycle.apply(elevation, new Step.Cancel(), registry.now());
            return new Plan<>(NOTHING_ASKED, () -> {
                registry.store().save(elevation, cancelled);
                registry.record("elevation.cancelled", cancelled, Optional.of(actor.user()), with("comment", comment));
                return cancelled;
            });
        });
    }

    Attempt<Elevation> end(Actor actor, String id, Optional<String> comment) {
        return registry.attempt(() -> registry.turnAt(id), () -> {
            Registry.text("comment", comment);
            var elevation = registry.read(id);
            boolean own = elevation.requester().equals(actor.id());
            if (!own && !new Deciding(registry).mayEnd(actor, elevation)) throw new Unknown();
            Registry.refuseImpersonated(actor);
            if (elevation.status() == Status.PENDING) throw new Conflict("It is pending, not active.");
            var why = own ? EndedBy.USER : EndedBy.APPROVER;
            var ended = Lifecycle.apply(elevation, new Step.End(why), registry.now());
            return new Plan<>(
                    NOTHING_ASKED, () -> finish(elevation, ended, Optional.of(actor.user()), with("comment", comment)));
        });
    }

    Attempt<Elevation> revoke(UserModel admin, String id, String reason) {
        return registry.attempt(() -> registry.turnAt(id), () -> {
            if (reason == null || reason.isBlank()) throw new Invalid("reason", "is required");
            Registry.text("reason", Optional.of(reason));
            var elevation = registry.read(id);
            var ended = Lifecycle.apply(elevation, new Step.End(EndedBy.ADMIN), registry.now());
            return new Plan<>(
                    NOTHING_ASKED,
                    () -> finish(elevation, ended, Optional.of(admin), with("reason", Optional.of(reason))));
        });
    }

    /** Ends it as the server itself; nothing happens when it is over already. */
    void end(String id, EndedBy why) {
        registry.turnAt(id);
        registry.store()
                .find(id)
                .filter(found -> found.at(registry.now()).status().open())
                .ifPresent(found -> finish(
                        found,
                        Lifecycle.apply(found, new Step.End(why), registry.now()),
                        Optional.empty(),
                        entry -> entry));
    }

    private Elevation finish(
            Elevation before, Elevation ended, Optional<UserModel> by, UnaryOperator<AuditEntries> details) {
        registry.store().save(before, ended);
        registry.record("elevation.ended", ended, by, details);
        registry.touched(ended);
        return ended;
    }

    private static UnaryOperator<AuditEntries> with(String detail, Optional<String> text) {
        return entry -> text.map(value -> entry.with(detail, value)).orElse(entry);
    }
}
