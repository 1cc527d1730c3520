package dev.sallyport.finding;

import dev.sallyport.finding.Observation.Origin;
import dev.sallyport.finding.Observation.Work;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Whether what happened is what a rule is about. What nobody can tell is nothing that anybody is accused of. */
public final class Detection {

    /** What says in evidence whether the change is one, and not only may be. */
    public static final String CERTAIN = "certain";

    private Detection() {}

    /**
     * What speaks for it.
     *
     * @param before what happened earlier, newest first: of the session for what changes in one, of the user for what adds up;
     *     of refusals, which are counted up, all of them
     * @return empty when the rule is not met
     */
    public static Optional<Map<String, Object>> evidence(
            DetectionRule rule, Observation happened, List<Observation> before) {
        return switch (rule.kind()) {
            case NETWORK_CHANGE -> networkChange(happened, before);
            case COUNTRY_CHANGE -> countryChange(happened, before);
            case DEVICE_CHANGE -> happened.otherDevice().map(device -> Map.of("shown", device));
            case OUTSIDE_SCHEDULE -> outsideSchedule(rule, happened);
            case ADMIN_BURST -> adminBurst(rule, happened, before);
            case REFUSALS -> refusals(rule, happened, before);
            case ELEVATION_UNUSED ->
                before.stream().anyMatch(earlier -> earlier.work().isPresent() && !earlier.refused())
                        ? Optional.empty()
                        : Optional.of(Map.of());
            // NB. That it was raised is all there is to it.
            case GIVEN_OUTSIDE, EMERGENCY_USED, SEQUENCE_GAP -> Optional.of(Map.of());
            // NB. Nothing happens that would tell of it; somebody has to look.
            case DORMANT_PRIVILEGE -> Optional.empty();
        };
    }

    private static Optional<Map<String, Object>> networkChange(Observation happened, List<Observation> before) {
        return moved(happened, before, origin -> true)
                .filter(move -> !move.from().near(move.to()))
                .map(move -> {
                    var evidence = new LinkedHashMap<String, Object>();
                    evidence.put("from", move.from().address());
                    evidence.put("to", move.to().address());
                    evidence.put("fromNetworks", move.from().networks());
                    evidence.put("toNetworks", move.to().networks());
                    // NB. Phones and addresses of another version change all the time.
                    evidence.put(CERTAIN, move.from().comparable(move.to()));
                    return evidence;
                });
    }

    private static Optional<Map<String, Object>> countryChange(Observation happened, List<Observation> before) {
        // NB. With the newest that is known: a stop where no atlas knows must not hide a journey.
        return moved(happened, before, origin -> origin.country().isPresent())
                .filter(move -> !move.from().country().equals(move.to().country()))
                .map(move -> Map.of(
                        "from", move.from().country().orElseThrow(),
                        "to", move.to().country().orElseThrow(),
                        "address", move.to().address()));
    }

    private record Move(Origin from, Origin to) {}

    private static Optional<Move> moved(Observation happened, List<Observation> before, Predicate<Origin> telling) {
        return happened.origin().filter(telling).flatMap(to -> before.stream()
                .flatMap(earlier -> earlier.origin().stream())
                .filter(telling)
                .findFirst()
                .map(from -> new Move(from, to)));
    }

    private static Optional<Map<String, Object>> outsideSchedule(DetectionRule rule, Observation happened) {
        boolean works = happened.work().filter(work -> work != Work.RENEWAL).isPresent() && !happened.refused();
        boolean expected = rule.schedule()
                .filter(schedule -> schedule.covers(happened.time()))
                .isPresent();
        return works && !expected ? Optional.of(Map.of("at", happened.time())) : Optional.empty();
    }

    private static Optional<Map<String, Object>> adminBurst(
            DetectionRule rule, Observation happened, List<Observation> before) {
        if (!change(happened)) return Optional.empty();
        long changes = 1
                + recent(rule, happened, before).stream()
                        .filter(Detection::change)
                        .count();
        return reached(rule, changes);
    }

    private static boolean change(Observation observation) {
        return observation.work().filter(work -> work == Work.ADMINISTRATION).isPresent() && !observation.refused();
    }

    private static Optional<Map<String, Object>> refusals(
            DetectionRule rule, Observation happened, List<Observation> before) {
        if (!happened.refused()) return Optional.empty();
        long refused = 0;
        for (var each : recent(rule, happened, before)) {
            // NB. Only a login: while somebody works, tokens are renewed all the time, whoever else tries.
            if (each.login()) break;
            if (each.refused()) refused += each.times();
        }
        return reached(rule, refused);
    }

    private static List<Observation> recent(DetectionRule rule, Observation happened, List<Observation> before) {
        var since = happened.time().minus(rule.span());
        return before.stream()
                .filter(earlier -> !earlier.time().isBefore(since))
                .toList();
    }

    private static Optional<Map<String, Object>> reached(DetectionRule rule, long number) {
        return number < rule.count().orElseThrow()
                ? Optional.empty()
                : Optional.of(Map.of("count", number, "within", rule.within().orElseThrow()));
    }
}
