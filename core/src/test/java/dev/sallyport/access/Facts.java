package dev.sallyport.access;

import dev.sallyport.access.AccessContext.Authentication;
import dev.sallyport.device.Device;
import dev.sallyport.device.Platform;
import dev.sallyport.device.Posture;
import dev.sallyport.device.ProofMethod;
import dev.sallyport.device.Recognition;
import dev.sallyport.device.Recognition.Reason;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Json;
import dev.sallyport.logic.Truth;
import dev.sallyport.network.Place;
import dev.sallyport.risk.Risk;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The facts of one request, for tests. Unless a test says otherwise: ann of /finance asks for the client ledger, without
 * a device, at the lowest level, and authenticated just now.
 */
record Facts(
        Person person,
        String client,
        Set<String> audience,
        Set<String> knownClients,
        Recognition device,
        int level,
        Map<String, Integer> levels,
        Optional<Instant> authenticatedAt,
        Place place,
        Risk risk,
        Instant now) {

    static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");
    static final Set<String> CLIENTS = Set.of("ledger", "portal", "mail");

    static Facts of(Person person) {
        return new Facts(
                person,
                "ledger",
                Set.of(),
                CLIENTS,
                Recognition.unrecognised(Reason.NO_PROOF),
                1,
                Map.of("silver", 1, "gold", 2),
                Optional.of(NOW),
                Place.unknown(),
                Risk.of(Risk.Level.LOW),
                NOW);
    }

    static Facts usual() {
        return of(Person.named("ann").in("/finance"));
    }

    Facts client(String id) {
        return new Facts(person, id, audience, knownClients, device, level, levels, authenticatedAt, place, risk, now);
    }

    Facts audience(String... ids) {
        return new Facts(
                person, client, Set.of(ids), knownClients, device, level, levels, authenticatedAt, place, risk, now);
    }

    Facts device(Recognition recognition) {
        return new Facts(
                person, client, audience, knownClients, recognition, level, levels, authenticatedAt, place, risk, now);
    }

    Facts on(Device known) {
        return device(new Recognition.Recognised(known, ProofMethod.CERTIFICATE));
    }

    Facts level(int reached) {
        return new Facts(
                person, client, audience, knownClients, device, reached, levels, authenticatedAt, place, risk, now);
    }

    Facts authenticated(Optional<Instant> at) {
        return new Facts(person, client, audience, knownClients, device, level, levels, at, place, risk, now);
    }

    Facts at(Place from) {
        return new Facts(
                person, client, audience, knownClients, device, level, levels, authenticatedAt, from, risk, now);
    }

    Facts risk(Risk suspicion) {
        return new Facts(
                person, client, audience, knownClients, device, level, levels, authenticatedAt, place, suspicion, now);
    }

    Facts now(Instant time) {
        return new Facts(
                person, client, audience, knownClients, device, level, levels, authenticatedAt, place, risk, time);
    }

    AccessContext context() {
        return context(person);
    }

    /** The same facts about somebody else. */
    AccessContext context(Subject subject) {
        return new AccessContext(
                Door.BROWSER_LOGIN,
                subject,
                client,
                Map::of,
                audience,
                knownClients::contains,
                device,
                new Authentication(level, levels, authenticatedAt),
                place,
                () -> risk,
                Optional.empty(),
                now);
    }

    /** What the realm has, all of it. */
    Directory directory() {
        return directory(knownClients, Person.KNOWN_GROUPS);
    }

    static Directory directory(Set<String> clients, Set<String> groups) {
        return new Directory() {
            @Override
            public boolean hasClient(String clientId) {
                return clients.contains(clientId);
            }

            @Override
            public Optional<String> groupPath(String path) {
                return Optional.of(path).filter(groups::contains);
            }
        };
    }

    /** A registered Mac without an owner. */
    static Device mac(Optional<Posture> posture) {
        return new Device(
                "C02A",
                Optional.of("Ann's Mac"),
                Optional.empty(),
                Optional.empty(),
                Optional.of(Platform.MACOS),
                Device.Status.ACTIVE,
                posture);
    }

    static Device blocked(Device device) {
        return new Device(
                device.id(),
                device.displayName(),
                device.ownerId(),
                device.serial(),
                device.platform(),
                Device.Status.BLOCKED,
                device.posture());
    }

    /** A posture of just now with those facts, written as JSON. */
    static Posture posture(String facts) {
        return postureAt(NOW, facts);
    }

    static Posture postureAt(Instant observedAt, String facts) {
        var more = facts.isEmpty() ? "" : "," + facts;
        return Documents.read(Json.of("{'observedAt':'" + observedAt + "'" + more + "}"), Posture.class);
    }

    /** A user of a realm that has the groups /finance, /finance/payroll and /ops and the roles audit and ledger.clerk. */
    record Person(String username, boolean serviceAccount, Set<String> memberships, Set<String> roles)
            implements Subject {

        static final Set<String> KNOWN_GROUPS = Set.of("/finance", "/finance/payroll", "/ops");
        static final Set<String> KNOWN_ROLES = Set.of("audit", "ledger.clerk");

        static Person named(String username) {
            return new Person(username, false, Set.of(), Set.of());
        }

        static Person application(String username) {
            return new Person(username, true, Set.of(), Set.of());
        }

        Person in(String... paths) {
            return new Person(username, serviceAccount, Set.of(paths), roles);
        }

        Person holding(String... names) {
            return new Person(username, serviceAccount, memberships, Set.of(names));
        }

        @Override
        public String id() {
            return "id-" + username;
        }

        @Override
        public Truth memberOf(String path) {
            if (!KNOWN_GROUPS.contains(path)) return Truth.UNKNOWN;
            return Truth.of(memberships.stream().anyMatch(own -> own.equals(path) || own.startsWith(path + "/")));
        }

        @Override
        public Set<String> groups() {
            return KNOWN_GROUPS.stream()
                    .filter(path -> memberOf(path) == Truth.YES)
                    .collect(Collectors.toSet());
        }

        @Override
        public Truth holds(String role) {
            return KNOWN_ROLES.contains(role) ? Truth.of(roles.contains(role)) : Truth.UNKNOWN;
        }

        @Override
        public Optional<String> email() {
            return Optional.of(username + "@example.com");
        }

        @Override
        public Map<String, List<String>> attributes() {
            return Map.of("costCenter", List.of("4711"), "nickname", List.of("annie"));
        }

        @Override
        public boolean mayEdit(String attribute) {
            return attribute.equals("nickname");
        }
    }

    /** An enforced policy with those parts, written as JSON; it is called "policy". */
    static AccessPolicy policy(String... parts) {
        return AccessPolicy.read(Json.of(
                "{'name':'policy','state':'enforced'" + Arrays.stream(parts).reduce("", (a, b) -> a + "," + b) + "}"));
    }
}
