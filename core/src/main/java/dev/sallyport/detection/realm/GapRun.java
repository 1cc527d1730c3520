package dev.sallyport.detection.realm;

import dev.sallyport.audit.Gap;
import dev.sallyport.audit.realm.AuditCheck;
import dev.sallyport.finding.FindingKind;
import dev.sallyport.finding.realm.Findings;
import dev.sallyport.server.realm.Realms;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Looks at whether audit logs are what they committed themselves to, one realm at a time and by one node at a time, and raises a
 * finding of what is not, whether or not a rule is about it.
 */
public final class GapRun implements Runnable {

    private static final Logger LOG = Logger.getLogger(GapRun.class);

    /** How many gaps a finding lists. */
    private static final int MOST = 100;

    private static final Duration BETWEEN_SURVEYS = Duration.ofSeconds(10);

    private final KeycloakSessionFactory factory;
    private final Clock clock = Clock.systemUTC();
    private Instant nextSurvey = Instant.EPOCH;

    public GapRun(KeycloakSessionFactory factory) {
        this.factory = factory;
    }

    @Override
    public void run() {
        if (!clock.instant().isBefore(nextSurvey)) {
            KeycloakModelUtils.runJobInTransactionWithResult(factory, AuditCheck::unchecked)
                    .forEach(this::begin);
            nextSurvey = clock.instant().plus(BETWEEN_SURVEYS);
        }
        KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> AuditCheck.due(session, clock))
                .ifPresent(this::look);
    }

    private void begin(String realmId) {
        try {
            KeycloakModelUtils.runJobInTransaction(factory, session -> AuditCheck.begin(session, realmId));
        } catch (RuntimeException e) {
            LOG.debugf(e, "another node has begun to look at the audit log of realm %s", realmId);
        }
    }

    private void look(String realmId) {
        try {
            inRealm(realmId, this::look);
        } catch (RuntimeException e) {
            LOG.errorf(e, "the audit log of realm %s could not be looked at; it is tried again later", realmId);
            inRealm(realmId, (session, realm) -> new AuditCheck(session, realm, clock).postpone());
        }
    }

    private void inRealm(String realmId, BiConsumer<KeycloakSession, RealmModel> work) {
        KeycloakModelUtils.runJobInTransaction(factory, session -> Realms.enter(session, realmId)
                .ifPresentOrElse(realm -> work.accept(session, realm), () -> AuditCheck.forget(session, realmId)));
    }

    private void look(KeycloakSession session, RealmModel realm) {
        var gaps = new AuditCheck(session, realm, clock).look();
        if (!gaps.isEmpty()) raise(session, realm, gaps);
    }

    private void raise(KeycloakSession session, RealmModel realm, List<Gap> gaps) {
        var evidence = new LinkedHashMap<String, Object>();
        evidence.put("gaps", gaps.stream().limit(MOST).toList());
        if (gaps.size() > MOST) evidence.put("further", gaps.size() - MOST);
        new Findings(session, realm, clock).raise(FindingKind.SEQUENCE_GAP, evidence);
        LOG.errorf("the audit log of realm %s is not what it was: %s", realm.getName(), gaps.get(0));
    }
}
