package dev.sallyport.detection.realm;

import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.device.Device;
import dev.sallyport.device.realm.DeviceRecognition;
import dev.sallyport.device.realm.JpaDeviceStore;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.EndedBy;
import dev.sallyport.elevation.realm.Elevations;
import dev.sallyport.elevation.realm.Warning;
import dev.sallyport.evaluation.realm.SessionKill;
import dev.sallyport.finding.DetectionRule;
import dev.sallyport.finding.DetectionRule.Response;
import dev.sallyport.session.realm.Reevaluation;
import dev.sallyport.watch.realm.PrivilegedSessions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** What is done about a finding, each with its record. Nothing here waits for another machine. */
record Responses(KeycloakSession session, RealmModel realm, Clock clock, DetectionRule rule, String finding) {

    /**
     * How many users, and how many devices, all rules of a realm may shut out within an hour: a rule that is wrong, or that
     * somebody has learnt to set off, must not shut out everybody.
     */
    static final int MOST_SHUT_OUT = 5;

    private static final Duration HOUR = Duration.ofHours(1);

    /** What became of it. */
    private enum Outcome {
        TAKEN,
        /** There was nothing to do it to. */
        NOTHING,
        /** There was too much of it lately. */
        WITHHELD;

        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    void take(UserModel user, Optional<String> sessionId, Optional<String> elevationId, Optional<String> deviceId) {
        // NB. Found before anything ends.
        var device = deviceId.or(() -> sessionId.flatMap(this::deviceOf));
        for (var response : rule.responses()) {
            var outcome =
                    switch (response) {
                        case NOTIFY -> warn(user);
                        case END_ELEVATION -> endElevations(user, sessionId, elevationId);
                        case END_SESSION -> endSession(sessionId);
                        case BLOCK_DEVICE -> block(device);
                        case DISABLE_USER -> disable(user);
                    };
            record(response, outcome, user, sessionId, elevationId, device);
        }
    }

    private Outcome warn(UserModel user) {
        int told = Warning.toThoseWhoManage(
                session,
                realm,
                rule.name(),
                user,
                rule.kind().id() + ", " + rule.severity().id());
        return told > 0 ? Outcome.TAKEN : Outcome.NOTHING;
    }

    private Outcome endElevations(UserModel user, Optional<String> sessionId, Optional<String> elevationId) {
        var elevations = new Elevations(session, realm, clock);
        var sessions = new PrivilegedSessions(session, realm, clock);
        var inSession = sessionId.flatMap(sessions::online).stream()
                .flatMap(found -> elevations.inEffect(found).stream())
                .map(Elevation::id);
        var named = elevationId.flatMap(elevations::find).stream()
                .filter(found -> found.requester().equals(user.getId()) && found.inEffect(clock.instant()))
                .map(Elevation::id);
        var ids = Stream.concat(inSession, named).distinct().toList();
        ids.forEach(id -> elevations.end(id, EndedBy.ADMIN));
        return ids.isEmpty() ? Outcome.NOTHING : Outcome.TAKEN;
    }

    private Outcome endSession(Optional<String> sessionId) {
        var kill = new SessionKill(session, realm, clock);
        boolean ended = sessionId
                .filter(id -> kill.kill(id, Optional.empty(), Map.of("reason", "detection", "rule", rule.name())))
                .isPresent();
        return ended ? Outcome.TAKEN : Outcome.NOTHING;
    }

    private Optional<String> deviceOf(String sessionId) {
        var sessions = new PrivilegedSessions(session, realm, clock);
        return sessions.online(sessionId)
                .or(() -> sessions.offline(sessionId))
                .flatMap(found -> DeviceRecognition.startedOn(found).stream().findFirst());
    }

    private Outcome block(Optional<String> deviceId) {
        var devices = new JpaDeviceStore(session, realm);
        var device = deviceId.flatMap(devices::lock).filter(found -> found.status() == Device.Status.ACTIVE);
        if (device.isEmpty()) return Outcome.NOTHING;
        if (shutOut(Response.BLOCK_DEVICE) >= MOST_SHUT_OUT) return Outcome.WITHHELD;
        var before = device.get();
        devices.update(new Device(
                before.id(),
                before.displayName(),
                before.ownerId(),
                before.serial(),
                before.platform(),
                Device.Status.BLOCKED,
                before.posture(),
                before.provenance()));
        append(AuditEntries.system(session, "device.blocked")
                .about("device", before.id())
                .on(Optional.of(before.id()))
                .with("rule", rule.name()));
        Reevaluation.ofDevice(session, realm, before.id());
        return Outcome.TAKEN;
    }

    private Outcome disable(UserModel user) {
        if (!user.isEnabled()) return Outcome.NOTHING;
        if (shutOut(Response.DISABLE_USER) >= MOST_SHUT_OUT) return Outcome.WITHHELD;
        user.setEnabled(false);
        Reevaluation.ofUser(session, realm, user.getId());
        return Outcome.TAKEN;
    }

    private long shutOut(Response response) {
        return new JpaAuditLog(session, realm)
                        .newestOfActor(
                                "system",
                                List.of("response.taken"),
                                clock.instant().minus(HOUR),
                                1_000)
                        .stream()
                        .map(entry -> entry.path("details"))
                        .filter(details -> details.path("response").asText().equals(response.id())
                                && details.path("outcome").asText().equals(Outcome.TAKEN.id()))
                        .count();
    }

    private void record(
            Response response,
            Outcome outcome,
            UserModel user,
            Optional<String> sessionId,
            Optional<String> elevationId,
            Optional<String> device) {
        var entry = AuditEntries.system(session, "response.taken")
                .about(user)
                .in(sessionId)
                .on(device)
                .with("rule", rule.name())
                .with("finding", finding)
                .with("response", response.id())
                .with("outcome", outcome.id());
        elevationId.ifPresent(entry::elevation);
        append(entry);
    }

    private void append(AuditEntries entry) {
        new JpaAuditLog(session, realm).append(entry.at(clock));
    }
}
