package dev.sallyport.risk;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What is remembered of a user's logins: not the logins themselves, but what they taught. Bounded, however long and
 * whatever somebody does.
 *
 * <p>NB. Whoever has the password can complete logins where no policy asks for more. Such a login must not make its own
 * device familiar, forgive the wrong passwords before it, or push out what was familiar: else it would open the doors that
 * do ask. So only a login that is vouched for teaches at once.
 *
 * @param seen by trait, what logins were made with
 * @param hours how many logins were made in each hour of the day, in UTC; empty before the first
 * @param failures how often the wrong credentials were given since the last login that was vouched for
 * @param lastFailure when that was last
 * @param proofs by kind of credential, as Keycloak names it, when one was last given for a login that was completed; null in
 *     what is from before this was remembered
 */
public record LoginHistory(
        Map<Trait, List<Sighting>> seen,
        List<Integer> hours,
        int failures,
        Optional<Instant> lastFailure,
        Map<String, Instant> proofs) {

    /** How long something must have been around before it is familiar though no login with it was vouched for. */
    public static final Duration PROBATION = Duration.ofDays(7);

    /** How long a failed login counts. */
    public static final Duration FAILURES_COUNT = Duration.ofHours(24);

    /** How many failed logins are counted. */
    static final int MAX_FAILURES = 1_000;

    /** How many logins it takes to know a user's hours. */
    static final int ENOUGH_LOGINS = 20;

    /** From so many on, older logins count half, so that a user's hours may change. */
    static final int MAX_LOGINS = 200;

    /**
     * One device, network or country.
     *
     * @param familiarFrom when it stops being new
     */
    public record Sighting(String value, Instant familiarFrom, Instant last) {}

    public LoginHistory {
        if (!hours.isEmpty() && hours.size() != 24) throw new IllegalArgumentException("a day has 24 hours");
        seen = Map.copyOf(seen);
        hours = List.copyOf(hours);
        proofs = proofs == null ? Map.of() : Map.copyOf(proofs);
    }

    /** The history of a user of whom nothing is known. */
    public static LoginHistory none() {
        return new LoginHistory(Map.of(), List.of(), 0, Optional.empty(), Map.of());
    }

    /** The history after somebody gave wrong credentials for the user. */
    public LoginHistory afterFailure(Instant time) {
        return new LoginHistory(seen, hours, Math.min(MAX_FAILURES, failuresAt(time) + 1), Optional.of(time), proofs);
    }

    /**
     * The history after a completed login.
     *
     * @param proven whether the user proved more than knowledge of a password: by a second factor, or by the key of a
     *     device of their own
     */
    public LoginHistory afterLogin(LoginAttempt login, boolean proven) {
        boolean first = familiar(Trait.DEVICE, login.time()).isEmpty();
        boolean vouched = proven || first || knows(Trait.DEVICE, login);
        var more = new EnumMap<Trait, List<Sighting>>(Trait.class);
        for (var trait : Trait.values()) more.put(trait, sightings(trait, login, vouched));
        return vouched
                ? new LoginHistory(more, withHour(login.time()), 0, Optional.empty(), proofs)
                : new LoginHistory(more, hours, failures, lastFailure, proofs);
    }

    /** The history after a login that was completed with these credentials; what is known to have been later stays. */
    public LoginHistory afterProofs(Map<String, Instant> given) {
        var newest = new HashMap<>(proofs);
        given.forEach((kind, time) -> newest.merge(kind, time, (one, other) -> one.isAfter(other) ? one : other));
        return new LoginHistory(seen, hours, failures, lastFailure, newest);
    }

    /** How many failed logins count at that time. */
    int failuresAt(Instant time) {
        return lastFailure
                        .filter(last -> time.isBefore(last.plus(FAILURES_COUNT)))
                        .isPresent()
                ? failures
                : 0;
    }

    /** Whether the login has a value of that trait with which the user has been seen before. */
    boolean knows(Trait trait, LoginAttempt login) {
        return login.value(trait)
                .filter(value -> familiar(trait, login.time()).contains(value))
                .isPresent();
    }

    /** With what the user has been seen before. */
    List<String> familiar(Trait trait, Instant time) {
        return sightings(trait)
                .filter(sighting -> !time.isBefore(sighting.familiarFrom()))
                .map(Sighting::value)
                .toList();
    }

    /** Whether the user's hours are known, and the user is hardly ever seen around this one. */
    boolean unusualHour(Instant time) {
        int all = hours.stream().mapToInt(Integer::intValue).sum();
        if (all < ENOUGH_LOGINS) return false;
        int hour = hour(time);
        int near = IntStream.rangeClosed(-2, 2)
                .map(offset -> hours.get(Math.floorMod(hour + offset, 24)))
                .sum();
        return near * 50 < all;
    }

    private Stream<Sighting> sightings(Trait trait) {
        return seen.getOrDefault(trait, List.of()).stream();
    }

    private List<Sighting> sightings(Trait trait, LoginAttempt login, boolean vouched) {
        if (login.value(trait).isEmpty()) return sightings(trait).toList();
        var value = login.value(trait).get();
        var time = login.time();
        var familiarFrom = vouched ? time : time.plus(PROBATION);
        var before = sightings(trait)
                .filter(sighting -> sighting.value().equals(value))
                .map(Sighting::familiarFrom)
                .filter(from -> from.isBefore(familiarFrom))
                .findFirst();
        var sightings = new ArrayList<Sighting>();
        sightings.add(new Sighting(value, before.orElse(familiarFrom), time));
        sightings(trait).filter(sighting -> !sighting.value().equals(value)).forEach(sightings::add);
        // NB. What is not familiar goes first, or somebody with the password could make the user's own devices
        // forgotten.
        var newestFamiliarFirst = Comparator.comparing((Sighting sighting) -> time.isBefore(sighting.familiarFrom()))
                .thenComparing(Sighting::last, Comparator.reverseOrder());
        return sightings.stream()
                .sorted(newestFamiliarFirst)
                .limit(trait.remembered())
                .toList();
    }

    private List<Integer> withHour(Instant time) {
        var counts = new ArrayList<>(hours.isEmpty() ? Collections.nCopies(24, 0) : hours);
        counts.set(hour(time), counts.get(hour(time)) + 1);
        boolean full = counts.stream().mapToInt(Integer::intValue).sum() >= MAX_LOGINS;
        if (full) counts.replaceAll(count -> count / 2);
        return counts;
    }

    private static int hour(Instant time) {
        return time.atOffset(ZoneOffset.UTC).getHour();
    }
}
