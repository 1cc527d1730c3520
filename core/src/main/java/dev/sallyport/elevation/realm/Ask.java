package dev.sallyport.elevation.realm;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What somebody asks for.
 *
 * @param privilege its name
 * @param duration how long; the privilege's default unless it is said
 * @param start when it should begin; at once unless it is said
 * @param emergency whether there is no time for an approval
 */
public record Ask(
        String privilege,
        Optional<String> justification,
        Optional<Duration> duration,
        Optional<String> ticket,
        Optional<Instant> start,
        boolean emergency) {}
