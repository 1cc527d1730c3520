package dev.sallyport.detection.realm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.realm.Elevations;
import dev.sallyport.elevation.realm.Turns;
import dev.sallyport.finding.Detection;
import dev.sallyport.finding.DetectionRule;
import dev.sallyport.finding.DetectionRule.Kind;
import dev.sallyport.finding.Observation;
import dev.sallyport.finding.realm.Findings;
import dev.sallyport.finding.realm.Findings.Cause;
import dev.sallyport.finding.realm.Findings.Place;
import dev.sallyport.watch.realm.PrivilegedSessions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** Looks at one entry by all rules of its realm. What is found and what is done about it is one transaction. */
record DetectionRun(KeycloakSession session, RealmModel realm, JsonNode entry, Clock clock) {

    private static final int MOST = 1_000;
    private static final Set<Kind> RAISED_ANYWAY =
            EnumSet.of(Kind.GIVEN_OUTSIDE, Kind.EMERGENCY_USED, Kind.SEQUENCE_GAP);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final List<String> OF_A_SESSION = List.of("session.started", "session.event");
    private static final List<String> ADDING_UP = List.of("session.started", "session.event", "access.denied");

    void run() {
        var kinds = Signals.kinds(entry.path("type").asText());
        var happened = new Observations(session, realm).of(entry);
        DetectionProvider.rules(realm).stream()
                .filter(rule -> kinds.contains(rule.kind()))
                .forEach(rule -> look(rule, happened));
    }

    private void look(DetectionRule rule, Observation happened) {
        var user = user(rule);
        if (user.isEmpty() && rule.kind() != Kind.SEQUENCE_GAP) return;
        if (!concerns(rule) || user.filter(found -> told(rule, happened, found)).isPresent()) return;
        var evidence = Detection.evidence(rule, happened, before(rule, happened));
        if (evidence.isEmpty()) return;
        if (user.filter(found -> toldMeanwhile(rule, happened, found)).isPresent()) return;
        var cause = new Cause(rule.name(), rule.severity(), new Place(sessionId(), elevationId()));
        var finding = raised(rule, user, evidence.get(), cause);
        boolean provoked = provoked(rule, user, evidence.get());
        // NB. Each by itself afterwards: one that fails takes neither the finding nor the others along.
        for (var response : rule.responses()) {
            boolean withheld =
                    switch (response) {
                        case NOTIFY -> false;
                        // NB. The session is that of whoever is there, with its elevations; the account is not.
                        case DISABLE_USER ->
                            provoked || sessionId().filter(this::stoodIn).isPresent();
                        default -> provoked;
                    };
            Signals.add(
                    session,
                    realm.getId(),
                    new Pending(
                            response,
                            rule.name(),
                            Pending.what(rule),
                            finding,
                            user.map(UserModel::getId),
                            sessionId(),
                            elevationId(),
                            deviceId(),
                            withheld));
        }
    }

    /** Whether somebody else may have brought it about, or nobody can tell: reason enough to be told of it, and for no more. */
    private boolean provoked(DetectionRule rule, Optional<UserModel> user, Map<String, Object> evidence) {
        if (Boolean.FALSE.equals(evidence.get(Detection.CERTAIN))) return true;
        if (rule.kind() != Kind.OUTSIDE_SCHEDULE) return false;
        var type = entry.path("type").asText();
        boolean reported = type.equals("session.activity");
        boolean others = user.filter(
                        found -> found.getId().equals(entry.at("/actor/id").asText()))
                .isEmpty();
        boolean impersonated = entry.at("/details/event").asText().equals("IMPERSONATE");
        boolean backChannel = type.equals("session.event")
                && entry.at("/details/kind").asText().equals("user")
                && !entry.at("/details/from").isTextual();
        return reported || others || impersonated || backChannel;
    }

    /** Whether somebody else may be, or have been, in that session in the place of who acted. */
    private boolean stoodIn(String sessionId) {
        return new PrivilegedSessions(session, realm, clock)
                .stoodIn(sessionId, entry.at("/actor/id").asText());
    }

    /**
     * Those of sessions that the user is in, or of those that somebody else is in, as is the case in this one.
     *
     * <p>NB. Neither answers for what the other did, nor hides behind it.
     */
    private <T> List<T> ofSamePerson(List<T> found, Function<T, Optional<String>> session) {
        var known = new HashMap<String, Boolean>();
        Predicate<Optional<String>> stoodIn = id ->
                id.filter(each -> known.computeIfAbsent(each, this::stoodIn)).isPresent();
        boolean now = stoodIn.test(sessionId());
        return found.stream()
                .filter(each -> stoodIn.test(session.apply(each)) == now)
                .toList();
    }

    /** Whether an entry of several uses is of that of the rule. */
    private boolean concerns(DetectionRule rule) {
        var kind = entry.at("/details/kind").asText();
        return switch (rule.kind()) {
            case GIVEN_OUTSIDE -> kind.equals("role-given") || kind.equals("group-joined");
            case EMERGENCY_USED, SEQUENCE_GAP -> kind.equals(rule.kind().id());
            case ELEVATION_UNUSED -> elevation().filter(this::began).isPresent();
            default -> true;
        };
    }

    private String raised(DetectionRule rule, Optional<UserModel> user, Map<String, Object> evidence, Cause cause) {
        var findings = new Findings(session, realm, clock);
        // NB. These are raised whether or not a rule is about them.
        if (RAISED_ANYWAY.contains(rule.kind())) {
            var id = entry.at("/details/finding").asText();
            findings.assign(id, cause);
            return id;
        }
        var all = new LinkedHashMap<>(evidence);
        all.put("entry", entry.path("id").asText());
        return findings.raise(rule.kind().id(), user.orElseThrow(), all, cause);
    }

