package dev.sallyport.device;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The health of a device at one moment, normalised over all sources. Every fact but the time may be absent, and an absent
 * fact is unknown: neither good nor bad, so it never meets a requirement.
 *
 * @param observedAt when the source looked at the device, not when it told us
 * @param source who told us: {@code registry} for what was pushed over REST; several names, with commas between them, when
 *     it was put together from what several told
 * @param osVersion dotted numbers, most significant first
 * @param criticalVulnerabilities how many are open on the device
 * @param failing the checks that the source found failing, with its advice
 * @param attributes whatever else the source knows; 16 KiB at most
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Posture(
        Instant observedAt,
        Optional<String> source,
        Optional<Boolean> managed,
        Optional<Boolean> compliant,
        Optional<String> osVersion,
        Optional<Boolean> diskEncrypted,
        Optional<Boolean> firewall,
        Optional<Boolean> screenLock,
        Optional<Boolean> secureBoot,
        Optional<Boolean> jailbroken,
        Optional<Boolean> antimalware,
        Optional<Integer> criticalVulnerabilities,
        List<FailingCheck> failing,
        @JsonSetter(contentNulls = Nulls.SET) Map<String, JsonNode> attributes) {

    /** The longest attributes, as JSON in UTF-8, in bytes. */
    public static final int MAX_ATTRIBUTES = 16 * 1024;

    /** Begins the name of an attribute among the other facts. */
    public static final String ATTRIBUTE = "attributes.";

    /** What a posture holds besides facts, or holds together. */
    private static final Set<String> ABOUT = Set.of("observedAt", "source", "failing", "attributes");

    private static final Map<String, Predicate<Posture>> GOOD = Map.of(
            "managed", posture -> posture.managed.orElse(false),
            "compliant", posture -> posture.compliant.orElse(false),
            "diskEncrypted", posture -> posture.diskEncrypted.orElse(false),
            "firewall", posture -> posture.firewall.orElse(false),
            "screenLock", posture -> posture.screenLock.orElse(false),
            "secureBoot", posture -> posture.secureBoot.orElse(false),
            "jailbroken", posture -> !posture.jailbroken.orElse(true),
            "antimalware", posture -> posture.antimalware.orElse(false),
            "criticalVulnerabilities", posture -> posture.criticalVulnerabilities.orElse(1) == 0);

    public Posture {
        if (observedAt == null) throw new DocumentFault("observedAt", "is required");
        osVersion.filter(version -> OsVersion.of(version).isEmpty()).ifPresent(version -> {
            throw new DocumentFault("osVersion", "must be dotted numbers such as 14.5.1");
        });
        criticalVulnerabilities.filter(count -> count < 0).ifPresent(count -> {
            throw new DocumentFault("criticalVulnerabilities", "must not be negative");
        });
        failing = failing == null ? List.of() : List.copyOf(failing);
        attributes = attributes == null ? Map.of() : Map.copyOf(attributes);
        if (Documents.write(attributes).getBytes(StandardCharsets.UTF_8).length > MAX_ATTRIBUTES) {
            throw new DocumentFault("attributes", "must not be larger than 16 KiB");
        }
    }

    /** The facts that are known and good, whatever anybody asks for. */
    public Set<String> good() {
        return GOOD.entrySet().stream()
                .filter(fact -> fact.getValue().test(this))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What it says, by the names of the facts; each attribute for itself, as {@code attributes.} and its name. */
    public Set<String> facts() {
        return new TreeSet<>(flat().keySet());
    }

    /** The facts with their values, as {@link #facts} names them. */
    public Map<String, JsonNode> flat() {
        var flat = new TreeMap<String, JsonNode>();
        Documents.toTree(this).properties().forEach(field -> {
            if (!ABOUT.contains(field.getKey())) flat.put(field.getKey(), field.getValue());
        });
        attributes.forEach((name, value) -> flat.put(ATTRIBUTE + name, value));
        return flat;
    }

    /** The same, with those facts unknown. */
    public Posture without(Set<String> names) {
        if (names.isEmpty()) return this;
        var kept = flat();
        kept.keySet().removeAll(names);
        return of(observedAt, source, kept, failing);
    }

    /** A posture of facts as {@link #flat} has them. */
    public static Posture of(
            Instant observedAt, Optional<String> source, Map<String, JsonNode> flat, List<FailingCheck> failing) {
        var tree = JsonNodeFactory.instance.objectNode();
        tree.put("observedAt", observedAt.toString());
        source.ifPresent(name -> tree.put("source", name));
        tree.set("failing", Documents.toTree(failing));
        var attributes = tree.putObject("attributes");
        flat.forEach((name, value) -> {
            if (name.startsWith(ATTRIBUTE)) attributes.set(name.substring(ATTRIBUTE.length()), value);
            else tree.set(name, value);
        });
        return Documents.bind(tree, Posture.class);
    }

    /** What is believed of a device that does not keep still: nothing good. */
    Posture held(Instant until) {
        var bad = without(good()).flat();
        bad.put("compliant", BooleanNode.FALSE);
        var reasons = Stream.concat(Stream.of(FailingCheck.unsteady(until)), failing.stream());
        return of(observedAt, source, bad, reasons.toList());
    }

    public Posture from(String newSource) {
        return new Posture(
                observedAt,
                Optional.of(newSource),
                managed,
                compliant,
                osVersion,
                diskEncrypted,
                firewall,
                screenLock,
                secureBoot,
                jailbroken,
                antimalware,
                criticalVulnerabilities,
                failing,
                attributes);
    }
}
