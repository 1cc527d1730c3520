package dev.sallyport.benchmarks;

import dev.sallyport.access.AccessContext;
import dev.sallyport.access.AccessContext.Authentication;
import dev.sallyport.access.AccessPolicy;
import dev.sallyport.access.Directory;
import dev.sallyport.access.Door;
import dev.sallyport.access.PolicyDocument;
import dev.sallyport.access.PolicySet;
import dev.sallyport.access.Subject;
import dev.sallyport.device.Device;
import dev.sallyport.device.Platform;
import dev.sallyport.device.Posture;
import dev.sallyport.device.ProofMethod;
import dev.sallyport.device.Recognition;
import dev.sallyport.device.Recognition.Recognised;
import dev.sallyport.document.Documents;
import dev.sallyport.logic.Truth;
import dev.sallyport.network.Address;
import dev.sallyport.network.Atlas;
import dev.sallyport.network.Network;
import dev.sallyport.network.Place;
import dev.sallyport.risk.Risk;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A company with as many policies as one likes: ten apply to what its employee asks for, the others are about other
 * applications, teams and people, or their conditions are not met.
 */
final class Company {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

    /** Assignments of which one set each is about the employee and her application. */
    private static final List<String> APPLY = List.of(
            "{}",
            "{'users':{'exclude':{'users':['breakglass']}}}",
            "{'clients':{'include':['ledger']}}",
            "{'clients':{'include':['mail','ledger-api']}}",
            "{'users':{'include':{'groups':['/finance']}}}",
            "{'users':{'include':{'groups':['/finance/payroll'],'users':['bob']}},'clients':{'include':['ledger']}}",
            "{'users':{'include':{'groups':['/staff']},'exclude':{'groups':['/contractors']}}}",
            "{'users':{'include':{'users':['Ann']}}}",
            "{'users':{'include':{'roles':['ledger.poster']}},'clients':{'include':['ledger']}}",
            "{'users':{'exclude':{'roles':['robot']}},'clients':{'exclude':['kiosk']}}");

    private static final List<String> ELSEWHERE = List.of(
            "{'clients':{'include':['app-%1$d']}}",
            "{'users':{'include':{'groups':['/team-%1$d','/team-%2$d']}}}",
            "{'users':{'include':{'groups':['/finance']}},'clients':{'include':['app-%1$d','app-%2$d']}}",
            "{'users':{'include':{'groups':['/team-%1$d']}},'clients':{'include':['ledger']}}",
            "{'users':{'include':{'roles':['app-%1$d.admin']}},'clients':{'include':['app-%1$d']}}",
            "{'users':{'include':{'users':['user-%1$d']},'exclude':{'groups':['/team-%2$d']}}}");

    private static final List<String> CONDITIONS = List.of(
            "{'platforms':['macos','windows']}",
            "{'networks':{'exclude':['office']}}",
            "{'schedule':{'days':['MON','TUE','WED','THU','FRI'],'from':'07:00','to':'20:00','zone':'Europe/Berlin'}}",
            "{'risk':'low'}",
            "{'networks':{'exclude':['office']},'platforms':['macos'],'risk':'low'}");

    private static final List<String> CONTROLS = List.of(
            "{'device':{'proven':true,'compliant':true,'diskEncrypted':true}}",
            "{'acr':'2'}",
            "{'freshAuthentication':'PT8H'}",
            "{'operator':'or','acr':'silver','device':{'managed':true}}",
            "{'device':{'proven':true,'minOsVersion':{'macos':'14.4'},'maxPostureAge':'PT24H'},'reevaluate':'PT10M'}");

    private static final Recognition DEVICE = new Recognised(
            new Device(
                    "C02A",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(Platform.MACOS),
                    Device.Status.ACTIVE,
                    Optional.of(read(Posture.class, """
                            {'observedAt':'2026-11-24T09:00:00Z','managed':true,'compliant':true,'diskEncrypted':true,
                             'osVersion':'15.1'}"""))),
            ProofMethod.CERTIFICATE);

    private static final Authentication AUTHENTICATION =
            new Authentication(2, Map.of("silver", 1, "gold", 2), Optional.of(NOW.minusSeconds(600)));

    private static final Risk RISK = Risk.of(Risk.Level.LOW);

    private static final Place PLACE = new Place(
            Address.of("192.0.2.7"),
            Atlas.BLANK,
            Map.of("office", read(Network.class, "{'name':'office','cidrs':['10.0.0.0/8']}")));

    private Company() {}

    static List<PolicyDocument> policies(int count) {
        var policies = new ArrayList<PolicyDocument>();
        // NB. Spread evenly, so that those that apply are not the first ones.
        int distance = count / APPLY.size();
        for (int i = 0; i < count; i++) {
            boolean applies = i % distance == 0;
            int kind = applies ? i / distance : i;
            var assignments = applies
                    ? APPLY.get(kind)
                    : ELSEWHERE.get(kind % ELSEWHERE.size()).formatted(i, i + 1);
            policies.add(read(
                    AccessPolicy.class,
                    "{'name':'policy " + i + "','state':'enforced','assignments':" + assignments + ",'conditions':"
                            + CONDITIONS.get(kind % CONDITIONS.size()) + ",'controls':"
                            + CONTROLS.get(kind % CONTROLS.size()) + "}"));
        }
        return List.copyOf(policies);
    }

    /** Everything that the policies name is there. */
    static PolicySet set(List<PolicyDocument> policies) {
        return PolicySet.of(policies, new Directory() {
            @Override
            public boolean hasClient(String clientId) {
                return true;
            }

            @Override
            public Optional<String> groupPath(String path) {
                return Optional.of(path);
            }
        });
    }

    /** What a refresh knows: the user's memberships, a healthy device, a token that reaches two applications. */
    static AccessContext request() {
        return new AccessContext(
                Door.REFRESH,
                new Employee(),
                "ledger",
                Map::of,
                Set.of("ledger-api", "account"),
                clientId -> true,
                DEVICE,
                AUTHENTICATION,
                PLACE,
                () -> RISK,
                Optional.empty(),
                NOW);
    }

    private static <T> T read(Class<T> type, String json) {
        return Documents.read(json.replace('\'', '"'), type);
    }

    private static final class Employee implements Subject {

        private static final Set<String> GROUPS = Set.of("/staff", "/finance", "/finance/payroll", "/berlin");

        @Override
        public String id() {
            return "4c2d0e9a-0000-4000-8000-000000000001";
        }

        @Override
        public String username() {
            return "ann";
        }

        @Override
        public boolean serviceAccount() {
            return false;
        }

        @Override
        public Set<String> groups() {
            return GROUPS;
        }

        @Override
        public Truth memberOf(String groupPath) {
            return Truth.of(GROUPS.contains(groupPath));
        }

        @Override
        public Truth holds(String role) {
            return Truth.of(roles().contains(role));
        }

        @Override
        public Set<String> roles() {
            return Set.of("clerk", "ledger.poster");
        }

        @Override
        public Optional<String> email() {
            return Optional.of("ann@example.com");
        }

        @Override
        public Map<String, List<String>> attributes() {
            return Map.of();
        }

        @Override
        public boolean mayEdit(String attribute) {
            return false;
        }
    }
}
