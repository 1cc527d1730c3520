package dev.sallyport.posture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.sallyport.device.FailingCheck;
import dev.sallyport.device.Posture;
import dev.sallyport.device.Provenance.Origin;
import dev.sallyport.document.Documents;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What several sources say of one device, put together: of each fact what was observed last. A device is compliant only if
 * nobody says otherwise, however long ago: the management that knows of a fault need not be the one that reports most often.
 *
 * @param posture empty when nobody says anything
 * @param origins who said each fact, by its name
 */
public record MergedPosture(Optional<Posture> posture, Map<String, Origin> origins) {

    private static final String COMPLIANT = "compliant";

    /** @param reports the last one of each source, with its name */
    public static MergedPosture of(Collection<Posture> reports) {
        if (reports.isEmpty()) return new MergedPosture(Optional.empty(), Map.of());
        // NB. By name where the times are the same, so that the order in which they were read says nothing.
        var newestFirst = reports.stream()
                .sorted(Comparator.comparing(Posture::observedAt).reversed().thenComparing(report -> report.source()
                        .orElse("")))
                .toList();
        var facts = new TreeMap<String, JsonNode>();
        var origins = new TreeMap<String, Origin>();
        for (var report : newestFirst) {
            for (var fact : fitting(report, facts).entrySet()) {
                if (facts.putIfAbsent(fact.getKey(), fact.getValue()) == null)
                    origins.put(fact.getKey(), origin(report));
            }
        }
        newestFirst.stream()
                .filter(report ->
                        report.compliant().filter(compliant -> !compliant).isPresent())
                .findFirst()
                .ifPresent(report -> {
                    facts.put(COMPLIANT, BooleanNode.FALSE);
                    origins.put(COMPLIANT, origin(report));
                });
        var merged = Posture.of(newestFirst.get(0).observedAt(), source(newestFirst), facts, failing(newestFirst));
        return new MergedPosture(Optional.of(merged), Map.copyOf(origins));
    }

    /** The facts of a report; without its attributes if there would be too many with those of newer ones. */
    private static Map<String, JsonNode> fitting(Posture report, Map<String, JsonNode> newer) {
        var all = new HashMap<String, JsonNode>();
        newer.forEach((name, value) -> {
            if (name.startsWith(Posture.ATTRIBUTE)) all.put(name.substring(Posture.ATTRIBUTE.length()), value);
        });
        report.attributes().forEach(all::putIfAbsent);
        var flat = report.flat();
        if (Documents.write(all).getBytes(StandardCharsets.UTF_8).length > Posture.MAX_ATTRIBUTES) {
            flat.keySet().removeIf(name -> name.startsWith(Posture.ATTRIBUTE));
        }
        return flat;
    }

    private static Origin origin(Posture report) {
        return new Origin(report.source().orElse(""), report.observedAt());
    }

    private static Optional<String> source(List<Posture> reports) {
        return Optional.of(reports.stream()
                .flatMap(report -> report.source().stream())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", ")));
    }

    private static List<FailingCheck> failing(List<Posture> newestFirst) {
        return newestFirst.stream()
                .flatMap(report -> report.failing().stream())
                .distinct()
                .toList();
    }
}
