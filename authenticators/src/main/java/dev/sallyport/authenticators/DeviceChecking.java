package dev.sallyport.authenticators;

import dev.sallyport.access.Door;
import dev.sallyport.access.realm.AccessGate;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * The page for a user whose device is being asked about. It goes on by itself, and not for longer than the answers may take:
 * then the login is judged by what is known.
 */
record DeviceChecking(AccessGate gate, AuthenticationSessionModel authSession, Clock clock) {

    private static final String TEMPLATE = "sallyport-checking.ftl";

    /** Since when this login has been waiting, in epoch milliseconds. */
    private static final String SINCE = "sallyport.checking.since";

    /** What it takes to store an answer after the time for it is over. */
    private static final Duration STORING = Duration.ofSeconds(2);

    DeviceChecking(AccessGate gate, AuthenticationSessionModel authSession) {
        this(gate, authSession, Clock.systemUTC());
    }

    /** Whether the login has to wait. */
    boolean needed(Door door) {
        boolean pageCanBeShown = door != Door.DIRECT_GRANT && !Entrance.passive(authSession);
        // NB. Asked anew once a try: whoever has waited has had the answer.
        var awaited = gate.answersAwaited(door, authSession, authSession.getAuthNote(SINCE) == null);
        if (awaited.isEmpty() || !pageCanBeShown) {
            authSession.removeAuthNote(SINCE);
            return false;
        }
        return clock.instant().isBefore(since().plus(awaited.get()).plus(STORING));
    }

    private Instant since() {
        var since = authSession.getAuthNote(SINCE);
        if (since != null) return Instant.ofEpochMilli(Long.parseLong(since));
        var now = clock.instant();
        authSession.setAuthNote(SINCE, String.valueOf(now.toEpochMilli()));
        return now;
    }

    /**
     * @param next where the page leads: the same execution or action again
     * @return empty when there is nothing to wait for
     */
    Optional<Response> page(Door door, Supplier<LoginFormsProvider> form, Supplier<URI> next) {
        if (!needed(door)) return Optional.empty();
        // NB. By a header, so that it works without scripts and no page of a theme has to be changed for it.
        return Optional.of(
                form.get().setResponseHeader("Refresh", "1; url=" + next.get()).createForm(TEMPLATE));
    }
}
