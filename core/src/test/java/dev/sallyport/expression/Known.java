package dev.sallyport.expression;

import dev.sallyport.device.Device;
import dev.sallyport.device.Platform;
import dev.sallyport.device.Posture;
import dev.sallyport.device.ProofMethod;
import dev.sallyport.device.Recognition.Recognised;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Json;
import dev.sallyport.network.Address;
import dev.sallyport.network.Atlas;
import dev.sallyport.network.Network;
import dev.sallyport.network.Place;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Facts for tests. Unless a test says otherwise: ann, at noon, from nowhere in particular, without a device. */
record Known(
        Person user,
        String client,
        Map<String, String> clientAttributes,
        Optional<Recognised> device,
        Optional<Posture> posture,
        Place place,
        String door,
        Instant time,
        Optional<String> userAgent,
        String acr,
        Optional<Instant> authenticatedAt,
        Optional<String> risk)
        implements Facts {

    static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    private static final Map<String, Network> NETWORKS = Map.of(
            "office",
            network("'cidrs':['192.0.2.0/24']"),
            "annex",
            network("'cidrs':['198.51.100.0/24']"),
            "germany",
            network("'countries':['DE']"));

    static Known little() {
        return new Known(
                new Person("id-ann", "ann", Optional.empty(), Map.of(), Set.of(), Set.of()),
                "ledger",
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                new Place(Optional.empty(), Atlas.BLANK, NETWORKS),
                "browser-login",
                NOON,
                Optional.empty(),
                "1",
                Optional.empty(),
                Optional.empty());
    }

    static Known all() {
        return new Known(
                new Person(
                        "id-ann",
                        "ann",
                        Optional.of("ann@example.com"),
                        Map.of("costCenter", List.of("4711", "4712"), "a-b", List.of("x")),
                        Set.of("/finance", "/finance/payroll"),
                        Set.of("audit", "ledger.clerk")),
                "ledger",
                Map.of("tier", "gold"),
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
                new Place(Address.of("192.0.2.7"), German.ALL, NETWORKS),
                "refresh",
                NOON,
                Optional.of("Mozilla/5.0"),
                "gold",
                Optional.of(NOON.minusSeconds(600)),
                Optional.of("medium"));
    }

    static Posture posture(String facts) {
        return Documents.read(Json.of("{'observedAt':'2026-11-23T11:00:00Z'," + facts + "}"), Posture.class);
    }

    private static Network network(String facts) {
        return Documents.read(Json.of("{'name':'any'," + facts + "}"), Network.class);
    }

    Known user(Person other) {
        return new Known(
                other,
                client,
                clientAttributes,
                device,
                posture,
                place,
                door,
                time,
                userAgent,
                acr,
                authenticatedAt,
                risk);
    }

    Known atlas(Atlas other) {
        return new Known(
                user,
                client,
                clientAttributes,
                device,
                posture,
                new Place(place.address(), other, place.networks()),
                door,
                time,
                userAgent,
                acr,
                authenticatedAt,
                risk);
    }

    /** An atlas in which every address is in Germany. */
    enum German implements Atlas {
        ALL;

        @Override
        public Optional<String> country(Address address) {
            return Optional.of("DE");
        }

        @Override
        public Optional<Long> asn(Address address) {
            return Optional.empty();
        }
    }

    record Person(
            String id,
            String username,
            Optional<String> email,
            Map<String, List<String>> attributes,
            Set<String> groups,
            Set<String> roles)
            implements User {}
}
