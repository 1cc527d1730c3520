package dev.sallyport.detection.realm;

import static java.util.stream.Collectors.groupingBy;

import dev.sallyport.detection.Idleness;
import dev.sallyport.elevation.realm.DormantPrivileges;
import dev.sallyport.elevation.realm.DormantPrivileges.Holding;
import dev.sallyport.elevation.realm.PrivilegedUsers;
import dev.sallyport.finding.DetectionRule;
import dev.sallyport.finding.DetectionRule.Kind;
import dev.sallyport.finding.realm.Findings;
import dev.sallyport.finding.realm.Findings.Cause;
import dev.sallyport.finding.realm.Findings.Place;
import dev.sallyport.server.realm.Realms;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Looks for what nobody uses, where a rule asks for it: a page of users at a time, by one node at a time, again and again. Each
 * time that something lies idle it is told once, until it is used again.
 */
public final class DormancyRun implements Runnable {

    private static final Logger LOG = Logger.getLogger(DormancyRun.class);

    private static final int PAGE = 200;

    /** The time between two looks at one and the same, as a part of the time in which no use was made. */
    private static final int LOOKS = 24;

    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final Duration BETWEEN_SURVEYS = Duration.ofSeconds(10);
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);
    private static final Duration WHILE_OFF = Duration.ofSeconds(10);

    private final KeycloakSessionFactory factory;
    private final Clock clock = Clock.systemUTC();
    private Instant nextSurvey = Instant.EPOCH;

    public DormancyRun(KeycloakSessionFactory factory) {
        this.factory = factory;
    }

    @Override
    public void run() {
        if (!clock.instant().isBefore(nextSurvey)) {
            survey();
            nextSurvey = clock.instant().plus(BETWEEN_SURVEYS);
        }
        due().ifPresent(this::look);
    }

    /** Which rules there are: they come and go by ways that tell nobody, such as the import of a realm. */
    private void survey() {
        var known = KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> entities(session)
                .createNamedQuery("looks", LookEntity.class)
                .getResultStream()
                .map(row -> row.id)
                .toList());
        KeycloakModelUtils.runJobInTransactionWithResult(factory, DormancyRun::wanted)
                .forEach((id, look) -> {
                    if (!known.contains(id)) begin(id, look);
                });
    }

    private record Wanted(String realmId, String rule) {}

    private static Map<String, Wanted> wanted(KeycloakSession session) {
        var wanted = new HashMap<String, Wanted>();
        session.realms()
                .getRealmsWithProviderTypeStream(DetectionProvider.class)
                .toList()
                .forEach(realm -> rules(realm)
                        .forEach(rule ->
                                wanted.put(id(realm.getId(), rule.name()), new Wanted(realm.getId(), rule.name()))));
        return wanted;
    }

    private static List<DetectionRule> rules(RealmModel realm) {
        return DetectionProvider.rules(realm).stream()
                .filter(rule -> rule.kind() == Kind.DORMANT_PRIVILEGE)
                .toList();
    }

    private static String id(String realmId, String rule) {
        return UUID.nameUUIDFromBytes((realmId + "\n" + rule).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    private void begin(String id, Wanted wanted) {
        try {
            KeycloakModelUtils.runJobInTransaction(factory, session -> {
                var row = new LookEntity();
                row.id = id;
                row.realmId = wanted.realmId();
                row.rule = wanted.rule();
                row.dueAt = clock.millis();
                entities(session).persist(row);
            });
        } catch (RuntimeException e) {
            LOG.debugf(e, "another node has begun to look by rule %s of realm %s", wanted.rule(), wanted.realmId());
        }
    }

    // NB. One page a time, whichever has waited for longest: a large realm must not keep the others waiting for hours.
    private Optional<String> due() {
        return KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> entities(session)
                .createNamedQuery("dueLooks", String.class)
                .setParameter("now", clock.millis())
                .setMaxResults(1)
                .getResultStream()
                .findFirst());
    }

    private void look(String id) {
        try {
            KeycloakModelUtils.runJobInTransaction(
                    factory, session -> held(session, id).ifPresent(row -> look(session, row)));
        } catch (RuntimeException e) {
            LOG.errorf(e, "some users could not be looked at for look %s; the next round will", id);
            KeycloakModelUtils.runJobInTransaction(
                    factory, session -> held(session, id).ifPresent(this::pass));
        }
    }

    /** As nobody else has it until this transaction ends; empty when somebody else has looked meanwhile. */
    private Optional<LookEntity> held(KeycloakSession session, String id) {
        return Optional.ofNullable(entities(session).find(LookEntity.class, id, LockModeType.PESSIMISTIC_WRITE))
                .filter(row -> row.dueAt <= clock.millis());
    }

    // NB. Whoever cannot be looked at, for instance because a directory is away, must not keep the others from it.
    private void pass(LookEntity row) {
        row.nextUser += PAGE;
        row.dueAt = clock.instant().plus(AFTER_FAILURE).toEpochMilli();
    }

    private void look(KeycloakSession session, LookEntity row) {
        var realm = Realms.enter(session, row.realmId);
        var stored = realm.flatMap(found -> DetectionProvider.stored(found).stream()
                .filter(each -> each.name().equals(row.rule))
                .findFirst());
        if (stored.isEmpty()) {
            forget(session, row);
            return;
        }
        // NB. What was found stays known while a rule is off, so that it is not told again.
        var rule =
                stored.get().rule().filter(DetectionRule::on).filter(found -> found.kind() == Kind.DORMANT_PRIVILEGE);
        if (rule.isEmpty()) row.dueAt = clock.instant().plus(WHILE_OFF).toEpochMilli();
        else look(session, realm.get(), rule.get(), row);
    }

    private void look(KeycloakSession session, RealmModel realm, DetectionRule rule, LookEntity row) {
        var now = clock.instant();
        var unused = rule.unused().orElseThrow();
        var page = new PrivilegedUsers(session, realm, clock).page(row.nextUser, PAGE);
        var holdings = new DormantPrivileges(session, realm)
                .of(page.found(), now.minus(unused), now).stream()
                        .collect(groupingBy(holding -> holding.user().getId()));
        new Comparison(session, realm, rule, row.completed, now).of(page.users(), holdings);
        boolean over = page.next().isEmpty();
        row.nextUser = page.next().orElse(0);
        row.completed |= over;
        row.dueAt = (over ? now.plus(pause(unused)) : now).toEpochMilli();
    }

    private static Duration pause(Duration unused) {
        var part = unused.dividedBy(LOOKS);
        return part.compareTo(LONGEST_PAUSE) < 0 ? part : LONGEST_PAUSE;
    }

    private static void forget(KeycloakSession session, LookEntity row) {
        entities(session)
                .createNamedQuery("removeDormancyOfRule")
                .setParameter("realmId", row.realmId)
                .setParameter("rule", row.rule)
                .executeUpdate();
        entities(session).remove(row);
    }

    /** What a page has in it now, and what it had when it was looked at before. */
    private record Comparison(
            KeycloakSession session, RealmModel realm, DetectionRule rule, boolean completed, Instant now) {

        void of(List<UserModel> users, Map<String, List<Holding>> holdings) {
            var known = known(users);
            holdings.values().stream().flatMap(List::stream).forEach(holding -> {
                var row =
                        known.remove(key(holding.user().getId(), holding.held().id(), holding.name()));
                compare(holding, row == null ? kept(holding) : row);
            });
            known.values().forEach(entities(session)::remove);
        }

        private Map<String, DormancyEntity> known(List<UserModel> users) {
            var known = new LinkedHashMap<String, DormancyEntity>();
            if (users.isEmpty()) return known;
            entities(session)
                    .createNamedQuery("dormancyOfUsers", DormancyEntity.class)
                    .setParameter("realmId", realm.getId())
                    .setParameter("rule", rule.name())
                    .setParameter("users", users.stream().map(UserModel::getId).toList())
                    .getResultStream()
                    .forEach(row -> known.put(key(row.userId, row.held, row.name), row));
            return known;
        }

        private static String key(String userId, String held, String name) {
            return userId + "\n" + held + "\n" + name;
        }

        // NB. Nobody knows since when somebody holds a role or may ask for a privilege; but not for longer than they
        // are
        // there, and what a round finds that the one before did not is new.
        private DormancyEntity kept(Holding holding) {
            var row = new DormancyEntity();
            row.id = UUID.randomUUID().toString();
            row.realmId = realm.getId();
            row.rule = rule.name();
            row.userId = holding.user().getId();
            row.held = holding.held().id();
            row.name = holding.name();
            row.since = completed
                    ? Long.valueOf(now.toEpochMilli())
                    : holding.user().getCreatedTimestamp();
            entities(session).persist(row);
            return row;
        }

        private void compare(Holding holding, DormancyEntity row) {
            var before = new Idleness(time(row.since), time(row.told));
            var from = now.minus(rule.unused().orElseThrow());
            var after = before.after(holding.disuse(), holding.lastSign(), from);
            row.told = after.told().map(Instant::toEpochMilli).orElse(null);
            if (after.news(before)) raise(holding);
        }

        private static Optional<Instant> time(Long millis) {
            return Optional.ofNullable(millis).map(Instant::ofEpochMilli);
        }

        private void raise(Holding holding) {
            var evidence = new LinkedHashMap<String, Object>();
            evidence.put("held", holding.held().id());
            evidence.put("name", holding.name());
            evidence.put("known", holding.disuse().id());
            evidence.put("unused", rule.unused());
            holding.lastUsed().ifPresent(time -> evidence.put("lastUsed", time));
            holding.signedIn().ifPresent(time -> evidence.put("lastSignIn", time));
            var cause = new Cause(rule.name(), rule.severity(), Place.NOWHERE);
            var finding = new Findings(session, realm, Clock.systemUTC())
                    .raise(rule.kind().id(), holding.user(), evidence, cause);
            Pending.by(rule, finding, holding.user().getId())
                    .forEach(pending -> Signals.add(session, realm.getId(), pending));
        }
    }

    private static EntityManager entities(KeycloakSession session) {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
