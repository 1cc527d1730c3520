package dev.sallyport.delivery;

import dev.sallyport.document.DocumentFault;
import java.util.List;

/**
 * Which entries a sink is sent.
 *
 * @param patterns whole types, beginnings such as {@code elevation.*}, or {@code *}
 */
public record EventFilter(List<String> patterns) {

    private static final List<String> ALL = List.of("*");
    private static final int MAX_PATTERNS = 100;
    private static final String PATTERN = "\\*|[a-z-]{1,50}\\.(\\*|[a-z-]{1,50})";

    public EventFilter {
        patterns = List.copyOf(patterns);
    }

    /**
     * @param events null for all
     * @throws DocumentFault if that is no list of patterns
     */
    static EventFilter of(List<String> events) {
        if (events == null) return new EventFilter(ALL);
        if (events.isEmpty() || events.size() > MAX_PATTERNS) {
            throw new DocumentFault("events", "must be from 1 to " + MAX_PATTERNS + " patterns");
        }
        for (int i = 0; i < events.size(); i++) {
            if (!events.get(i).matches(PATTERN)) {
                throw new DocumentFault(
                        "events[" + i + "]", "must be a type such as elevation.ended, or elevation.*, or *");
            }
        }
        return new EventFilter(events);
    }

    public boolean admits(String type) {
        return patterns.stream().anyMatch(pattern -> admits(pattern, type));
    }

    private static boolean admits(String pattern, String type) {
        return pattern.endsWith("*")
                ? type.startsWith(pattern.substring(0, pattern.length() - 1))
                : pattern.equals(type);
    }
}
