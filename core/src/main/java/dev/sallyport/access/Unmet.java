package dev.sallyport.access;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;

/**
 * One thing that a policy asks for and does not find.
 *
 * @param control its path in the policy document below {@code controls}, such as {@code device.diskEncrypted}
 * @param expected what the policy asks for
 * @param actual what was found; {@code unknown} when nothing is known
 * @param remediation what the source of the fact says can be done about it; empty when it says nothing
 * @param source who said the fact, or who would have to say it but cannot be asked; empty where nobody in particular did
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record Unmet(
        String control, String expected, String actual, Optional<String> remediation, Optional<String> source) {

    public Unmet(String control, String expected, String actual, Optional<String> remediation) {
        this(control, expected, actual, remediation, Optional.empty());
    }

    /** Stands for a fact that nobody knows. */
    public static final String UNKNOWN = "unknown";

    public static Unmet of(String control, Object expected, Optional<?> actual) {
        return new Unmet(
                control, String.valueOf(expected), actual.map(String::valueOf).orElse(UNKNOWN), Optional.empty());
    }

    /** Whether it is the fact itself that is missing, rather than wrong. */
    @JsonIgnore
    public boolean unknown() {
        return actual.equals(UNKNOWN);
    }

    public Unmet advisedBy(String advice) {
        return new Unmet(control, expected, actual, Optional.of(advice), source);
    }

    Unmet from(Optional<String> whoSaid) {
        return new Unmet(control, expected, actual, remediation, whoSaid);
    }
}