    /** What was recorded of the same session or user before, or at the same time. */
    private List<JsonNode> earlier(DetectionRule rule, Observation happened) {
        var log = new JpaAuditLog(session, realm);
        return switch (rule.kind()) {
            case NETWORK_CHANGE, COUNTRY_CHANGE ->
                sessionId()
                        .map(id -> sinceItBegan(log.newestOfSession(id, OF_A_SESSION, MOST)))
                        .orElse(List.of());
            case ADMIN_BURST -> ofSamePerson(ofActor(log, rule, happened), DetectionRun::sessionId);
            case REFUSALS -> ofActor(log, rule, happened);
            case ELEVATION_UNUSED ->
                elevation()
                        .map(elevation -> log.newestOfActor(
                                elevation.requester(),
                                List.of("session.event", "session.activity"),
                                elevation.start().orElse(happened.time()),
                                MOST))
                        .orElse(List.of());
            default -> List.of();
        };
    }

    private List<JsonNode> ofActor(JpaAuditLog log, DetectionRule rule, Observation happened) {
        var since = happened.time().minus(rule.span());
        return log.newestOfActor(entry.at("/actor/id").asText(), ADDING_UP, since, MOST);
    }

    private List<Observation> before(DetectionRule rule, Observation happened) {
        var earlier = earlier(rule, happened);
        var observations = new Observations(session, realm);
        // NB. A repetition is in the log as the count of the first, and what told of it is not.
        if (rule.kind() == Kind.REFUSALS)
            return earlier.stream().map(observations::of).toList();
        return earlier.stream()
                .map(observations::of)
                .filter(each -> !each.id().equals(happened.id()))
                .filter(each -> !each.time().isAfter(happened.time()))
                .toList();
    }

    // NB. A later login of the same browser may get the id of the session before.
    private static List<JsonNode> sinceItBegan(List<JsonNode> newestFirst) {
        return newestFirst.stream()
                .takeWhile(each -> !each.path("type").asText().equals("session.started"))
                .toList();
    }

    // NB. Two nodes may be at two entries of one burst; the second one waits here and sees what the first one found.
    private boolean toldMeanwhile(DetectionRule rule, Observation happened, UserModel user) {
        if (since(rule, happened).isEmpty()) return false;
        new Turns(session, realm).ofFindings(user.getId());
        return told(rule, happened, user);
    }

    /** Whether that was found already, and is still the same. */
    private boolean told(DetectionRule rule, Observation happened, UserModel user) {
        return since(rule, happened)
                .map(from -> new Findings(session, realm, clock).found(rule.name(), user.getId(), from))
                .filter(found -> switch (rule.kind()) {
                    case ADMIN_BURST ->
                        !ofSamePerson(found, Function.identity()).isEmpty();
                    case REFUSALS -> !found.isEmpty();
                    default -> sessionId().isEmpty() ? !found.isEmpty() : found.contains(sessionId());
                })
                .isPresent();
    }

    /** From when on it counts as the same; empty for what is each time another. */
    private static Optional<Instant> since(DetectionRule rule, Observation happened) {
        return switch (rule.kind()) {
            case ADMIN_BURST, REFUSALS -> Optional.of(happened.time().minus(rule.span()));
            case OUTSIDE_SCHEDULE -> Optional.of(happened.time().minus(DAY));
            case NETWORK_CHANGE, COUNTRY_CHANGE, DEVICE_CHANGE ->
                Optional.of(happened.time().minus(HOUR));
            default -> Optional.empty();
        };
    }

    /** Whom it concerns; nobody where it is about the realm, and nobody of another realm, whose administrators are that realm's business. */
    private Optional<UserModel> user(DetectionRule rule) {
        if (rule.kind() == Kind.SEQUENCE_GAP) return Optional.empty();
        boolean done = rule.kind() == Kind.ELEVATION_UNUSED
                || rule.kind() == Kind.GIVEN_OUTSIDE
                || rule.kind() == Kind.EMERGENCY_USED;
        var type = entry.path("type").asText();
        boolean reported = type.equals("session.activity") || type.equals("elevation.activated");
        var id = entry.at(done || reported ? "/subject/id" : "/actor/id").asText();
        return Optional.ofNullable(session.users().getUserById(realm, id));
    }

    private Optional<Elevation> elevation() {
        return elevationId().flatMap(new Elevations(session, realm, clock)::find);
    }

    private boolean began(Elevation elevation) {
        return elevation.wasInEffect() && elevation.extending().isEmpty();
    }

    private Optional<String> sessionId() {
        return sessionId(entry).or(() -> elevationOfFinding().flatMap(Elevation::sessionId));
    }

    private static Optional<String> sessionId(JsonNode entry) {
        return entry.at("/details/sessionRealm").isTextual()
                ? Optional.empty()
                : Optional.ofNullable(entry.path("sessionId").textValue());
    }

    private Optional<String> elevationId() {
        return Optional.ofNullable(entry.path("elevationId").textValue())
                .or(() -> Optional.ofNullable(
                        entry.at("/details/evidence/elevation").textValue()));
    }

    private Optional<Elevation> elevationOfFinding() {
        return Optional.ofNullable(entry.at("/details/evidence/elevation").textValue())
                .flatMap(new Elevations(session, realm, clock)::find);
    }

    private Optional<String> deviceId() {
        return Optional.ofNullable(entry.path("deviceId").textValue());
    }
}
