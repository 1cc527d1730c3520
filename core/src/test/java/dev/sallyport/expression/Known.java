package dev.sallyport.expression;

import dev.sallyport.device.Device;
import dev.sallyport.device.Platform;
import dev.sallyport.device.Posture;
import dev.sallyport.device.ProofMethod;
import dev.sallyport.device.Recognition.Recognised;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Facts for tests. Unless a test says otherwise: ann, at noon, from nowhere in particular, without a device. */
record Known(
        Person user,
        Application client,
        Optional<Recognised> device,
        Optional<Posture> posture,
        Asked request,
        Login session,
        Optional<String> risk)
        implements Facts {

    static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    static Known little() {
        return new Known(
                new Person(
                        "id-ann", "ann", Optional.empty(), Optional.of(Map.of()), Optional.empty(), Optional.empty()),
                new Application("ledger", Optional.empty()),
                Optional.empty(),
                Optional.empty(),
                new Asked(Optional.empty(), "browser-login", NOON, Optional.empty()),
                new Login(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
                Optional.empty());
    }

    static Known all() {
        return new Known(
                new Person(
                        "id-ann",
                        "ann",
                        Optional.of("ann@example.com"),
                        Optional.of(Map.of("costCenter", List.of("4711", "4712"), "a-b", List.of("x"))),
                        Optional.of(Set.of("/finance", "/finance/payroll")),
                        Optional.of(Set.of("audit", "ledger.clerk"))),
                new Application("ledger", Optional.of(Map.of("tier", "gold"))),
                Optional.of(new Recognised(
                        new Device(
                                "C02A",
                                Optional.empty(),
                                Optional.of("id-ann"),
                                Optional.empty(),
                                Optional.of(Platform.MACOS),
                                Device.Status.ACTIVE,
                                Optional.empty()),
                        ProofMethod.CERTIFICATE)),
                Optional.of(posture("""
                        'source':'registry','managed':true,'compliant':true,'osVersion':'14.5.1','diskEncrypted':true,
                        'firewall':true,'screenLock':true,'secureBoot':true,'jailbroken':false,'antimalware':true,
                        'criticalVulnerabilities':2,'failing':[{'check':'FileVault','remediation':'Turn it on'}],
                        'attributes':{'patchRing':'beta','score':7.5,'count':3,'labels':['a','b'],'nothing':null,
                                      'holes':['a',null],'agent':{'version':'2','flag':true}}""")),
                new Asked(Optional.of("192.0.2.7"), "refresh", NOON, Optional.of("Mozilla/5.0")),
                new Login(
                        Optional.of("gold"),
                        Optional.of(NOON.minusSeconds(600)),
                        Optional.of(List.of("office")),
                        Optional.of("DE")),
                Optional.of("medium"));
    }

    static Posture posture(String facts) {
        return Documents.read(Json.of("{'observedAt':'2026-11-23T11:00:00Z'," + facts + "}"), Posture.class);
    }

    Known user(Person other) {
        return new Known(other, client, device, posture, request, session, risk);
    }

    Known posture(Posture other) {
        return new Known(user, client, device, Optional.of(other), request, session, risk);
    }

    record Person(
            String id,
            String username,
            Optional<String> email,
            Optional<Map<String, List<String>>> attributes,
            Optional<Set<String>> groups,
            Optional<Set<String>> roles)
            implements User {}

    record Application(String id, Optional<Map<String, String>> attributes) implements Client {}

    record Asked(Optional<String> ip, String door, Instant time, Optional<String> userAgent) implements Request {}

    record Login(
            Optional<String> acr,
            Optional<Instant> authenticatedAt,
            Optional<List<String>> networks,
            Optional<String> country)
            implements Session {}
}
