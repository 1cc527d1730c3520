package dev.sallyport.device;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.document.DocumentFault;
import java.util.Optional;

/**
 * A check that the device's own management found failing.
 *
 * @param check its name there, such as "FileVault"
 * @param remediation what its owner can do about it, in the words of the management
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record FailingCheck(String check, Optional<String> remediation) {

    public FailingCheck {
        if (check == null || check.isBlank()) throw new DocumentFault("check", "must not be empty");
    }
}
