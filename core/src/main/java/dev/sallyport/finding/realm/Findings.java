package dev.sallyport.finding.realm;

import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.document.Documents;
import dev.sallyport.finding.DetectionRule.Severity;
import dev.sallyport.finding.FindingKind;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** The findings of a realm. */
public record Findings(KeycloakSession session, RealmModel realm, Clock clock) {

    private static final String RAISED = "finding.raised";

    /**
     * Raises one in the transaction of what happened, with its record.
     *
     * @param details anything that can be written as JSON
     */
    public void raise(FindingKind kind, UserModel user, Map<String, ?> details) {
        raise(kind, Optional.of(user), details, Place.NOWHERE);
    }

    /** As {@link #raise(FindingKind, UserModel, Map)}, of what concerns no user in particular. */
    public void raise(FindingKind kind, Map<String, ?> details) {
        raise(kind, Optional.empty(), details, Place.NOWHERE);
    }

    /** As {@link #raise(FindingKind, UserModel, Map)}, of what belongs to the record of a session or an elevation. */
    public void raise(FindingKind kind, UserModel user, Map<String, ?> details, Place place) {
        raise(kind, Optional.of(user), details, place);
    }

    private void raise(FindingKind kind, Optional<UserModel> user, Map<String, ?> details, Place place) {
        var row = row(kind.id(), user, details);
        row.severity = kind.severity().id();
        put(row, place);
        raise(row, user, details, AuditEntries.of(session, RAISED));
    }

    /** Where it was found. */
    public record Place(Optional<String> sessionId, Optional<String> elevationId) {

        /** Of no session and no elevation. */
        public static final Place NOWHERE = new Place(Optional.empty(), Optional.empty());
    }

    /**
     * By which rule it was found, and where.
     *
     * @param severity as the rule says
     */
    public record Cause(String rule, Severity severity, Place place) {}

    /** @return the id of the finding */
    public String raise(String kind, UserModel user, Map<String, ?> details, Cause cause) {
        var row = row(kind, Optional.of(user), details);
        assign(row, cause);
        raise(
                row,
                Optional.of(user),
                details,
                AuditEntries.system(session, RAISED).with("rule", cause.rule()));
        return row.id;
    }

    private FindingEntity row(String kind, Optional<UserModel> user, Map<String, ?> details) {
        var row = new FindingEntity();
        row.id = UUID.randomUUID().toString();
        row.realmId = realm.getId();
        row.kind = kind;
        row.userId = user.map(UserModel::getId).orElse(null);
        row.details = Documents.write(details);
        row.raisedAt = clock.millis();
        return row;
    }

    private void raise(FindingEntity row, Optional<UserModel> user, Map<String, ?> details, AuditEntries entry) {
        entities().persist(row);
        user.ifPresentOrElse(entry::about, () -> entry.about("realm", realm.getName()));
        append(place(entry, row)
                .with("finding", row.id)
                .with("kind", row.kind)
                .with("severity", row.severity)
                .with("evidence", details));
    }

    /** Has an entry be found where the finding was. */
    private static AuditEntries place(AuditEntries entry, FindingEntity row) {
        Optional.ofNullable(row.elevationId).ifPresent(entry::elevation);
        return entry.in(Optional.ofNullable(row.sessionId));
    }

    private static void put(FindingEntity row, Place place) {
        row.sessionId = place.sessionId().orElse(null);
        row.elevationId = place.elevationId().orElse(null);
    }

    private static void assign(FindingEntity row, Cause cause) {
        row.rule = cause.rule();
        row.severity = cause.severity().id();
        put(row, cause.place());
    }

    /** Says of one that was raised already which rule is about it, whose severity counts then; nothing where another one is. */
    public void assign(String id, Cause cause) {
        row(id).filter(found -> found.rule == null).ifPresent(found -> assign(found, cause));
    }

    /** What that rule found about that user since then: the session of each, empty for what is of none. */
    public List<Optional<String>> found(String rule, String userId, Instant since) {
        return entities()
                .createNamedQuery("findingsOfRule", FindingEntity.class)
                .setParameter("realmId", realm.getId())
                .setParameter("rule", rule)
                .setParameter("userId", userId)
                .setParameter("since", since.toEpochMilli())
                .getResultStream()
                .map(row -> Optional.ofNullable(row.sessionId))
                .toList();
    }

    /** The newest first. */
    public List<Finding> list(boolean openOnly, int first, int max) {
        return entities()
                .createNamedQuery(openOnly ? "listOpenFindings" : "listFindings", FindingEntity.class)
                .setParameter("realmId", realm.getId())
                .setFirstResult(first)
                .setMaxResults(max)
                .getResultStream()
                .map(Findings::finding)
                .toList();
    }

    public Optional<Finding> find(String id) {
        return row(id).map(Findings::finding);
    }

    /**
     * Says what was found.
     *
     * @return empty if that was said already, or there is no such finding
     */
    public Optional<Finding> resolve(String id, UserModel by, Optional<String> resolution) {
        var row = row(id);
        row.ifPresent(found -> entities().refresh(found, LockModeType.PESSIMISTIC_WRITE));
        return row.filter(found -> found.resolvedAt == null).map(found -> {
            found.resolvedAt = clock.millis();
            found.resolvedBy = by.getId();
            found.resolution = resolution.orElse(null);
            var entry =
                    place(AuditEntries.of(session, "finding.resolved"), found).about("finding", id);
            resolution.ifPresent(text -> entry.with("comment", text));
            // NB. So that who is to be forgotten is found in it.
            if (found.userId != null) entry.with("user", found.userId);
            append(entry.with("kind", found.kind));
            return finding(found);
        });
    }

    private Optional<FindingEntity> row(String id) {
        return Optional.ofNullable(entities().find(FindingEntity.class, id))
                .filter(row -> row.realmId.equals(realm.getId()));
    }

    private static Finding finding(FindingEntity row) {
        return new Finding(
                row.id,
                row.kind,
                Optional.ofNullable(row.userId),
                Documents.tree(row.details),
                Optional.ofNullable(row.severity),
                Optional.ofNullable(row.rule),
                Optional.ofNullable(row.sessionId),
                Optional.ofNullable(row.elevationId),
                Instant.ofEpochMilli(row.raisedAt),
                Optional.ofNullable(row.resolvedAt).map(Instant::ofEpochMilli),
                Optional.ofNullable(row.resolvedBy),
                Optional.ofNullable(row.resolution));
    }

    private void append(AuditEntries entry) {
        new JpaAuditLog(session, realm).append(entry.at(clock));
    }

    private EntityManager entities() {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
