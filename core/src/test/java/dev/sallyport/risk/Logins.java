package dev.sallyport.risk;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Logins and histories for tests. Unless a test says otherwise, a login is at {@link #NOW} and as {@code ann} always does. */
final class Logins {

    static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");

    static final LoginAttempt USUAL =
            new LoginAttempt(NOW, Map.of(Trait.DEVICE, "laptop", Trait.NETWORK, "home", Trait.COUNTRY, "DE"));

    private Logins() {}

    /** A user who logged in like this every day, for a month, until yesterday. */
    static LoginHistory habit() {
        var history = LoginHistory.none();
        for (int day = 30; day > 0; day--) history = history.afterLogin(at(USUAL, Duration.ofDays(-day)), false);
        return history;
    }

    static LoginAttempt at(LoginAttempt login, Duration fromNow) {
        return new LoginAttempt(NOW.plus(fromNow), login.traits());
    }

    static LoginAttempt with(LoginAttempt login, Trait trait, String value) {
        var traits = new HashMap<>(login.traits());
        traits.put(trait, value);
        return new LoginAttempt(login.time(), traits);
    }

    static LoginAttempt without(LoginAttempt login, Trait trait) {
        var traits = new HashMap<>(login.traits());
        traits.remove(trait);
        return new LoginAttempt(login.time(), traits);
    }

    static LoginHistory failed(LoginHistory history, int times) {
        for (int i = 0; i < times; i++) history = history.afterFailure(NOW.minusSeconds(60));
        return history;
    }
}
