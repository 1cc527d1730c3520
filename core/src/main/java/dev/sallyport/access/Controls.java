package dev.sallyport.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.sallyport.document.DocumentFault;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What a policy asks for once it applies.
 *
 * @param block nothing can satisfy the policy
 * @param operator whether all of the controls must be met ({@code and}, also when absent) or any of them; the device
 *     with all that is asked of it is one control
 * @param acr the authentication context class, by the realm's name for it or by the number of its level
 * @param freshAuthentication how long ago the user may have authenticated at most
 * @param reevaluate how long access tokens may live while the policy applies, so that it is asked again; it lets everybody
 *     in, and may stand alone
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record Controls(
        Optional<Boolean> block,
        Optional<Operator> operator,
        Optional<String> acr,
        Optional<Duration> freshAuthentication,
        Optional<DeviceRequirement> device,
        Optional<Duration> reevaluate) {

    /** How the controls of one policy combine. */
    public enum Operator {
        AND,
        OR;

        @JsonValue
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Controls {
        positive("freshAuthentication", freshAuthentication);
        positive("reevaluate", reevaluate);
        if (acr.filter(String::isBlank).isPresent()) throw new DocumentFault("acr", "must not be empty");
        boolean grants =
                acr.isPresent() || freshAuthentication.isPresent() || device.isPresent() || reevaluate.isPresent();
        if (!block.orElse(false) && !grants) throw new DocumentFault("", "must ask for something or block");
        if (block.orElse(false) && grants) {
            throw new DocumentFault(
                    "block", "cannot be combined with other controls, since nothing would satisfy them");
        }
    }

    private static void positive(String field, Optional<Duration> length) {
        length.filter(value -> value.isNegative() || value.isZero()).ifPresent(value -> {
            throw new DocumentFault(field, "must be longer than nothing");
        });
    }
}
