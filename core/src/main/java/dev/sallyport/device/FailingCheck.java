package dev.sallyport.device;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.document.DocumentFault;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A check that the device's own management found failing.
 *
 * @param check its name there, such as "FileVault"
 * @param remediation what its owner can do about it, in the words of the management
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record FailingCheck(String check, Optional<String> remediation) {

    /** The check that a device fails which changes too often to be believed. */
    public static final String STEADY = "steady";

    public FailingCheck {
        if (check == null || check.isBlank()) throw new DocumentFault("check", "must not be empty");
    }

    static FailingCheck unsteady(Instant until) {
        var time = until.truncatedTo(ChronoUnit.SECONDS);
        return new FailingCheck(
                STEADY,
                Optional.of(
                        "The state of this device has changed too often. Leave it as it should be and try again after "
                                + time + "."));
    }
}
