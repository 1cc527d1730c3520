package dev.sallyport.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sallyport.access.Facts.Person;
import dev.sallyport.device.Device;
import dev.sallyport.device.Posture;
import dev.sallyport.device.Recognition.Recognised;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The contract taken at its word: a second evaluator, slow and on the bare JSON, that shares no code with the engine. What
 * authentication would mend is found by trying it.
 */
final class ContractReading {

    /** What the contract says of all policies together, and of each. */
    record Answer(String decision, Optional<String> acr, boolean reauthenticate, List<String> results) {}

    private record Ruling(String result, boolean enforced, Optional<Attempt> mend) {}

    /** What the user could do: reach the level, authenticate anew, or both. */
    private record Attempt(boolean raise, boolean anew) {}

    private static final Map<String, Set<String>> FIELDS = Map.of(
            "", Set.of("name", "state", "assignments", "controls"),
            "assignments", Set.of("users", "clients"),
            "users", Set.of("include", "exclude"),
            "clients", Set.of("include", "exclude"),
            "controls", Set.of("block", "operator", "acr", "freshAuthentication", "device"));

    private final Facts facts;

    private ContractReading(Facts facts) {
        this.facts = facts;
    }

    static Answer of(List<String> documents, Facts facts) {
        var reading = new ContractReading(facts);
        var trees = documents.stream().map(ContractReading::parsed).toList();
        var rulings = trees.stream().map(reading::ruling).toList();
        var results = rulings.stream().map(Ruling::result).toList();

        var standing = new ArrayList<Integer>();
        for (int i = 0; i < rulings.size(); i++) {
            boolean refuses = Set.of("unsatisfied", "invalid").contains(results.get(i));
            if (rulings.get(i).enforced() && refuses) standing.add(i);
        }
        if (standing.isEmpty()) return new Answer("allow", Optional.empty(), false, results);
        if (standing.stream().anyMatch(i -> rulings.get(i).mend().isEmpty())) {
            return new Answer("deny", Optional.empty(), false, results);
        }
        var acr = Optional.<String>empty();
        boolean anew = false;
        for (int i : standing) {
            var mend = rulings.get(i).mend().get();
            anew |= mend.anew();
            if (!mend.raise()) continue;
            var wanted = trees.get(i).get("controls").get("acr").asText();
            if (acr.isEmpty() || reading.levelOf(wanted) > reading.levelOf(acr.get())) acr = Optional.of(wanted);
        }
        return new Answer("step-up", acr, anew, results);
    }

    private static JsonNode parsed(String document) {
        try {
            return new ObjectMapper().readTree(document);
        } catch (JsonProcessingException e) {
            return new ObjectMapper().createObjectNode();
        }
    }

    private Ruling ruling(JsonNode document) {
        var state = document.path("state").asText();
        if (state.equals("disabled")) return new Ruling("not-applied", false, Optional.empty());
        boolean enforced = !state.equals("report-only");
        var assignments = document.path("assignments");
        var users = understood(assignments.path("users"), "users");
        var clients = understood(assignments.path("clients"), "clients");
        if (!matchesUser(users) || !matchesClient(clients))
            return new Ruling("not-applied", enforced, Optional.empty());
        if (!readable(document) || namesTheMissing(users, clients))
            return new Ruling("invalid", enforced, Optional.empty());

        var controls = document.get("controls");
        if (controls.path("block").asBoolean()) return new Ruling("unsatisfied", enforced, Optional.empty());
        if (met(controls, clients, facts)) return new Ruling("satisfied", enforced, Optional.empty());
        if (facts.person().serviceAccount()) return new Ruling("unsatisfied", enforced, Optional.empty());
        for (var attempt : List.of(new Attempt(true, false), new Attempt(false, true), new Attempt(true, true))) {
            if (met(controls, clients, after(attempt, controls))) {
                return new Ruling("unsatisfied", enforced, Optional.of(attempt));
            }
        }
        return new Ruling("unsatisfied", enforced, Optional.empty());
    }

    private static boolean readable(JsonNode document) {
        return document.has("name")
                && document.has("state")
                && document.has("controls")
                && knows(document, "")
                && knows(document.path("assignments"), "assignments")
                && knows(document.path("assignments").path("users"), "users")
                && knows(document.path("assignments").path("clients"), "clients")
                && knows(document.path("controls"), "controls");
    }

    private static boolean knows(JsonNode object, String kind) {
        var names = new HashSet<String>();
        object.fieldNames().forEachRemaining(names::add);
        return FIELDS.get(kind).containsAll(names);
    }

    /** An assignment that cannot be read names nobody in particular. */
    private static JsonNode understood(JsonNode assignment, String kind) {
        return knows(assignment, kind) ? assignment : new ObjectMapper().createObjectNode();
    }

    private boolean matchesUser(JsonNode users) {
        var mine = labels(facts.person());
        var excluded = labels(users.path("exclude"));
        if (!Collections.disjoint(excluded, mine)) return false;
        var readable = labels(users.path("include"));
        readable.removeIf(label -> !exists(label));
        return readable.isEmpty() || !Collections.disjoint(readable, mine);
    }

