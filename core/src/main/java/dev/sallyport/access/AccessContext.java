package dev.sallyport.access;

import dev.sallyport.device.Recognition;
import dev.sallyport.logic.Once;
import dev.sallyport.network.Place;
import dev.sallyport.risk.Risk;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The facts of one request.
 *
 * @param client the id of the client that asks; at introspection the one that the token was issued to
 * @param clientAttributes the attributes of that client, for expressions
 * @param audience the ids of the clients that the token reaches; empty where that is not known yet
 * @param clientExists whether the realm has a client of that id
 * @param place where the user is: at back-channel doors the place of the session's browser, never the application's
 * @param risk asked for once and only if a policy needs it, since it can be costly to tell
 * @param userAgent what the browser calls itself; a hint, never proof
 * @param time now
 */
public record AccessContext(
        Door door,
        Subject subject,
        String client,
        Supplier<Map<String, String>> clientAttributes,
        Set<String> audience,
        Predicate<String> clientExists,
        Recognition device,
        Authentication authentication,
        Place place,
        Supplier<Risk> risk,
        Optional<String> userAgent,
        Instant time) {

    public AccessContext {
        clientAttributes = Once.of(clientAttributes);
        risk = Once.of(risk);
    }

    /** The risk, if a policy has asked for it. */
    public Optional<Risk> askedRisk() {
        return ((Once<Risk>) risk).asked();
    }

    boolean concerns(String clientId) {
        return client.equals(clientId) || audience.contains(clientId);
    }

    /**
     * How the user authenticated.
     *
     * @param level the level of authentication that was reached and is still valid; 0 when nothing is known
     * @param levels the realm's names of levels (ACR to LoA)
     * @param at when the user last gave proof of identity; empty when unknown
     */
    public record Authentication(int level, Map<String, Integer> levels, Optional<Instant> at) {

        // NB. At most nine digits: a number that overflows must not come out as a low level.
        private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

        /** @return empty when the realm does not know that name and it is no number */
        public Optional<Integer> levelOf(String acr) {
            if (levels.containsKey(acr)) return Optional.of(levels.get(acr));
            return NUMBER.matcher(acr).matches() ? Optional.of(Integer.valueOf(acr)) : Optional.empty();
        }

        /** @return empty when that level was reached; a level that the realm does not know never is */
        public Optional<Unmet> unmetAcr(String required) {
            if (levelOf(required).filter(asked -> level >= asked).isPresent()) return Optional.empty();
            return Optional.of(Unmet.of("acr", required, Optional.of(level)));
        }

        /** @return empty when it is no longer ago than that */
        public Optional<Unmet> unmetAge(Duration max, Instant now) {
            // NB. Ages are compared, not times, since a time before the first one overflows.
            var age = at.map(time -> Duration.between(time, now));
            if (age.isPresent() && age.get().compareTo(max) <= 0) return Optional.empty();
            return Optional.of(Unmet.of("freshAuthentication", max, at));
        }

        /** What the realm calls the level that was reached: the first of its names for it, else the number. */
        String acr() {
            return levels.entrySet().stream()
                    .filter(name -> name.getValue() == level)
                    .map(Map.Entry::getKey)
                    .sorted()
                    .findFirst()
                    .orElse(String.valueOf(level));
        }
    }
}
