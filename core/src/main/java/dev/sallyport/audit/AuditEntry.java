package dev.sallyport.audit;

import static java.util.stream.Collectors.toUnmodifiableMap;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One entry of the audit log.
 *
 * @param id a UUID
 * @param salt random, so that nobody can guess an entry from its hash
 * @param type such as {@code access.denied}
 * @param actor who acted, or whose request was refused
 * @param subject whom or what it was done to; empty where that is the actor
 * @param details what there is to know besides, by type; what the log could not keep as it is has become a text
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record AuditEntry(
        String id,
        Instant time,
        String salt,
        String type,
        Party actor,
        Optional<Party> subject,
        Optional<String> sessionId,
        Optional<String> elevationId,
        Optional<String> deviceId,
        Optional<String> clientId,
        Optional<String> ip,
        Map<String, JsonNode> details) {

    /**
     * Somebody or something that an entry speaks of.
     *
     * @param name as it was at that time; the id outlives it
     * @param kind {@code user}, {@code service-account}, {@code device}, {@code system} or a kind of configuration
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Party(String id, Optional<String> name, String kind) {

        public static Party of(String kind, String id) {
            return new Party(id, Optional.empty(), kind);
        }
    }

    public AuditEntry {
        details = details.entrySet().stream()
                .collect(toUnmodifiableMap(Map.Entry::getKey, detail -> Keepable.of(detail.getValue())));
    }

    /** The same entry with other details. */
    public AuditEntry with(Map<String, JsonNode> others) {
        return new AuditEntry(
                id, time, salt, type, actor, subject, sessionId, elevationId, deviceId, clientId, ip, others);
    }
}
