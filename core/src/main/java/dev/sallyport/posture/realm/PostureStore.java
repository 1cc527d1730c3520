package dev.sallyport.posture.realm;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toCollection;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.device.Device;
import dev.sallyport.device.Posture;
import dev.sallyport.device.Provenance;
import dev.sallyport.device.Provenance.Contact;
import dev.sallyport.device.Steadiness;
import dev.sallyport.device.realm.DeviceStore;
import dev.sallyport.device.realm.JpaDeviceStore;
import dev.sallyport.document.Documents;
import dev.sallyport.posture.MergedPosture;
import dev.sallyport.posture.PostureSource.Answer;
import dev.sallyport.posture.PostureSource.Found;
import dev.sallyport.posture.PostureSource.Outage;
import dev.sallyport.session.realm.Reevaluation;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * What each source said last of the devices of a realm, and what that comes to. Every report is put together with the others
 * under the lock of its device's row, in the transaction that stores it, so a decision reads one row and sees all of them;
 * sessions that it touches are looked at again because of the same transaction.
 */
public final class PostureStore {

    /** A management whose clock runs ahead must not make its word the newest for as long as it does. */
    private static final Duration CLOCK_SKEW = Duration.ofSeconds(60);

    private final KeycloakSession session;
    private final RealmModel realm;
    private final Clock clock;
    private final EntityManager entities;
    private final DeviceStore devices;

    public PostureStore(KeycloakSession session, RealmModel realm, Clock clock) {
        this.session = session;
        this.realm = realm;
        this.clock = clock;
        this.entities = session.getProvider(JpaConnectionProvider.class).getEntityManager();
        this.devices = new JpaDeviceStore(session, realm);
    }

    /**
     * What somebody pushes about one device.
     *
     * @param device its id
     */
    public record Pushed(String device, Posture posture) {}

    /**
     * Takes what was pushed here, unless what was pushed before was observed later. Two pushes at once leave the newer one,
     * whichever comes last. However many come together, they are read and written together: until that is done, no door
     * knows of any of them.
     *
     * @return for each, in the same order, whether it was taken; empty where there is no such device
     */
    public List<Optional<Boolean>> pushed(List<Pushed> reports) {
        var ids = reports.stream().map(Pushed::device).collect(toCollection(TreeSet::new));
        var known = devices.lockAll(ids);
        var rows = rows(known);
        return reports.stream()
                .map(report -> Optional.of(report.device())
                        .filter(known::contains)
                        .map(id -> pushed(id, report.posture(), rows.computeIfAbsent(id, none -> new ArrayList<>()))))
                .toList();
    }

    private boolean pushed(String deviceId, Posture posture, List<PostureEntity> rows) {
        var row = row(deviceId, Provenance.REGISTRY, rows);
        if (posture(row)
                .filter(known -> known.observedAt().isAfter(posture.observedAt()))
                .isPresent()) return false;
        row.posture = Documents.write(posture.from(Provenance.REGISTRY));
        row.askedAt = clock.millis();
        row.answeredAt = row.askedAt;
        // NB. As the report before this one left it, where one request has several about the device.
        devices.find(deviceId).ifPresent(device -> reassess(device, rows));
        return true;
    }

    /**
     * Takes what a source answered, unless it was asked again since. A device that is gone by now has no answers.
     *
     * @param askedAt when it was asked, rather than when it answered: a slow answer is an old one
     */
    void answered(String deviceId, String source, Answer answer, Instant askedAt) {
        devices.lock(deviceId).ifPresent(device -> {
            var rows = rows(Set.of(deviceId)).getOrDefault(deviceId, new ArrayList<>());
            var row = row(deviceId, source, rows);
            if (row.askedAt > askedAt.toEpochMilli()) return;
            row.askedAt = askedAt.toEpochMilli();
            if (answer instanceof Outage outage) {
                if (row.outageSince == null) row.outageSince = row.askedAt;
                row.outageReason =
                        outage.reason().substring(0, Math.min(outage.reason().length(), Documents.MAX_TEXT));
            } else {
                row.answeredAt = row.askedAt;
                row.outageSince = null;
                row.outageReason = null;
                row.posture = answer instanceof Found found
                        ? Documents.write(notFromTheFuture(found.posture()).from(source))
                        : null;
            }
            reassess(device, rows);
        });
    }

    /** Puts the reports together anew, without those of sources that are none any more. */
    void reassess(String deviceId) {
        devices.lock(deviceId)
                .ifPresent(
                        device -> reassess(device, rows(Set.of(deviceId)).getOrDefault(deviceId, new ArrayList<>())));
    }

    /**
     * One source's part.
     *
     * @param askedAt when it was asked last, or told us
     * @param posture what it said last; empty when it does not know the device
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Part(
            String source,
            Instant askedAt,
            Optional<Instant> outageSince,
            Optional<String> outageReason,
            Optional<Posture> posture) {}

    /** What each source said last, by its name. */
    public List<Part> parts(String deviceId) {
        return rows(Set.of(deviceId)).getOrDefault(deviceId, List.of()).stream()
                .sorted(Comparator.comparing(row -> row.source))
                .map(row -> new Part(
                        row.source,
                        Instant.ofEpochMilli(row.askedAt),
                        time(row.outageSince),
                        Optional.ofNullable(row.outageReason),
                        posture(row)))
                .toList();
    }

