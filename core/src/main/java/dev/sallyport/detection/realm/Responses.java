package dev.sallyport.detection.realm;

import dev.sallyport.access.realm.Reauthentication;
import dev.sallyport.audit.AuditEntry.Party;
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

/** What is done about a finding, with its record. Nothing here waits for another machine. */
record Responses(KeycloakSession session, RealmModel realm, Clock clock, Pending pending) {

    /**
     * How many users, and how many devices, all rules of a realm may shut out within an hour: a rule that is wrong, or that
     * somebody has learnt to set off, must not shut out everybody.
     */
    static final int MOST_SHUT_OUT = 5;

    /** How often all rules of a realm together tell people within an hour. */
    private static final int MOST_TOLD = 60;

    private static final Duration HOUR = Duration.ofHours(1);

    /** What became of it. */
    private enum Outcome {
        TAKEN,
        /** There was nothing to do it to. */
        NOTHING,
        WITHHELD_FOR_OTHERS("somebody-else"),
        WITHHELD_FOR_NUMBER("too-many"),
        /** It was tried, and could not be done. */
        FAILED;

        private final Optional<String> withheldFor;

        Outcome() {
            withheldFor = Optional.empty();
        }

        Outcome(String withheldFor) {
            this.withheldFor = Optional.of(withheldFor);
        }

        String id() {
            return withheldFor.isPresent() ? "withheld" : name().toLowerCase(Locale.ROOT);
        }
    }

    void take() {
        var user = user();
        if (gone(user)) return;
        var sessionId = pending.sessionId();
        // NB. Found before anything ends.
        var device = user.flatMap(this::device);
        var outcome = pending.withheld()
                ? Outcome.WITHHELD_FOR_OTHERS
                : switch (pending.response()) {
                    case NOTIFY -> warn(user);
                    case REQUIRE_FRESH_AUTHENTICATION -> requireFreshAuthentication(sessionId);
                    case END_ELEVATION ->
                        user.map(found -> endElevations(found, sessionId, pending.elevationId()))
                                .orElse(Outcome.NOTHING);
                    case END_SESSION -> endSession(sessionId);
                    case BLOCK_DEVICE -> block(device);
                    case DISABLE_USER -> user.map(this::disable).orElse(Outcome.NOTHING);
                };
        record(outcome, user, device);
    }

    /** Takes note that it could not be done. */
    void failed() {
        var user = user();
        if (!gone(user)) record(Outcome.FAILED, user, pending.deviceId());
    }

    private Optional<UserModel> user() {
        return pending.userId().map(id -> session.users().getUserById(realm, id));
    }

    private boolean gone(Optional<UserModel> user) {
        return pending.userId().isPresent() && user.isEmpty();
    }

    private Outcome warn(Optional<UserModel> user) {
        if (taken(Response.NOTIFY, MOST_TOLD)) return Outcome.WITHHELD_FOR_NUMBER;
        var about = user.map(UserModel::getUsername).orElseGet(realm::getName);
        int told = Warning.toThoseWhoManage(session, realm, pending.rule(), about, pending.what());
        return told > 0 ? Outcome.TAKEN : Outcome.NOTHING;
    }

    private Outcome requireFreshAuthentication(Optional<String> sessionId) {
        boolean demanded = sessionId
                .filter(id -> Reauthentication.demand(session, realm, id, clock.instant()))
                .isPresent();
        return demanded ? Outcome.TAKEN : Outcome.NOTHING;
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
                .filter(id -> kill.kill(id, Optional.empty(), Map.of("reason", "detection", "rule", pending.rule())))
                .isPresent();
        return ended ? Outcome.TAKEN : Outcome.NOTHING;
    }

    /** The device that was shown if it is the user's own, since anybody could show somebody else's; else that of the session. */
    private Optional<String> device(UserModel user) {
        var devices = new JpaDeviceStore(session, realm);
        return pending.deviceId()
                .filter(id -> devices.find(id)
                        .flatMap(Device::ownerId)
                        .filter(user.getId()::equals)
                        .isPresent())
                .or(() -> pending.sessionId().flatMap(this::deviceOf));
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
        if (taken(Response.BLOCK_DEVICE, MOST_SHUT_OUT)) return Outcome.WITHHELD_FOR_NUMBER;
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
                .with("rule", pending.rule()));
        Reevaluation.ofDevice(session, realm, before.id());
        return Outcome.TAKEN;
    }

    private Outcome disable(UserModel user) {
        if (!user.isEnabled()) return Outcome.NOTHING;
        if (taken(Response.DISABLE_USER, MOST_SHUT_OUT)) return Outcome.WITHHELD_FOR_NUMBER;
        user.setEnabled(false);
        Reevaluation.ofUser(session, realm, user.getId());
        return Outcome.TAKEN;
    }

    /** Whether it was taken that often within the hour. */
    private boolean taken(Response response, int most) {
        var since = clock.instant().minus(HOUR);
        return new JpaAuditLog(session, realm)
                        .newestOfActor(actor(response), List.of("response.taken"), since, most)
                        .size()
                >= most;
    }

    // NB. What is done is found by who does it; nothing else is done in that name.
    private static String actor(Response response) {
        return "detection-" + response.id();
    }

    private void record(Outcome outcome, Optional<UserModel> user, Optional<String> device) {
        var entry = AuditEntries.system(session, "response.taken");
        if (outcome == Outcome.TAKEN) entry.by(Party.of("system", actor(pending.response())));
        user.ifPresentOrElse(entry::about, () -> entry.about("realm", realm.getName()));
        entry.in(pending.sessionId())
                .on(device)
                .with("rule", pending.rule())
                .with("finding", pending.finding())
                .with("response", pending.response().id())
                .with("outcome", outcome.id());
        outcome.withheldFor.ifPresent(reason -> entry.with("reason", reason));
        pending.elevationId().ifPresent(entry::elevation);
        append(entry);
    }

    private void append(AuditEntries entry) {
        new JpaAuditLog(session, realm).append(entry.at(clock));
    }
}
