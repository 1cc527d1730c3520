package dev.sallyport.finding.realm;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Optional;

/**
 * Something that somebody should look at.
 *
 * @param kind such as {@code role-given}
 * @param user the id of the user whom it concerns; empty when it is about the realm
 * @param severity as its rule says, or as its kind has it where no rule is about it
 * @param rule absent where none is about it
 * @param resolvedBy the id of who looked at it
 * @param resolution what they found
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record Finding(
        String id,
        String kind,
        Optional<String> user,
        JsonNode details,
        Optional<String> severity,
        Optional<String> rule,
        Optional<String> sessionId,
        Optional<String> elevationId,
        Instant raisedAt,
        Optional<Instant> resolvedAt,
        Optional<String> resolvedBy,
        Optional<String> resolution) {}