    private boolean matchesClient(JsonNode clients) {
        var included = texts(clients.path("include"));
        if (texts(clients.path("exclude")).contains(facts.client()) && Collections.disjoint(included, facts.audience()))
            return false;
        var readable = new HashSet<>(included);
        readable.retainAll(facts.knownClients());
        var concerned = new HashSet<>(facts.audience());
        concerned.add(facts.client());
        return readable.isEmpty() || !Collections.disjoint(included, concerned);
    }

    private boolean namesTheMissing(JsonNode users, JsonNode clients) {
        var people = labels(users.path("include"));
        people.addAll(labels(users.path("exclude")));
        var applications = texts(clients.path("include"));
        applications.addAll(texts(clients.path("exclude")));
        return !people.stream().allMatch(ContractReading::exists)
                || !facts.knownClients().containsAll(applications);
    }

    private static Set<String> labels(JsonNode principals) {
        var labels = new HashSet<String>();
        texts(principals.path("users")).forEach(user -> labels.add("user " + user.toLowerCase(Locale.ROOT)));
        texts(principals.path("groups")).forEach(group -> labels.add("group " + group));
        texts(principals.path("roles")).forEach(role -> labels.add("role " + role));
        return labels;
    }

    private static Set<String> labels(Person person) {
        var labels = new HashSet<String>();
        labels.add("user " + person.username());
        person.roles().forEach(role -> labels.add("role " + role));
        for (var group : person.memberships()) {
            var parts = group.split("/");
            for (int i = 2; i <= parts.length; i++) {
                labels.add("group " + String.join("/", Arrays.asList(parts).subList(0, i)));
            }
        }
        return labels;
    }

    private static boolean exists(String label) {
        var name = label.substring(label.indexOf(' ') + 1);
        return label.startsWith("user ") || Person.KNOWN_GROUPS.contains(name) || Person.KNOWN_ROLES.contains(name);
    }

    private static Set<String> texts(JsonNode array) {
        var texts = new HashSet<String>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private Facts after(Attempt attempt, JsonNode controls) {
        var then = facts;
        int wanted = levelOf(controls.path("acr").asText());
        if (attempt.raise() && wanted >= 0) then = then.level(Math.max(wanted, then.level()));
        if (attempt.anew()) then = then.authenticated(Optional.of(facts.now()));
        return then;
    }

    /** -1 for a level that the realm does not know. */
    private int levelOf(String acr) {
        if (facts.levels().containsKey(acr)) return facts.levels().get(acr);
        return !acr.isEmpty() && acr.chars().allMatch(c -> c >= '0' && c <= '9') ? Integer.parseInt(acr) : -1;
    }

    private boolean met(JsonNode controls, JsonNode clients, Facts then) {
        var each = new ArrayList<Boolean>();
        if (controls.has("acr")) {
            int wanted = levelOf(controls.get("acr").asText());
            each.add(wanted >= 0 && then.level() >= wanted);
        }
        if (controls.has("freshAuthentication")) {
            var oldest = then.now()
                    .minus(Duration.parse(controls.get("freshAuthentication").asText()));
            each.add(then.authenticatedAt().isPresent()
                    && !then.authenticatedAt().get().isBefore(oldest));
        }
        var named = texts(clients.path("include"));
        boolean namesClient = named.contains(then.client()) || !Collections.disjoint(named, then.audience());
        if (controls.has("device") && (!then.person().serviceAccount() || namesClient)) {
            each.add(met(controls.get("device"), then));
        }
        if (each.isEmpty()) return true;
        return controls.path("operator").asText().equals("or") ? each.contains(true) : !each.contains(false);
    }

    private static boolean met(JsonNode asked, Facts then) {
        if (!(then.device() instanceof Recognised recognised)) return false;
        var device = recognised.device();
        if (device.status() == Device.Status.BLOCKED) return false;
        for (var field : asked.properties()) {
            if (!met(field.getKey(), field.getValue(), device, device.posture(), then)) return false;
        }
        return true;
    }

    private static boolean met(String what, JsonNode asked, Device device, Optional<Posture> posture, Facts then) {
        if (what.equals("proven")) return true;
        if (posture.isEmpty()) return false;
        var found = posture.get();
        return switch (what) {
            case "compliant" -> found.compliant().equals(Optional.of(asked.asBoolean()));
            case "diskEncrypted" -> found.diskEncrypted().equals(Optional.of(asked.asBoolean()));
            case "jailbroken" -> found.jailbroken().equals(Optional.of(asked.asBoolean()));
            case "maxCriticalVulnerabilities" ->
                found.criticalVulnerabilities().orElse(Integer.MAX_VALUE) <= asked.asInt();
            case "maxPostureAge" -> !found.observedAt().isBefore(then.now().minus(Duration.parse(asked.asText())));
            case "minOsVersion" ->
                device.platform()
                        .map(platform -> asked.path(platform.id()).asText(""))
                        .filter(least -> !least.isEmpty())
                        .flatMap(least -> found.osVersion().map(version -> atLeast(version, least)))
                        .orElse(false);
            default -> throw new IllegalArgumentException(what);
        };
    }

    /** Both of two numbers. */
    private static boolean atLeast(String version, String least) {
        var is = version.split("\\.");
        var min = least.split("\\.");
        int major = Integer.parseInt(is[0]) - Integer.parseInt(min[0]);
        return major > 0 || (major == 0 && Integer.parseInt(is[1]) >= Integer.parseInt(min[1]));
    }
}
