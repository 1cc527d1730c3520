package dev.sallyport.privilege;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.access.DeviceRequirement;
import dev.sallyport.access.Schedule;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.expression.Pattern;
import java.time.Duration;
import java.util.Optional;

/**
 * What must hold for a privilege to become active, and for how long it may be.
 *
 * @param justification what the reason that is given must match; without it a reason is welcome but not required
 * @param ticket what the number of the ticket must match; without it none is required
 * @param tokenLifespan how long a token that carries the privilege may live at most
 * @param acr the authentication context class, by the realm's name for it or by the number of its level
 * @param freshAuthentication how long ago the user may have authenticated at most
 * @param schedule when it may be activated
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record Activation(
        Duration maxDuration,
        Duration defaultDuration,
        Optional<Pattern> justification,
        Optional<Pattern> ticket,
        Optional<Duration> tokenLifespan,
        Optional<String> acr,
        Optional<Duration> freshAuthentication,
        Optional<DeviceRequirement> device,
        Optional<Schedule> schedule,
        BoundTo boundTo) {

    public Activation {
        Span.require("maxDuration", maxDuration);
        Span.require("defaultDuration", defaultDuration);
        if (defaultDuration.compareTo(maxDuration) > 0) {
            throw new DocumentFault("defaultDuration", "must not be longer than maxDuration");
        }
        Span.check("tokenLifespan", tokenLifespan);
        Span.check("freshAuthentication", freshAuthentication);
        if (acr.filter(String::isBlank).isPresent()) throw new DocumentFault("acr", "must not be empty");
        // NB. Absent it depends on the mode, which is not known here; Privilege sees to it.
    }
}
