package dev.sallyport.posture;

import dev.sallyport.device.Provenance;
import dev.sallyport.device.Provenance.Contact;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whom to ask about a device, and whether their answer has to be waited for.
 *
 * @param cache how long an answer of each enabled source may be used without asking again, by the source's name
 */
public record Freshness(Map<String, Duration> cache) {

    /** How long the lack of an answer may be used, where an answer could be for longer. */
    static final Duration OUTAGE = Duration.ofSeconds(30);

    /** However short it is said to be: one device's requests must not make as many of ours. */
    static final Duration LEAST = Duration.ofSeconds(1);

    public Freshness {
        cache = Map.copyOf(cache);
    }

    /** For somebody whom only a new answer helps: none may be used for longer than it takes to ask for it. */
    public Freshness atOnce() {
        var least = new HashMap<String, Duration>();
        cache.keySet().forEach(source -> least.put(source, Duration.ZERO));
        return new Freshness(least);
    }

    /** Whether even young answers are asked for again. */
    public boolean eager() {
        return cache.values().stream().allMatch(Duration::isZero);
    }

    /** The sources to be asked again. */
    public Set<String> stale(Provenance known, Instant now) {
        return cache.keySet().stream()
                .filter(source -> !fresh(source, known.sources().get(source), now))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether something has to be done: a source has to be asked, or what one said who is a source no more forgotten. */
    public boolean needsWork(Provenance known, Instant now) {
        if (cache.isEmpty() && known.sources().isEmpty()) return false;
        return !stale(known, now).isEmpty()
                || !cache.keySet().containsAll(known.sources().keySet());
    }

    /** Whether some source was never asked about the device: what it will say may be against all that is known. */
    public boolean unheard(Provenance known) {
        var never = new HashSet<>(cache.keySet());
        never.removeAll(known.sources().keySet());
        return !never.isEmpty();
    }

    private boolean fresh(String source, Contact contact, Instant now) {
        if (contact == null) return false;
        var usable = cache.get(source);
        if (contact.silent() && usable.compareTo(OUTAGE) > 0) usable = OUTAGE;
        if (usable.compareTo(LEAST) < 0) usable = LEAST;
        return now.isBefore(contact.askedAt().plus(usable));
    }
}
