package dev.sallyport.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.device.Device;
import dev.sallyport.device.Platform;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.expression.Expression;
import dev.sallyport.logic.Truth;
import dev.sallyport.network.Place;
import dev.sallyport.risk.Risk;
import java.util.List;
import java.util.Optional;

/**
 * When a policy applies to those whom its assignments match. All of them must be met; what is unknown counts as met.
 *
 * @param platforms of the recognised device; empty for all
 * @param risk a floor: the least level at which the policy applies
 * @param expression whatever the others cannot say
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Conditions(
        Optional<NetworkCondition> networks,
        List<Platform> platforms,
        Optional<Risk.Level> risk,
        Optional<Schedule> schedule,
        Optional<Expression> expression) {

    public Conditions {
        boolean named = platforms != null;
        platforms = named ? List.copyOf(platforms) : List.of();
        if (named && platforms.isEmpty()) throw new DocumentFault("platforms", "must name a platform");
    }

    public static Conditions none() {
        return new Conditions(Optional.empty(), null, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * The path of the first condition that is not met; empty when all are. They are asked in this order and only until one
     * is not met, since the later ones can be costly to tell.
     */
    Optional<String> firstUnmet(AccessContext context) {
        if (networks.isPresent() && networks.get().met(context) == Truth.NO) return unmet("networks");
        if (platform(context) == Truth.NO) return unmet("platforms");
        if (risk(context) == Truth.NO) return unmet("risk");
        if (schedule.isPresent() && schedule.get().met(context) == Truth.NO) return unmet("schedule");
        if (expression(context) == Truth.NO) return unmet("expression");
        return Optional.empty();
    }

    /** Whether a condition names something that the realm does not have. */
    boolean broken(Place place) {
        return networks.isPresent() && networks.get().broken(place);
    }

    private static Optional<String> unmet(String condition) {
        return Optional.of("conditions." + condition);
    }

    private Truth platform(AccessContext context) {
        if (platforms.isEmpty()) return Truth.YES;
        return context.device()
                .known()
                .flatMap(Device::platform)
                .map(platform -> Truth.of(platforms.contains(platform)))
                .orElse(Truth.UNKNOWN);
    }

    private Truth risk(AccessContext context) {
        if (risk.isEmpty()) return Truth.YES;
        return context.risk()
                .get()
                .level()
                .map(level -> Truth.of(level.compareTo(risk.get()) >= 0))
                .orElse(Truth.UNKNOWN);
    }

    // NB. What rests on something that users can edit themselves is unknown. Such an expression is refused when it is
    // saved,
    // but the realm's user profile may have changed since.
    private Truth expression(AccessContext context) {
        if (expression.isEmpty()) return Truth.YES;
        var asked = expression.get();
        return asked.userAttributes().stream().anyMatch(context.subject()::mayEdit)
                ? Truth.UNKNOWN
                : asked.evaluate(new ContextFacts(context));
    }
}
