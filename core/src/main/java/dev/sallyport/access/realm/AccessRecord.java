package dev.sallyport.access.realm;

import dev.sallyport.access.AccessDecision;
import dev.sallyport.access.Impact;
import dev.sallyport.access.realm.AccessGate.Judgement;
import dev.sallyport.access.realm.AccessGate.Request;
import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.device.Recognition.Unrecognised;
import dev.sallyport.risk.Risk;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.sessions.AuthenticationSessionModel;

/** Leaves in the audit log, and in the counts of policies, what the gate decided. Never throws. */
final class AccessRecord {

    private static final Logger LOG = Logger.getLogger(AccessRecord.class);

    /** The policies whose impact on this sign-in has been counted. */
    private static final String COUNTED = "sallyport.counted";

    private final KeycloakSession session;
    private final RealmModel realm;
    private final Clock clock;
    private final boolean reportOnly;

    /** @param reportOnly whether the server enforces nothing */
    AccessRecord(KeycloakSession session, RealmModel realm, Clock clock, boolean reportOnly) {
        this.session = session;
        this.realm = realm;
        this.clock = clock;
        this.reportOnly = reportOnly;
    }

    /** Writes down what was refused, and what would have been; what passed leaves no entry. */
    void of(Request request, Judgement judgement) {
        var decision = judgement.decision();
        if (reportOnly) recordSuspension();
        if (!decision.allowed()) {
            var type = decision.outcome() == AccessDecision.Outcome.STEP_UP ? "access.step-up" : "access.denied";
            observe(type, request, judgement, decision.refusing().toList());
        }
        var wouldRefuse = decision.wouldRefuse().toList();
        if (!wouldRefuse.isEmpty()) observe("access.report-only", request, judgement, wouldRefuse);
    }

    /**
     * Counts what each policy did to a sign-in, once a sign-in and as it was first judged: gate, required action and last
     * door all ask, and "Try again" asks anew.
     */
    void count(AccessDecision decision, AuthenticationSessionModel authSession) {
        try {
            countNew(decision, authSession);
        } catch (RuntimeException e) {
            LOG.errorf(e, "a sign-in to realm %s could not be counted", realm.getName());
        }
    }

    private void countNew(AccessDecision decision, AuthenticationSessionModel authSession) {
        var impacts = Impact.of(decision);
        var counted = Optional.ofNullable(authSession.getAuthNote(COUNTED))
                .map(note -> List.of(note.split("\n")))
                .orElse(List.of());
        impacts.keySet().removeAll(counted);
        if (impacts.isEmpty()) return;
        var names = Stream.concat(counted.stream(), impacts.keySet().stream());
        authSession.setAuthNote(COUNTED, names.collect(Collectors.joining("\n")));
        var day = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        AccessServer.impact(session)
                .ifPresent(server -> impacts.forEach((policy, impact) -> server.count(realm, day, policy, impact)));
    }

    /** The first time since the start that a realm is asked about while nothing is enforced. */
    private void recordSuspension() {
        if (AccessServer.of(session).filter(server -> server.firstSeen(realm)).isEmpty()) return;
        var entry = AuditEntries.system(session, "access.suspended").with("option", AccessServer.OPTION);
        new JpaAuditLog(session, realm).observe(entry.at(clock), realm.getId());
    }

    private void observe(
            String type, Request request, Judgement judgement, List<AccessDecision.PolicyResult> policies) {
        try {
            var entry = AuditEntries.of(session, type)
                    .by(request.user())
                    .through(request.client())
                    .on(judgement.device().deviceId())
                    .with("door", request.door())
                    .with("policies", policies);
            if (judgement.device() instanceof Unrecognised unrecognised) entry.with("device", unrecognised.reason());
            var locks = judgement.decision().locks();
            if (!locks.isEmpty()) entry.with("locks", locks);
            judgement.decision().demanded().ifPresent(demanded -> entry.with("demanded", demanded));
            judgement.decision().risk().ifPresent(risk -> entry.with("risk", risk));
            request.userSession().ifPresent(entry::in);
            new JpaAuditLog(session, realm).observe(entry.at(clock), likeness(request, judgement, policies));
        } catch (RuntimeException e) {
            LOG.errorf(
                    e,
                    "a refusal at door %s in realm %s could not be recorded",
                    request.door().id(),
                    realm.getName());
        }
    }

    // NB. With the reason: a device that is refused for something else than a moment ago is no repetition.
    private static String likeness(Request request, Judgement judgement, List<AccessDecision.PolicyResult> policies) {
        var device = judgement.device();
        var parts = new ArrayList<String>();
        parts.add(request.user().getId());
        parts.add(request.door().id());
        parts.add(
                device instanceof Unrecognised unrecognised
                        ? unrecognised.reason().id()
                        : "recognised");
        parts.add(device.deviceId().orElse(""));
        parts.add(judgement.decision().risk().map(Risk::text).orElse(""));
        judgement.decision().locks().forEach(bar -> parts.add(bar.lock()));
        judgement.decision().demanded().ifPresent(demanded -> parts.add(demanded.expected()));
        for (var policy : policies) {
            parts.add(policy.name());
            policy.unmet().forEach(unmet -> parts.add(unmet.control()));
        }
        return String.join("\n", parts);
    }
}
