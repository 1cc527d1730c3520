package dev.sallyport.elevation;

import java.time.Instant;
import java.util.Optional;

/**
 * What a user says when asking for a privilege.
 *
 * @param start when it should begin
 */
public record Wish(Optional<String> justification, Optional<String> ticket, Instant start, boolean emergency) {}
