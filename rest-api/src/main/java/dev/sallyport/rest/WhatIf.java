package dev.sallyport.rest;

import dev.sallyport.access.AccessContext;
import dev.sallyport.access.AccessContext.Authentication;
import dev.sallyport.access.AccessDecision;
import dev.sallyport.access.AccessDecision.PolicyResult;
import dev.sallyport.access.Door;
import dev.sallyport.access.Unmet;
import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.access.realm.Explanation;
import dev.sallyport.access.realm.RealmSubject;
import dev.sallyport.device.Device;
import dev.sallyport.device.Posture;
import dev.sallyport.device.ProofMethod;
import dev.sallyport.device.Recognition;
import dev.sallyport.device.Recognition.Reason;
import dev.sallyport.device.realm.JpaDeviceStore;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.network.Address;
import dev.sallyport.network.realm.Whereabouts;
import dev.sallyport.risk.Risk;
import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** What the doors would say to facts that an administrator makes up. It asks what the doors ask, and records nothing. */
record WhatIf(KeycloakSession session, RealmModel realm, Clock clock) {

    /**
     * @param device a registered device's id; it counts as proven
     * @param posture in place of the device's stored one
     * @param ip where the user is; unknown when it is left out
     */
    record Question(
            String user,
            String client,
            Optional<String> device,
            Optional<Posture> posture,
            Optional<String> ip,
            Optional<Instant> time,
            Optional<String> acr,
            Optional<Instant> authenticatedAt,
            Optional<Risk.Level> risk,
            Optional<Door> door) {

        Question {
            if (user == null) throw new DocumentFault("user", "is required");
            if (client == null) throw new DocumentFault("client", "is required");
            if (posture.isPresent() && device.isEmpty()) {
                throw new DocumentFault("posture", "is of no use without a device");
            }
            if (ip.isPresent() && ip.flatMap(Address::of).isEmpty()) {
                throw new DocumentFault("ip", "is not an IPv4 or IPv6 address");
            }
        }
    }

    /** @throws DocumentFault that names the field which names something that is not there */
    AccessDecision answer(Question question) {
        var gate = new AccessGate(session, realm, clock);
        var user = Optional.ofNullable(session.users().getUserByUsername(realm, question.user()))
                .orElseThrow(() -> new DocumentFault("user", "is not the name of a user"));
        if (!gate.clientExists(question.client())) throw new DocumentFault("client", "is not a client of the realm");
        var now = question.time().orElseGet(clock::instant);
        var context = new AccessContext(
                question.door().orElse(Door.BROWSER_LOGIN),
                new RealmSubject(session, realm, user),
                question.client(),
                realm.getClientByClientId(question.client())::getAttributes,
                Set.of(),
                gate::clientExists,
                recognition(question, user),
                new Authentication(
                        level(question, gate.levels()),
                        gate.levels(),
                        question.authenticatedAt().or(() -> Optional.of(now))),
                new Whereabouts(session, realm).at(question.ip().flatMap(Address::of)),
                () -> Risk.of(question.risk().orElse(Risk.Level.LOW)),
                Optional.empty(),
                now);
        return advised(gate.preview(context));
    }

    private Recognition recognition(Question question, UserModel user) {
        if (question.device().isEmpty()) return Recognition.unrecognised(Reason.NO_PROOF);
        var id = question.device().get();
        var device = new JpaDeviceStore(session, realm)
                .find(id)
                .orElseThrow(() -> new DocumentFault("device", "is not a registered device"));
        if (!device.servesUser(user.getId())) {
            return new Recognition.Unrecognised(Reason.OTHER_OWNER, Optional.of(id));
        }
        Device seen = question.posture().map(device::with).orElse(device);
        return new Recognition.Recognised(seen, ProofMethod.CERTIFICATE);
    }

    private static int level(Question question, Map<String, Integer> levels) {
        if (question.acr().isEmpty()) return levels.isEmpty() ? 0 : Collections.min(levels.values());
        return new Authentication(0, levels, Optional.empty())
                .levelOf(question.acr().get())
                .orElseThrow(() -> new DocumentFault("acr", "is neither a level of the realm nor a number"));
    }

    /** The decision, each unmet control with what can be done about it. */
    private AccessDecision advised(AccessDecision decision) {
        return decision.with(decision.policies().stream().map(this::advised).toList());
    }

    private PolicyResult advised(PolicyResult result) {
        return new PolicyResult(
                result.name(),
                result.state(),
                result.result(),
                result.unmet().stream().map(this::advised).toList(),
                result.firstUnmetCondition());
    }

    private Unmet advised(Unmet unmet) {
        return unmet.remediation().isPresent() ? unmet : unmet.advisedBy(Explanation.remedy(session, realm, unmet));
    }
}
