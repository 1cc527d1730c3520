package dev.sallyport.audit.realm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.audit.AuditEntry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.ProviderEvent;

/** A realm's audit log. Entries are only ever added. */
public interface AuditLog {

    /**
     * Told in the transaction that adds an entry, or counts one up as its repetition; the entry is then what would have been added.
     *
     * @param times how often it happened by now; read when it is asked for
     */
    record Appended(KeycloakSession session, RealmModel realm, AuditEntry entry, LongSupplier times)
            implements ProviderEvent {}

    /** Adds the entry of an act in the act's own transaction: if one fails, so does the other. */
    void append(AuditEntry entry);

    /**
     * Adds what is not an act, a refusal or an observation, in a transaction of its own, because a refusal rolls its own
     * one back. Never throws: a refusal that cannot be recorded is a refusal all the same.
     *
     * @param likeness what makes two of them the same; those of one minute are one entry with a count
     */
    void observe(AuditEntry entry, String likeness);

    /**
     * @param type only entries of this type, or of all types that start with it when it ends with a dot
     * @param from leaves out what happened before
     * @param until leaves out what happened then or later; how far back that is costs nothing, other than {@code first}
     */
    record Query(int first, int max, Optional<String> type, Optional<Instant> from, Optional<Instant> until) {}

    /** Entries as JSON, newest first, without those that were removed; repetitions as {@code details.count}. */
    List<JsonNode> list(Query query);

    /**
     * What became of a device while a session went on.
     *
     * @param until empty while it goes on
     */
    record DeviceSpan(String deviceId, Instant from, Optional<Instant> until) {}

    /**
     * All of a session, as JSON, oldest first.
     *
     * @param device whose entries belong there, too
     */
    List<JsonNode> timeline(String sessionId, Optional<DeviceSpan> device, int first, int max);

    /** Entries of a session of these types, as JSON, newest first. */
    List<JsonNode> newestOfSession(String sessionId, List<String> types, int max);

    /** What somebody did, or was refused, since then, of these types, as JSON, newest first. */
    List<JsonNode> newestOfActor(String actorId, List<String> types, Instant since, int max);
}
