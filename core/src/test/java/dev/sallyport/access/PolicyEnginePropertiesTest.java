package dev.sallyport.access;

import static dev.sallyport.access.Facts.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.access.AccessDecision.Outcome;
import dev.sallyport.access.AccessDecision.Result;
import dev.sallyport.access.Facts.Person;
import dev.sallyport.device.Device;
import dev.sallyport.device.Platform;
import dev.sallyport.device.Posture;
import dev.sallyport.device.ProofMethod;
import dev.sallyport.device.Recognition;
import dev.sallyport.device.Recognition.Reason;
import dev.sallyport.device.Recognition.Recognised;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Json;
import dev.sallyport.risk.Risk;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import org.assertj.core.api.SoftAssertions;

class PolicyEnginePropertiesTest {

    private static List<PolicyDocument> policies(List<String> documents) {
        return documents.stream()
                .map(document -> AccessPolicy.readAnyway("policy", document))
                .toList();
    }

    private static AccessDecision decide(List<String> documents, Facts facts) {
        return PolicyEngine.explain(policies(documents), facts.context());
    }

    @Property(tries = 4_000, edgeCases = EdgeCasesMode.NONE)
    @StatisticsReport(onFailureOnly = true)
    void theEngineDecidesAsTheContractReads(@ForAll("documents") List<String> documents, @ForAll("facts") Facts facts) {
        var expected = ContractReading.of(documents, facts);

        var decision = decide(documents, facts);

        Statistics.label("outcome").collect(decision.outcome()).coverage(seen -> {
            for (var outcome : Outcome.values()) seen.check(outcome).percentage(share -> share >= 1.0);
        });
        expected.results()
                .forEach(result -> Statistics.label("result").collect(result).coverage(seen -> {
                    for (var each : List.of("satisfied", "unsatisfied", "invalid", "not-applied assignments.users")) {
                        seen.check(each).percentage(share -> share >= 4.0);
                    }
                    for (var each : List.of("networks", "platforms", "risk", "schedule")) {
                        seen.check("not-applied conditions." + each).percentage(share -> share >= 0.4);
                    }
                }));
        var soft = new SoftAssertions();
        soft.assertThat(decision.outcome().id()).isEqualTo(expected.decision());
        soft.assertThat(decision.acr()).isEqualTo(expected.acr());
        soft.assertThat(decision.reauthenticate()).isEqualTo(expected.reauthenticate());
        soft.assertThat(decision.policies())
                .extracting(result -> result.result().id()
                        + result.firstUnmetCondition().map(path -> " " + path).orElse(""))
                .isEqualTo(expected.results());
        soft.assertAll();
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    void anotherPolicyNeverLetsIn(
            @ForAll("documents") List<String> documents,
            @ForAll("document") String another,
            @ForAll("facts") Facts facts) {
        var more = new ArrayList<>(documents);
        more.add(documents.size() / 2, another);

        var before = decide(documents, facts).outcome();
        var after = decide(more, facts).outcome();

        assertThat(after).isGreaterThanOrEqualTo(before);
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    void theOrderOfPoliciesDoesNotMatter(@ForAll("documents") List<String> documents, @ForAll("facts") Facts facts) {
        var reversed = new ArrayList<>(documents);
        Collections.reverse(reversed);

        var one = decide(documents, facts);
        var other = decide(reversed, facts);

        assertThat(other.outcome()).isEqualTo(one.outcome());
        assertThat(other.acr()).isEqualTo(one.acr());
        assertThat(other.reauthenticate()).isEqualTo(one.reauthenticate());
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    @StatisticsReport(onFailureOnly = true)
    void decidingIsExplainingWithoutWhatDoesNotApply(
            @ForAll("manyDocuments") List<String> documents, @ForAll("facts") Facts facts) {
        var policies = named(documents);
        var explained = PolicyEngine.explain(policies, facts.context());

        var decided = PolicyEngine.decide(PolicySet.of(policies, facts.directory()), facts.context());

        Statistics.label("left out")
                .collect(decided.policies().size() < policies.size())
                .coverage(seen -> seen.check(true).percentage(share -> share >= 50));
        assertThat(decided).isEqualTo(applied(explained));
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    void whatWasMadeSinceTheSetWasHidesNoPolicy(
            @ForAll("manyDocuments") List<String> documents,
            @ForAll("clients") Set<String> clientsThen,
            @ForAll("groups") Set<String> groupsThen,
            @ForAll("facts") Facts facts) {
        var policies = named(documents);
        var set = PolicySet.of(policies, Facts.directory(clientsThen, groupsThen));

        var decided = PolicyEngine.decide(set, facts.context());

        assertThat(decided).isEqualTo(applied(PolicyEngine.explain(policies, facts.context())));
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    void whatWasRemovedSinceTheSetWasMadeHidesAPolicyOnlyFromThoseWhomItDidNotName(
            @ForAll("manyDocuments") List<String> documents, @ForAll("facts") Facts facts) {
        var policies = named(documents);
        var before = Facts.directory(Set.of("ledger", "portal", "mail", "gone"), Set.of("/finance", "/ops", "/gone"));

        var decided = PolicyEngine.decide(PolicySet.of(policies, before), facts.context());

        var hidden = new ArrayList<>(
                applied(PolicyEngine.explain(policies, facts.context())).policies());
        hidden.removeAll(decided.policies());
        for (var result : hidden) {
            assertThat(result.result()).isEqualTo(Result.INVALID);
            var assignments =
                    policies.get(Integer.parseInt(result.name())).assignments().orElseThrow();
            var users = assignments.users().flatMap(Assignments.Users::include);
            boolean namesClient = assignments.nameClient(facts.context());
            boolean namesUser = users.map(u -> u.match(facts.person()).named()).orElse(false);
            assertThat(namesClient && (users.isEmpty() || namesUser))
                    .as("%s names %s", assignments, facts)
                    .isFalse();
        }
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    void anErrorAtTheFactsHidesNoPolicy(@ForAll("manyDocuments") List<String> documents, @ForAll("facts") Facts facts) {
        var policies = named(documents);
        var failing = facts.context(new FailingSubject());

        var decided = PolicyEngine.decide(PolicySet.of(policies, facts.directory()), failing);

        assertThat(decided).isEqualTo(applied(PolicyEngine.explain(policies, failing)));
    }

    /** Policies whose names are their positions. */
    private static List<PolicyDocument> named(List<String> documents) {
        var policies = new ArrayList<PolicyDocument>();
        for (var document : documents) {
            var name = String.valueOf(policies.size());
            policies.add(AccessPolicy.readAnyway(name, document.replace("\"policy\"", "\"" + name + "\"")));
        }
        return policies;
    }

    private static AccessDecision applied(AccessDecision decision) {
        return decision.with(decision.policies().stream()
                .filter(result -> result.result() != Result.NOT_APPLIED)
                .toList());
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    void whatIsNoLongerKnownNeverMeetsWhatWasUnmet(
            @ForAll("deviceRequirements") Map<String, Object> asked,
            @ForAll("postures") Posture posture,
            @ForAll("facts") Facts facts) {
        var requirement = Documents.read(Documents.write(asked), DeviceRequirement.class);
        var complete = (ObjectNode) Documents.toTree(posture);
        var before = controls(requirement, posture);

        complete.fieldNames().forEachRemaining(fact -> {
            if (fact.equals("observedAt")) return;
            var poorer = complete.deepCopy();
            poorer.remove(fact);

            assertThat(controls(requirement, Documents.bind(poorer, Posture.class)))
                    .containsAll(before);
        });
    }

    private static List<String> controls(DeviceRequirement requirement, Posture posture) {
        var device = Facts.mac(Optional.of(posture));
        return requirement.unmet(new Recognised(device, ProofMethod.CERTIFICATE), NOW).stream()
                .map(Unmet::control)
                .toList();
    }

    // Policies

    @Provide
    Arbitrary<List<String>> documents() {
        return document().list().ofMaxSize(4);
    }

    @Provide
    Arbitrary<List<String>> manyDocuments() {
        return document().list().ofMaxSize(12);
    }

    @Provide
    Arbitrary<Set<String>> clients() {
        return Arbitraries.subsetOf(Facts.CLIENTS);
    }

    @Provide
    Arbitrary<Set<String>> groups() {
        return Arbitraries.subsetOf(Person.KNOWN_GROUPS);
    }

    @Provide
    Arbitrary<String> document() {
        var states =
                Arbitraries.frequency(Tuple.of(6, "enforced"), Tuple.of(1, "report-only"), Tuple.of(1, "disabled"));
        return Combinators.combine(
                        states, assignments().optional(0.8), conditions().optional(0.5), controls(), damage())
                .as((state, assignments, conditions, controls, damage) -> {
                    var policy = (ObjectNode) Documents.tree(Json.of("{'name':'policy'}"));
                    policy.put("state", state);
                    assignments.ifPresent(a -> policy.set("assignments", Documents.toTree(a)));
                    conditions.ifPresent(c -> policy.set("conditions", Documents.toTree(c)));
                    policy.set("controls", Documents.toTree(controls));
                    return damage.of(policy);
                });
    }

    private enum Damage {
        NONE,
        UNKNOWN_FIELD,
        UNKNOWN_CONTROL,
        UNKNOWN_CONDITION,
        UNKNOWN_ASSIGNMENT,
        UNKNOWN_IN_USERS,
        UNKNOWN_IN_CLIENTS,
        NO_CONTROLS,
        NO_JSON;

        String of(ObjectNode policy) {
            var assignments = policy.withObjectProperty("assignments");
            switch (this) {
                case UNKNOWN_FIELD -> policy.put("later", 1);
                case UNKNOWN_CONTROL -> policy.withObjectProperty("controls").put("later", 1);
                case UNKNOWN_CONDITION ->
                    policy.withObjectProperty("conditions").put("later", 1);
                case UNKNOWN_ASSIGNMENT -> assignments.put("later", 1);
                case UNKNOWN_IN_USERS -> assignments.withObjectProperty("users").put("later", 1);
                case UNKNOWN_IN_CLIENTS ->
                    assignments.withObjectProperty("clients").put("later", 1);
                case NO_CONTROLS -> policy.remove("controls");
                default -> {}
            }
            return this == NO_JSON ? "{" : Documents.write(policy);
        }
    }

    private static Arbitrary<Damage> damage() {
        return Arbitraries.frequencyOf(
                Tuple.of(12, Arbitraries.just(Damage.NONE)), Tuple.of(2, Arbitraries.of(Damage.class)));
    }

    private static Arbitrary<List<String>> some(String... names) {
        return Arbitraries.of(names).list().ofMaxSize(2).uniqueElements();
    }

    private static Arbitrary<Map<String, List<String>>> principals() {
        return Combinators.combine(
                        some("ann", "Bob", "breakglass", "service-account-batch"),
                        some("/finance", "/finance/payroll", "/ops", "/gone"),
                        some("audit", "ledger.clerk", "gone"))
                .as((users, groups, roles) -> Map.of("users", users, "groups", groups, "roles", roles));
    }

    private static boolean somebody(Map<String, List<String>> principals) {
        return principals.values().stream().anyMatch(names -> !names.isEmpty());
    }

    private static Arbitrary<Map<String, Object>> assignments() {
        var users = Combinators.combine(
                        principals()
                                .filter(PolicyEnginePropertiesTest::somebody)
                                .optional(0.7),
                        principals().optional(0.3))
                .as(PolicyEnginePropertiesTest::choice);
        var clients = Combinators.combine(
                        some("ledger", "portal", "mail", "gone")
                                .filter(names -> !names.isEmpty())
                                .optional(0.7),
                        some("ledger", "portal", "mail", "gone").optional(0.3))
                .as(PolicyEnginePropertiesTest::choice);
        return Combinators.combine(users.optional(0.7), clients.optional(0.5))
                .as((who, where) -> fields("users", who, "clients", where));
    }

    private static Arbitrary<Map<String, Object>> conditions() {
        var networks = Combinators.combine(
                        someNetworks().optional(0.7), someNetworks().optional(0.4))
                .as(PolicyEnginePropertiesTest::choice)
                .filter(choice -> !choice.isEmpty());
        var platforms = some("macos", "windows", "linux").filter(names -> !names.isEmpty());
        var days = Arbitraries.of("MON", "TUE", "SUN")
                .list()
                .ofMinSize(1)
                .ofMaxSize(2)
                .uniqueElements();
        var schedule = Combinators.combine(
                        days, Arbitraries.of("08:00", "22:00", "23:00"), Arbitraries.of("09:00", "22:30"))
                .as((on, from, to) -> Map.<String, Object>of("days", on, "from", from, "to", to, "zone", "UTC"));
        return Combinators.combine(
                        networks.optional(0.5),
                        platforms.optional(0.3),
                        Arbitraries.of("low", "medium", "high").optional(0.3),
                        schedule.optional(0.3))
                .as((from, on, risk, when) -> {
                    var conditions = fields("networks", from, "platforms", on);
                    conditions.putAll(fields("risk", risk, "schedule", when));
                    return conditions;
                });
    }

    private static Arbitrary<List<String>> someNetworks() {
        return Arbitraries.frequency(
                        Tuple.of(4, "office"),
                        Tuple.of(4, "home"),
                        Tuple.of(4, "germany"),
                        Tuple.of(4, "provider"),
                        Tuple.of(1, "gone"))
                .list()
                .uniqueElements()
                .ofMinSize(1)
                .ofMaxSize(2);
    }

    private static Map<String, Object> choice(Optional<?> include, Optional<?> exclude) {
        return fields("include", include, "exclude", exclude);
    }

    private static Map<String, Object> fields(String one, Optional<?> value, String other, Optional<?> otherValue) {
        var fields = new HashMap<String, Object>();
        value.ifPresent(v -> fields.put(one, v));
        otherValue.ifPresent(v -> fields.put(other, v));
        return fields;
    }

    private static Arbitrary<Map<String, Object>> controls() {
        var granting = Combinators.combine(
                        Arbitraries.of("silver", "gold", "3", "platinum").optional(0.5),
                        Arbitraries.of("PT15M", "PT1H").optional(0.4),
                        device().optional(0.6),
                        Arbitraries.of("and", "or").optional(0.7))
                .as((acr, fresh, device, operator) -> {
                    var controls = fields("acr", acr, "freshAuthentication", fresh);
                    controls.putAll(fields("device", device, "operator", operator));
                    return controls;
                })
                .filter(controls -> controls.size() > 1 || !controls.isEmpty() && !controls.containsKey("operator"));
        return Arbitraries.frequencyOf(
                Tuple.of(8, granting), Tuple.of(1, Arbitraries.just(Map.<String, Object>of("block", true))));
    }

    @Provide
    Arbitrary<Map<String, Object>> deviceRequirements() {
        return device();
    }

    private static Arbitrary<Map<String, Object>> device() {
        var all = Map.<String, List<Object>>of(
                "proven", List.of(true),
                "compliant", List.of(true),
                "diskEncrypted", List.of(true, false),
                "jailbroken", List.of(false),
                "maxCriticalVulnerabilities", List.of(0, 3),
                "maxPostureAge", List.of("PT24H"),
                "minOsVersion", List.of(Map.of("macos", "14.4"), Map.of("windows", "10.0", "macos", "15.0")));
        return Arbitraries.of(new TreeSet<>(all.keySet()))
                .flatMap(name -> Arbitraries.of(all.get(name)).map(value -> Map.entry(name, value)))
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(entries -> {
                    var asked = new HashMap<String, Object>();
                    entries.forEach(entry -> asked.put(entry.getKey(), entry.getValue()));
                    return asked;
                });
    }

    // Facts

    @Provide
    Arbitrary<Facts> facts() {
        var when = Arbitraries.of(0, 900, 901, 7_200).map(NOW::minusSeconds).optional(0.9);
        var bare = Combinators.combine(
                        people(),
                        Arbitraries.of("ledger", "portal", "mail"),
                        Arbitraries.of("ledger", "portal", "mail").set().ofMaxSize(2),
                        recognitions(),
                        Arbitraries.integers().between(0, 3),
                        when)
                .as((person, client, audience, device, level, at) -> Facts.of(person)
                        .client(client)
                        .audience(audience.toArray(String[]::new))
                        .device(device)
                        .level(level)
                        .authenticated(at));
        var places = Arbitraries.of("10.0.0.1", "::ffff:10.0.0.1", "192.168.0.1", "203.0.113.1", "198.51.100.1")
                .map(Places::of)
                .optional(0.9);
        var risks = Arbitraries.of(Risk.Level.class).optional(0.9).map(level -> new Risk(level, List.of()));
        // NB. Mostly a Monday morning; else that night and the next, so that policies about nights are met too.
        var times = Arbitraries.frequency(Tuple.of(6, 0), Tuple.of(1, 14), Tuple.of(1, 16), Tuple.of(1, 24))
                .map(hours -> NOW.plusSeconds(hours * 3_600L));
        return Combinators.combine(bare, places, risks, times)
                .as((facts, place, risk, time) ->
                        facts.at(place.orElseGet(Places::unknown)).risk(risk).now(time));
    }

    private static Arbitrary<Person> people() {
        var groups =
                Arbitraries.of("/finance", "/finance/payroll", "/ops").set().ofMaxSize(2);
        var roles = Arbitraries.of("audit", "ledger.clerk").set().ofMaxSize(2);
        return Combinators.combine(Arbitraries.of("ann", "bob", "breakglass", "service-account-batch"), groups, roles)
                .as((name, in, holds) -> new Person(name, name.startsWith("service-account-"), in, holds));
    }

    private static Arbitrary<Recognition> recognitions() {
        var known = Combinators.combine(
                        Arbitraries.of(Platform.MACOS, Platform.WINDOWS, Platform.LINUX)
                                .optional(0.9),
                        Arbitraries.frequency(Tuple.of(6, Device.Status.ACTIVE), Tuple.of(1, Device.Status.BLOCKED)),
                        posture().optional(0.9))
                .as((platform, status, posture) -> (Recognition) new Recognised(
                        new Device(
                                "C02A",
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                platform,
                                status,
                                posture),
                        ProofMethod.CERTIFICATE));
        var unknown = Arbitraries.of(Reason.class).map(Recognition::unrecognised);
        return Arbitraries.frequencyOf(Tuple.of(4, known), Tuple.of(1, unknown));
    }

    @Provide
    Arbitrary<Posture> postures() {
        return posture();
    }

    private static Arbitrary<Posture> posture() {
        var flags = Arbitraries.frequency(Tuple.of(4, true), Tuple.of(1, false)).optional(0.9);
        return Combinators.combine(
                        Arbitraries.of(0, 3_600, 86_400, 86_401),
                        flags,
                        flags,
                        flags.map(flag -> flag.map(f -> !f)),
                        Arbitraries.of(0, 1, 3, 4).optional(0.9),
                        Arbitraries.of("14.4", "14.3", "15.0", "10.0").optional(0.9))
                .as((age, compliant, encrypted, jailbroken, vulnerabilities, version) -> new Posture(
                        NOW.minusSeconds(age),
                        Optional.empty(),
                        Optional.empty(),
                        compliant,
                        version,
                        encrypted,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        jailbroken,
                        Optional.empty(),
                        vulnerabilities,
                        List.of(),
                        Map.of()));
    }
}