    private Posture notFromTheFuture(Posture posture) {
        var now = clock.instant();
        return posture.observedAt().isAfter(now.plus(CLOCK_SKEW))
                ? Posture.of(now, posture.source(), posture.flat(), posture.failing())
                : posture;
    }

    private void reassess(Device before, List<PostureEntity> all) {
        var asked = PostureSources.enabled(session, realm).stream()
                .map(PostureSources.Configured::name)
                .collect(Collectors.toSet());
        var rows = all.stream()
                .filter(row -> kept(row, asked))
                .sorted(Comparator.comparing(row -> row.source))
                .toList();
        var merged = MergedPosture.of(
                rows.stream().flatMap(row -> posture(row).stream()).toList());
        var now = clock.instant();
        var steadiness = before.provenance()
                .steadiness()
                .after(good(before.posture()), good(merged.posture()), now, PosturePull.steadiness(session));
        var provenance = new Provenance(merged.origins(), contacts(rows), steadiness);
        devices.assess(before.id(), merged.posture(), provenance);
        tell(before, merged.posture(), provenance, now);
    }

    // NB. Nobody answers any more for what a source said that was removed or switched off.
    private boolean kept(PostureEntity row, Set<String> asked) {
        if (row.source.equals(Provenance.REGISTRY) || asked.contains(row.source)) return true;
        entities.remove(row);
        return false;
    }

    private static Set<String> good(Optional<Posture> posture) {
        return posture.map(Posture::good).orElse(Set.of());
    }

    private static Map<String, Contact> contacts(List<PostureEntity> rows) {
        return rows.stream()
                .filter(row -> !row.source.equals(Provenance.REGISTRY))
                .collect(Collectors.toMap(
                        row -> row.source,
                        row -> new Contact(
                                Instant.ofEpochMilli(row.askedAt),
                                time(row.answeredAt),
                                time(row.outageSince),
                                posture(row).flatMap(Posture::compliant).isPresent())));
    }

    private record Change(Optional<JsonNode> from, Optional<JsonNode> to) {}

    private void tell(Device before, Optional<Posture> posture, Provenance provenance, Instant now) {
        var changes = changes(facts(before.posture()), facts(posture));
        var outages = before.provenance().outages();
        if (!outages.equals(provenance.outages())) {
            changes.put(
                    "outages",
                    new Change(
                            Optional.of(Documents.toTree(outages)),
                            Optional.of(Documents.toTree(provenance.outages()))));
        }
        hold(before.provenance().steadiness(), provenance.steadiness(), now)
                .ifPresent(until -> changes.put("heldUntil", new Change(Optional.empty(), Optional.of(until))));
        if (changes.isEmpty()) return;
        var entry = AuditEntries.of(session, "device.posture-changed")
                .about("device", before.id())
                .on(Optional.of(before.id()))
                .with("changes", changes);
        new JpaAuditLog(session, realm).append(entry.at(clock));
        Reevaluation.ofDevice(session, realm, before.id());
    }

    private static Optional<JsonNode> hold(Steadiness before, Steadiness after, Instant now) {
        return after.heldUntil()
                .filter(until -> until.isAfter(now))
                .filter(until -> !after.heldUntil().equals(before.heldUntil()))
                .map(Documents::toTree);
    }

    /** With the checks that fail, without the time: devices report every few minutes, and that is no change. */
    private static Map<String, JsonNode> facts(Optional<Posture> posture) {
        var facts = new TreeMap<String, JsonNode>();
        posture.ifPresent(known -> {
            Documents.toTree(known).properties().forEach(field -> facts.put(field.getKey(), field.getValue()));
            facts.remove("observedAt");
        });
        return facts;
    }

    private static Map<String, Change> changes(Map<String, JsonNode> before, Map<String, JsonNode> after) {
        var names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        var changes = new TreeMap<String, Change>();
        for (var name : names) {
            var change = new Change(Optional.ofNullable(before.get(name)), Optional.ofNullable(after.get(name)));
            if (!change.from().equals(change.to())) changes.put(name, change);
        }
        return changes;
    }

    /** What each source said last of these devices, whose rows this transaction has locked; by device. */
    private Map<String, List<PostureEntity>> rows(Set<String> deviceIds) {
        if (deviceIds.isEmpty()) return new HashMap<>();
        return entities.createNamedQuery("posturesOfDevices", PostureEntity.class)
                .setParameter("realmId", realm.getId())
                .setParameter("deviceIds", deviceIds)
                .getResultStream()
                .collect(groupingBy(row -> row.deviceId, HashMap::new, toCollection(ArrayList::new)));
    }

    /** The source's row, which is put to the others of the device when there is none. */
    private PostureEntity row(String deviceId, String source, List<PostureEntity> rows) {
        return rows.stream()
                .filter(row -> row.source.equals(source))
                .findFirst()
                .orElseGet(() -> {
                    var row = new PostureEntity();
                    row.realmId = realm.getId();
                    row.deviceId = deviceId;
                    row.source = source;
                    entities.persist(row);
                    rows.add(row);
                    return row;
                });
    }

    private static Optional<Posture> posture(PostureEntity row) {
        return Optional.ofNullable(row.posture).map(json -> Documents.bind(Documents.tree(json), Posture.class));
    }

    private static Optional<Instant> time(Long millis) {
        return Optional.ofNullable(millis).map(Instant::ofEpochMilli);
    }
}
