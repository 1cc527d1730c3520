package dev.sallyport.posture.realm;

import dev.sallyport.outbound.Retry;
import dev.sallyport.outbound.realm.Deadline;
import dev.sallyport.outbound.realm.HttpReply;
import dev.sallyport.posture.PostureSource.Outage;
import dev.sallyport.posture.realm.Authorization.Granted;
import dev.sallyport.posture.realm.Authorization.Refused;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.http.client.methods.RequestBuilder;

/** Reads from the interface of a device management, again where that may help, within the time that there is. */
final class ManagementApi {

    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int TOO_MANY_REQUESTS = 429;

    private final String service;
    private final Connection connection;
    private final Authorization authorization;
    private final Clock clock;

    /** @param service what administrators call it */
    ManagementApi(String service, Connection connection, Authorization authorization, Clock clock) {
        this.service = service;
        this.connection = connection;
        this.authorization = authorization;
        this.clock = clock;
    }

    /** What was read. */
    sealed interface Reading {}

    /** The management answered 200. */
    record Body(String text) implements Reading {}

    /** It answered 404. */
    record Absent(String text) implements Reading {}

    /** It gave no answer that could be used. */
    record Unread(Outage outage) implements Reading {}

    Deadline deadline() {
        return Deadline.in(connection.timeout());
    }

    Reading get(URI uri, Deadline deadline) {
        boolean renewed = false;
        for (int attempt = 1; ; ) {
            var grant = authorization.grant(deadline);
            var reply = grant instanceof Granted granted ? send(uri, granted, deadline) : ((Refused) grant).reply();
            if (reply instanceof HttpReply.Received received && grant instanceof Granted granted) {
                if (received.status() == OK) return new Body(received.body());
                if (received.status() == NOT_FOUND) return new Absent(received.body());
                if (received.status() == UNAUTHORIZED && !renewed && authorization.renewable(granted.token())) {
                    renewed = true;
                    continue;
                }
            }
            var pause = passing(reply)
                    ? Retry.pause(
                            attempt,
                            wish(reply),
                            deadline.left(),
                            ThreadLocalRandom.current().nextDouble())
                    : Optional.<Duration>empty();
            if (pause.isEmpty() || !waited(pause.get())) {
                wish(reply).ifPresent(connection.breaker()::askedToWait);
                return new Unread(new Outage(reason(reply, grant)));
            }
            attempt++;
        }
    }

    private HttpReply send(URI uri, Granted granted, Deadline deadline) {
        var request = RequestBuilder.get()
                .setHeader("Accept", "application/json")
                .setHeader("Authorization", "Bearer " + granted.token());
        return connection.http().send(request, uri, deadline);
    }

    private static boolean passing(HttpReply reply) {
        if (reply instanceof HttpReply.Failed failed) return failed.passing();
        int status = ((HttpReply.Received) reply).status();
        return status == TOO_MANY_REQUESTS || status >= 500 && status != 501;
    }

    private Optional<Duration> wish(HttpReply reply) {
        return reply instanceof HttpReply.Received received && passing(reply)
                ? received.retryAfter().flatMap(header -> Retry.after(header, clock.instant()))
                : Optional.empty();
    }

    private static boolean waited(Duration pause) {
        try {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private String reason(HttpReply reply, Authorization.Grant grant) {
        var whom = grant instanceof Refused ? service + "'s token endpoint " : service + " ";
        if (reply instanceof HttpReply.Failed failed) return whom + failed.reason() + ".";
        int status = ((HttpReply.Received) reply).status();
        return whom + "answered " + status
                + switch (status) {
                    case 400 -> grant instanceof Refused ? ": check the credentials." : ".";
                    case UNAUTHORIZED -> ": the credentials are not accepted.";
                    case 403 -> ": the credentials may not read devices.";
                    case NOT_FOUND -> ": check the URL.";
                    case TOO_MANY_REQUESTS -> ": it is asked too often.";
                    case 301, 302, 303, 307, 308 -> ": redirects are not followed, check the URL.";
                    default -> ".";
                };
    }

    Outage notAsDescribed() {
        return new Outage(service + " answered with something that is not its interface: check the URL.");
    }

    /** A text as a part of a path or query. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static boolean isJson(String text) {
        return text.stripLeading().startsWith("{");
    }
}
