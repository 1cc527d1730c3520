package dev.sallyport.detection.realm;

import dev.sallyport.audit.AuditEntry;
import dev.sallyport.audit.realm.AuditLog.Appended;
import dev.sallyport.document.Documents;
import dev.sallyport.finding.DetectionRule;
import dev.sallyport.finding.DetectionRule.Kind;
import dev.sallyport.finding.Observation.Work;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;

/**
 * Has what is recorded looked at, if a rule may be about it: noted in the transaction of the record, so that nothing that is
 * acknowledged is missed, whatever happens to this server.
 */
final class Signals {

    static final String NODE = UUID.randomUUID().toString();

    /** How long others leave a new row to the node that wrote it. */
    static final long FIRST_RIGHT_MILLIS = 2_000;

    /** Comes before every time. */
    private static final long AT_ONCE = 0;

    private static final String WAKES = "sallyport.detection.wakes";

    private static final Map<String, Set<Kind>> KINDS = Map.of(
            "session.event",
            EnumSet.of(
                    Kind.NETWORK_CHANGE, Kind.COUNTRY_CHANGE, Kind.OUTSIDE_SCHEDULE, Kind.ADMIN_BURST, Kind.REFUSALS),
            "session.activity",
            EnumSet.of(Kind.OUTSIDE_SCHEDULE),
            "elevation.activated",
            EnumSet.of(Kind.OUTSIDE_SCHEDULE),
            "access.denied",
            EnumSet.of(Kind.DEVICE_CHANGE, Kind.REFUSALS),
            "elevation.ended",
            EnumSet.of(Kind.ELEVATION_UNUSED),
            "finding.raised",
            EnumSet.of(Kind.GIVEN_OUTSIDE, Kind.EMERGENCY_USED, Kind.SEQUENCE_GAP));

    private Signals() {}

    /** What may be detected by an entry. */
    static Set<Kind> kinds(String type) {
        return KINDS.getOrDefault(type, Set.of());
    }

    static void note(Appended appended, Runnable wake) {
        var kinds = kinds(appended.entry().type());
        if (kinds.isEmpty()) return;
        var rules = DetectionProvider.rules(appended.realm()).stream()
                .filter(rule -> kinds.contains(rule.kind()) && mayConcern(rule, appended.entry()))
                .toList();
        if (rules.isEmpty() || !lookedAt(appended.times().getAsLong(), rules)) return;
        add(
                appended.session(),
                appended.realm().getId(),
                Documents.write(appended.entry()),
                Clock.systemUTC().millis() + FIRST_RIGHT_MILLIS);
        wakeAfterwards(appended.session(), wake);
    }

    /**
     * Whether it is looked at that something happened once more.
     *
     * <p>NB. Anybody can have requests refused at any rate. So each one counts until the last of these rules is met by them
     * alone, and from then on the powers of two.
     *
     * @param times how often it happened by now
     */
    static boolean lookedAt(long times, List<DetectionRule> rules) {
        int most = rules.stream()
                .filter(rule -> rule.kind() == Kind.REFUSALS)
                .flatMap(rule -> rule.count().stream())
                .reduce(1, Math::max);
        return times <= most || Long.bitCount(times) == 1;
    }

    /** Has a response taken: before anything else is looked at, by whichever node is the first. */
    static void add(KeycloakSession session, String realmId, Pending pending) {
        add(session, realmId, Documents.write(pending), AT_ONCE);
    }

    private static void add(KeycloakSession session, String realmId, String work, long dueAt) {
        var row = new DetectionEntity();
        row.id = UUID.randomUUID().toString();
        row.realmId = realmId;
        row.entry = work;
        row.worker = NODE;
        row.dueAt = dueAt;
        session.getProvider(JpaConnectionProvider.class).getEntityManager().persist(row);
    }

    // NB. Most events are of applications that renew tokens; they are not worth a row for rules about something else.
    private static boolean mayConcern(DetectionRule rule, AuditEntry entry) {
        var details = entry.details();
        return switch (rule.kind()) {
            case OUTSIDE_SCHEDULE ->
                !details.containsKey("error")
                        && !rule.schedule().orElseThrow().covers(entry.time())
                        && Observations.work(entry.type(), Documents.toTree(details))
                                .filter(work -> work != Work.RENEWAL)
                                .isPresent();
            case NETWORK_CHANGE, COUNTRY_CHANGE -> details.containsKey("from");
            case ADMIN_BURST ->
                details.containsKey("kind") && details.get("kind").asText().equals("admin");
            case DEVICE_CHANGE -> details.containsKey("device");
            case REFUSALS ->
                entry.type().startsWith("access.") || details.containsKey("error") || details.containsKey("outcome");
            default -> true;
        };
    }

    private static void wakeAfterwards(KeycloakSession session, Runnable wake) {
        if (session.getAttribute(WAKES) != null
                || !session.getTransactionManager().isActive()) return;
        session.setAttribute(WAKES, true);
        session.getTransactionManager().enlistAfterCompletion(new AbstractKeycloakTransaction() {

            @Override
            protected void commitImpl() {
                session.removeAttribute(WAKES);
                wake.run();
            }

            @Override
            protected void rollbackImpl() {
                session.removeAttribute(WAKES);
            }
        });
    }
}
