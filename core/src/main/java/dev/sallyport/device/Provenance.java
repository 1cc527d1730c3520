package dev.sallyport.device;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Where a posture comes from: who said which fact, who can be asked at all, and how steady it has been.
 *
 * @param facts by their names in the posture; an attribute by {@code attributes.} and its name
 * @param sources whoever was asked, by name; the built-in registry is not asked but told, so it is never silent
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Provenance(Map<String, Origin> facts, Map<String, Contact> sources, Steadiness steadiness) {

    /** The source of what was pushed here, rather than asked for. */
    public static final String REGISTRY = "registry";

    private static final String COMPLIANT = "compliant";

    /** Who said a fact, and when they observed it. */
    public record Origin(String source, Instant observedAt) {}

    /**
     * The last time that a source was asked.
     *
     * @param askedAt when
     * @param answeredAt when it was asked to which it last had an answer, also one that it does not know the device; empty
     *     if never
     * @param outageSince when it first had none after that; empty when the last time brought one
     * @param verdict whether its last answer said if the device is compliant
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Contact(
            Instant askedAt, Optional<Instant> answeredAt, Optional<Instant> outageSince, boolean verdict) {

        @JsonIgnore
        public boolean silent() {
            return outageSince.isPresent();
        }
    }

    public Provenance {
        facts = facts == null ? Map.of() : Map.copyOf(facts);
        sources = sources == null ? Map.of() : Map.copyOf(sources);
        steadiness = steadiness == null ? Steadiness.unknown() : steadiness;
    }

    public static Provenance unknown() {
        return new Provenance(Map.of(), Map.of(), Steadiness.unknown());
    }

    /** The sources that had no answer when they were last asked, by name. */
    public Set<String> outages() {
        return sources.entrySet().stream()
                .filter(source -> source.getValue().silent())
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Who said that fact; empty when nobody did. */
    public Optional<String> source(String fact) {
        return Optional.ofNullable(facts.get(fact)).map(Origin::source);
    }

    /**
     * The sources whose silence leaves that fact unknown: the one that said it last, one that never answered at all and
     * may know anything, and for the verdict of all sources everyone who had a part in it.
     */
    public List<String> missing(String fact) {
        var missing = new TreeMap<String, Contact>(sources);
        missing.values().removeIf(contact -> !contact.silent());
        missing.entrySet().removeIf(source -> !concerns(fact, source.getKey(), source.getValue()));
        return List.copyOf(missing.keySet());
    }

    private boolean concerns(String fact, String name, Contact contact) {
        return contact.answeredAt().isEmpty()
                || source(fact).filter(name::equals).isPresent()
                || fact.equals(COMPLIANT) && contact.verdict();
    }

    /** Of those facts the ones that nobody vouches for now. */
    Set<String> unvouched(Collection<String> known) {
        if (outages().isEmpty()) return Set.of();
        var unvouched = new LinkedHashSet<String>();
        for (var fact : known) if (!missing(fact).isEmpty()) unvouched.add(fact);
        return unvouched;
    }
}
