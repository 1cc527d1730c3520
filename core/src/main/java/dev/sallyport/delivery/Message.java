package dev.sallyport.delivery;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a sink is sent in one piece.
 *
 * @param id the same however often it is sent, for receivers to know a repetition; holds no full stop
 * @param index the entry's place in the log; empty for a checkpoint
 * @param type of the entry, or {@code checkpoint}
 * @param severity as OCSF numbers it, 1 to 5
 * @param body JSON in ASCII on one line
 * @param shorter the same without what people typed, if the body is too long for some
 */
public record Message(
        String id,
        OptionalLong index,
        String type,
        Instant time,
        int severity,
        String body,
        Optional<String> shorter) {}
