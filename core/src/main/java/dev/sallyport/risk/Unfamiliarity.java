package dev.sallyport.risk;

import dev.sallyport.risk.Risk.Level;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Judges a login by what is unlike the user's logins before it.
 *
 * <table>
 * <caption>What counts, and how much</caption>
 * <tr><th>Reason</th><th>When</th><th>Weight</th></tr>
 * <tr><td>{@code failed-logins}</td><td>3 failed logins; 10</td><td>2; 4</td></tr>
 * <tr><td>{@code new-device}</td><td>never seen with this user</td><td>2</td></tr>
 * <tr><td>{@code new-network}</td><td>never seen with this user</td><td>1</td></tr>
 * <tr><td>{@code new-country}</td><td>never seen with this user, and neither was the network</td><td>2</td></tr>
 * <tr><td>{@code unusual-hour}</td><td>fewer than 2 % of the user's logins within two hours of this one</td><td>1</td></tr>
 * </table>
 *
 * From 2 on the risk is medium, from 4 on high. Nothing is new about a user's first login. Once something of a kind is
 * familiar, a value that could not be told counts as new.
 */
public final class Unfamiliarity {

    /** The weight from which on a login is of medium risk. */
    static final int MEDIUM = 2;

    /** The weight from which on a login is of high risk. */
    static final int HIGH = 4;

    /** How many failed logins raise the risk. */
    static final int SOME_FAILURES = 3;

    /** How many failed logins are alarming. */
    static final int MANY_FAILURES = 10;

    private Unfamiliarity() {}

    public static Risk judge(LoginHistory history, LoginAttempt attempt) {
        var reasons = new ArrayList<String>();
        int weight = 0;
        int failures = history.failuresAt(attempt.time());
        if (failures >= SOME_FAILURES) {
            reasons.add("failed-logins");
            weight += failures >= MANY_FAILURES ? HIGH : MEDIUM;
        }
        for (var trait : Trait.values()) {
            if (!isNew(trait, history, attempt)) continue;
            reasons.add(trait.whenNew());
            weight += trait.weight();
        }
        if (history.unusualHour(attempt.time())) {
            reasons.add("unusual-hour");
            weight += 1;
        }
        return new Risk(Optional.of(level(weight)), reasons);
    }

    private static boolean isNew(Trait trait, LoginHistory history, LoginAttempt attempt) {
        // NB. A familiar network is where it always was, also on a day on which nobody can tell its country.
        if (trait == Trait.COUNTRY && history.knows(Trait.NETWORK, attempt)) return false;
        return !history.familiar(trait, attempt.time()).isEmpty() && !history.knows(trait, attempt);
    }

    private static Level level(int weight) {
        if (weight >= HIGH) return Level.HIGH;
        return weight >= MEDIUM ? Level.MEDIUM : Level.LOW;
    }
}
