package dev.sallyport.audit.realm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.audit.AuditEntry;
import dev.sallyport.audit.AuditEntry.Party;
import dev.sallyport.document.Documents;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;

/** Builds an entry about the current request: who asks, from where, and when is known from it. */
public final class AuditEntries {

    private static final SecureRandom RANDOM = new SecureRandom();

    /** An attribute of the session: the time of the newest entry of this request. */
    private static final String LAST = "sallyport.audit.last";

    private static final Duration FURTHEST = Duration.ofSeconds(1);

    private final KeycloakSession session;
    private final String type;
    private Party actor;
    private Optional<Party> subject = Optional.empty();
    private Optional<String> sessionId = Optional.empty();
    private Optional<String> elevationId = Optional.empty();
    private Optional<String> deviceId = Optional.empty();
    private Optional<String> clientId;
    private final Map<String, JsonNode> details = new HashMap<>();

    private AuditEntries(KeycloakSession session, String type) {
        this.session = session;
        this.type = type;
        var context = session.getContext();
        this.actor = Optional.ofNullable(context.getUser())
                .map(AuditEntries::party)
                .orElseGet(() -> Party.of("system", "system"));
        this.clientId = Optional.ofNullable(context.getClient()).map(ClientModel::getClientId);
    }

    /** An entry whose actor is the bearer of the request's token, or the system where there is none. */
    public static AuditEntries of(KeycloakSession session, String type) {
        return new AuditEntries(session, type);
    }

    /** An entry about what the server itself does, whoever happens to ask. */
    public static AuditEntries system(KeycloakSession session, String type) {
        var entry = new AuditEntries(session, type);
        entry.actor = Party.of("system", "system");
        return entry;
    }

    public AuditEntries by(UserModel user) {
        actor = party(user);
        return this;
    }

    public AuditEntries by(Party party) {
        actor = party;
        return this;
    }

    public AuditEntries about(UserModel user) {
        subject = Optional.of(party(user));
        return this;
    }

    public AuditEntries about(String kind, String id) {
        subject = Optional.of(Party.of(kind, id));
        return this;
    }

    public AuditEntries about(Party party) {
        subject = Optional.of(party);
        return this;
    }

    public AuditEntries in(UserSessionModel userSession) {
        sessionId = Optional.of(userSession.getId());
        return this;
    }

    public AuditEntries in(Optional<String> userSessionId) {
        sessionId = userSessionId;
        return this;
    }

    public AuditEntries elevation(String id) {
        elevationId = Optional.of(id);
        return this;
    }

    public AuditEntries on(Optional<String> device) {
        deviceId = device;
        return this;
    }

    public AuditEntries through(ClientModel client) {
        clientId = Optional.of(client.getClientId());
        return this;
    }

    /** @param client empty where none acted, though the request came through one */
    public AuditEntries through(Optional<String> client) {
        clientId = client;
        return this;
    }

    /** @param value anything that can be written as JSON */
    public AuditEntries with(String detail, Object value) {
        details.put(detail, Documents.toTree(value));
        return this;
    }

    public AuditEntry at(Clock clock) {
        var salt = new byte[16];
        RANDOM.nextBytes(salt);
        var connection = session.getContext().getConnection();
        return new AuditEntry(
                UUID.randomUUID().toString(),
                after(clock.instant().truncatedTo(ChronoUnit.MILLIS)),
                Base64.getEncoder().encodeToString(salt),
                type,
                actor,
                subject,
                sessionId,
                elevationId,
                deviceId,
                clientId,
                Optional.ofNullable(connection).map(c -> c.getRemoteHost()),
                details);
    }

    /**
     * The next millisecond after that of the entry before, if that was of the same request.
     *
     * <p>NB. Entries are put in order by their time, and one act may make several: what came first has to stay first.
     */
    private Instant after(Instant now) {
        var last = session.getAttribute(LAST, Instant.class);
        var next = last == null || last.isBefore(now) ? now : last.plusMillis(1);
        // NB. A request that makes thousands of entries must not run away from the clock.
        var time = next.isAfter(now.plus(FURTHEST)) ? now : next;
        session.setAttribute(LAST, time);
        return time;
    }

    /** A user as entries name them. */
    public static Party party(UserModel user) {
        var kind = user.getServiceAccountClientLink() == null ? "user" : "service-account";
        return new Party(user.getId(), Optional.ofNullable(user.getUsername()), kind);
    }
}
