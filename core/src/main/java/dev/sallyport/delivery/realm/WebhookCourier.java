package dev.sallyport.delivery.realm;

import dev.sallyport.delivery.Message;
import dev.sallyport.delivery.Standing.Answer;
import dev.sallyport.delivery.Verdict;
import dev.sallyport.delivery.WebhookSecret;
import dev.sallyport.outbound.Retry;
import dev.sallyport.outbound.realm.Deadline;
import dev.sallyport.outbound.realm.HttpReply;
import dev.sallyport.outbound.realm.OutboundHttp;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.http.client.methods.RequestBuilder;
import org.apache.http.entity.ByteArrayEntity;

/** Posts each message, signed as Standard Webhooks 1.0 say. */
record WebhookCourier(
        OutboundHttp http, URI url, List<WebhookSecret> secrets, Optional<String> authorization, Clock clock)
        implements Courier {

    private static final int TOO_MANY_REQUESTS = 429;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Override
    public Outcome send(List<Message> messages, Deadline deadline) {
        for (int i = 0; i < messages.size(); i++) {
            if (i > 0 && deadline.passed()) return Outcome.taken(i);
            var failure = failure(post(messages.get(i)));
            if (failure.isPresent()) return Outcome.stopped(i, failure.get());
        }
        return Outcome.taken(messages.size());
    }

    private HttpReply post(Message message) {
        long timestamp = clock.instant().getEpochSecond();
        var request = RequestBuilder.post()
                .setHeader("Content-Type", "application/json")
                .setHeader("webhook-id", message.id())
                .setHeader("webhook-timestamp", Long.toString(timestamp))
                .setEntity(new ByteArrayEntity(message.body().getBytes(StandardCharsets.UTF_8)));
        if (!secrets.isEmpty()) {
            var signature = WebhookSecret.signature(secrets, message.id(), timestamp, message.body());
            request.setHeader("webhook-signature", signature);
        }
        authorization.ifPresent(value -> request.setHeader("Authorization", value));
        return http.sendForStatus(request, url, Deadline.in(PATIENCE));
    }

    private Optional<Failure> failure(HttpReply reply) {
        if (reply instanceof HttpReply.Failed failed) {
            return Optional.of(Failure.unavailable("The receiver " + failed.reason() + "."));
        }
        var received = (HttpReply.Received) reply;
        var verdict = Verdict.of(received.status());
        if (verdict == Verdict.TAKEN) return Optional.empty();
        var wish = received.retryAfter().flatMap(header -> Retry.after(header, clock.instant()));
        return Optional.of(
                new Failure(answer(received.status(), verdict), "The receiver " + told(received.status()), wish));
    }

    private static Optional<Answer> answer(int status, Verdict verdict) {
        return switch (verdict) {
            case REFUSED -> Optional.of(Answer.REFUSAL);
            case REFUSED_FOR_GOOD -> Optional.of(Answer.REFUSAL_FOR_GOOD);
            default -> status == TOO_MANY_REQUESTS ? Optional.empty() : Optional.of(Answer.FAILURE);
        };
    }

    private static String told(int status) {
        return "answered " + status
                + switch (status) {
                    case 401, 403, 407 -> ": it does not accept how the requests are authorised.";
                    case 404, 405 -> ": check the URL.";
                    case TOO_MANY_REQUESTS -> ": it is sent too much.";
                    case 301, 302, 303, 307, 308 -> ": redirects are not followed, check the URL.";
                    default -> ".";
                };
    }
}
