package dev.sallyport.audit.realm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.audit.AuditEntry;
import dev.sallyport.document.Documents;
import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** The audit log in Keycloak's database. */
public final class JpaAuditLog implements AuditLog {

    private static final Logger LOG = Logger.getLogger(JpaAuditLog.class);

    /** Comes before every type. Not an empty text, which is null to some databases. */
    private static final String BEFORE_ALL = " ";

    private final KeycloakSession session;
    private final String realmId;

    public JpaAuditLog(KeycloakSession session, RealmModel realm) {
        this.session = session;
        this.realmId = realm.getId();
    }

    @Override
    public void append(AuditEntry entry) {
        entities(session).persist(row(entry));
        tell(session, entry, () -> 1);
    }

    private void tell(KeycloakSession own, AuditEntry entry, LongSupplier times) {
        var realm = own.realms().getRealm(realmId);
        if (realm != null) own.getKeycloakSessionFactory().publish(new Appended(own, realm, entry, times));
    }

    @Override
    public void observe(AuditEntry entry, String likeness) {
        var key = repeatKey(entry, likeness);
        try {
            if (!repeat(entry, key)) add(entry, key);
        } catch (RuntimeException e) {
            LOG.errorf(
                    e, "audit entry %s of type %s in realm %s could not be written", entry.id(), entry.type(), realmId);
        }
    }

    private boolean repeat(AuditEntry entry, String key) {
        return KeycloakModelUtils.runJobInTransactionWithResult(session.getKeycloakSessionFactory(), own -> {
            boolean repeated = update(own, key) > 0;
            if (repeated) tell(own, entry, () -> times(own, key));
            return repeated;
        });
    }

    private long times(KeycloakSession own, String key) {
        return entities(own)
                .createNamedQuery("repeatsOfAuditEntry", Long.class)
                .setParameter("realmId", realmId)
                .setParameter("repeatKey", key)
                .getResultStream()
                .findFirst()
                .orElse(0L);
    }

    private void add(AuditEntry entry, String key) {
        try {
            KeycloakModelUtils.runJobInTransaction(session.getKeycloakSessionFactory(), own -> {
                var row = row(entry);
                row.repeatKey = key;
                entities(own).persist(row);
                tell(own, entry, () -> 1);
            });
        } catch (RuntimeException e) {
            // NB. Another node, or another request, was first; if it was not that, the entry is lost and the caller
            // logs it.
            if (!repeat(entry, key)) throw e;
        }
    }

    private int update(KeycloakSession own, String key) {
        return entities(own)
                .createNamedQuery("repeatAuditEntry")
                .setParameter("realmId", realmId)
                .setParameter("repeatKey", key)
                .executeUpdate();
    }

    @Override
    public List<JsonNode> list(Query query) {
        var types = query.type().map(this::types);
        if (types.filter(List::isEmpty).isPresent()) return List.of();
        var text = "select e from AuditEntryEntity e where e.realmId = :realmId and e.entry is not null"
                + (types.isPresent() ? " and e.type in (:types)" : "")
                + (query.from().isPresent() ? " and e.time >= :from" : "")
                + (query.until().isPresent() ? " and e.time < :until" : "")
                + " order by e.time desc, e.id";
        var select = entities(session).createQuery(text, AuditEntryEntity.class).setParameter("realmId", realmId);
        types.ifPresent(known -> select.setParameter("types", known));
        query.from().ifPresent(from -> select.setParameter("from", from.toEpochMilli()));
        query.until().ifPresent(until -> select.setParameter("until", until.toEpochMilli()));
        return read(select.setFirstResult(query.first()).setMaxResults(query.max()));
    }

    private List<String> types(String asked) {
        if (!asked.endsWith(".")) return List.of(asked);
        return Stream.iterate(nextType(BEFORE_ALL), Optional::isPresent, type -> nextType(type.orElseThrow()))
                .map(Optional::orElseThrow)
                .filter(type -> type.startsWith(asked))
                .toList();
    }

    // NB. Each by a look into the index: there are few, and a database reads every entry where it is asked for all of
    // them at once, or for those that begin with something.
    private Optional<String> nextType(String after) {
        return Optional.ofNullable(entities(session)
                .createNamedQuery("nextTypeOfAuditEntries", String.class)
                .setParameter("realmId", realmId)
                .setParameter("after", after)
                .getSingleResult());
    }

    @Override
    public List<JsonNode> timeline(String sessionId, Optional<DeviceSpan> device, int first, int max) {
        var select = entities(session)
                .createNamedQuery(
                        device.isPresent() ? "auditEntriesOfSessionOnDevice" : "auditEntriesOfSession",
                        AuditEntryEntity.class)
                .setParameter("realmId", realmId)
                .setParameter("sessionId", sessionId);
        device.ifPresent(span -> select.setParameter("deviceId", span.deviceId())
                .setParameter("from", span.from().toEpochMilli())
                .setParameter("until", span.until().map(Instant::toEpochMilli).orElse(Long.MAX_VALUE)));
        return read(select.setFirstResult(first).setMaxResults(max));
    }

    @Override
    public List<JsonNode> newestOfSession(String sessionId, List<String> types, int max) {
        return read(entities(session)
                .createNamedQuery("newestAuditEntriesOfSession", AuditEntryEntity.class)
                .setParameter("realmId", realmId)
                .setParameter("sessionId", sessionId)
                .setParameter("types", types)
                .setMaxResults(max));
    }

    @Override
    public List<JsonNode> newestOfActor(String actorId, List<String> types, Instant since, int max) {
        return read(entities(session)
                .createNamedQuery("newestAuditEntriesOfActor", AuditEntryEntity.class)
                .setParameter("realmId", realmId)
                .setParameter("actorId", actorId)
                .setParameter("types", types)
                .setParameter("since", since.toEpochMilli())
                .setMaxResults(max));
    }

    private static List<JsonNode> read(TypedQuery<AuditEntryEntity> select) {
        return select.getResultStream().map(JpaAuditLog::json).toList();
    }

    private AuditEntryEntity row(AuditEntry entry) {
        var row = new AuditEntryEntity();
        row.id = entry.id();
        row.realmId = realmId;
        row.time = entry.time().toEpochMilli();
        row.type = entry.type();
        row.entry = Documents.write(entry);
        row.repeats = 1;
        row.sessionId = entry.sessionId().orElse(null);
        row.actorId = entry.actor().id();
        row.deviceId = entry.deviceId().orElse(null);
        return row;
    }

    static JsonNode json(AuditEntryEntity row) {
        var entry = (ObjectNode) Documents.tree(row.entry);
        if (row.repeatKey != null) entry.withObject("/details").put("count", row.repeats);
        return entry;
    }

    private static EntityManager entities(KeycloakSession session) {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }

    private static String repeatKey(AuditEntry entry, String likeness) {
        try {
            var text = entry.type() + "\n" + entry.time().getEpochSecond() / 60 + "\n" + likeness;
            var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
