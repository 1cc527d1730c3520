package dev.sallyport.posture.realm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.outbound.realm.Deadline;
import dev.sallyport.outbound.realm.HttpReply;
import dev.sallyport.outbound.realm.OutboundHttp;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.http.client.entity.UrlEncodedFormEntity;
import org.apache.http.client.methods.RequestBuilder;
import org.apache.http.message.BasicNameValuePair;

/** How requests to a management are authorised. */
sealed interface Authorization {

    /** The bearer token to send, or what was answered instead of one. */
    sealed interface Grant {}

    record Granted(String token) implements Grant {}

    record Refused(HttpReply reply) implements Grant {}

    Grant grant(Deadline deadline);

    /** @return whether another token can be had instead of that one, which was not accepted */
    boolean renewable(String token);

    /** A token that an administrator made. */
    record Fixed(String token) implements Authorization {

        @Override
        public Grant grant(Deadline deadline) {
            return new Granted(token);
        }

        @Override
        public boolean renewable(String rejected) {
            return false;
        }

        @Override
        public String toString() {
            return "Fixed";
        }
    }

    /** Tokens by the client-credentials grant (RFC 6749, 4.4), kept until shortly before they expire. */
    final class ClientCredentials implements Authorization {

        private static final Duration BEFORE_EXPIRY = Duration.ofSeconds(30);
        private static final Duration UNSTATED = Duration.ofMinutes(1);

        private final OutboundHttp http;
        private final URI endpoint;
        private final Map<String, String> form;
        private final Clock clock;
        private final ReentrantLock renewing = new ReentrantLock();
        private volatile Optional<Token> current = Optional.empty();

        ClientCredentials(OutboundHttp http, URI endpoint, Map<String, String> form, Clock clock) {
            this.http = http;
            this.endpoint = endpoint;
            this.form = Map.copyOf(form);
            this.clock = clock;
        }

        private record Token(String value, Instant renewAt) {}

        @Override
        public Grant grant(Deadline deadline) {
            var kept = usable();
            if (kept.isPresent()) return kept.get();
            try {
                // NB. One asks for a token, whoever else needs one waits for it: managements count tokens.
                if (!renewing.tryLock(deadline.left().toNanos(), TimeUnit.NANOSECONDS)) return tooSlow();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return tooSlow();
            }
            try {
                var meanwhile = usable();
                return meanwhile.isPresent() ? meanwhile.get() : request(deadline);
            } finally {
                renewing.unlock();
            }
        }

        private static Grant tooSlow() {
            return new Refused(new HttpReply.Failed("gave no token in time", false));
        }

        private Optional<Grant> usable() {
            return current.filter(token -> clock.instant().isBefore(token.renewAt()))
                    .map(token -> new Granted(token.value()));
        }

        private Grant request(Deadline deadline) {
            var pairs = form.entrySet().stream()
                    .map(field -> new BasicNameValuePair(field.getKey(), field.getValue()))
                    .toList();
            var request = RequestBuilder.post()
                    .setHeader("Accept", "application/json")
                    .setEntity(new UrlEncodedFormEntity(List.copyOf(pairs), StandardCharsets.UTF_8));
            var reply = http.send(request, endpoint, deadline);
            if (!(reply instanceof HttpReply.Received received) || received.status() != 200) return new Refused(reply);
            var token = token(received.body());
            current = token;
            return token.<Grant>map(found -> new Granted(found.value()))
                    .orElseGet(() -> new Refused(new HttpReply.Failed("answers with no token", false)));
        }

        private Optional<Token> token(String json) {
            JsonNode answer;
            try {
                answer = Documents.tree(json);
            } catch (DocumentFault notJson) {
                return Optional.empty();
            }
            var value = answer.path("access_token").asText("");
            if (!value.matches("[\\x21-\\x7e]{1,20000}")) return Optional.empty();
            var lifetime = answer.path("expires_in").isIntegralNumber()
                    ? Duration.ofSeconds(
                            Math.max(0, Math.min(answer.path("expires_in").asLong(), 86_400)))
                    : UNSTATED;
            // NB. Half of a short life at least, so that a token of ten seconds is used at all.
            var early = BEFORE_EXPIRY.compareTo(lifetime.dividedBy(2)) < 0 ? BEFORE_EXPIRY : lifetime.dividedBy(2);
            return Optional.of(new Token(value, clock.instant().plus(lifetime).minus(early)));
        }

        @Override
        public boolean renewable(String rejected) {
            renewing.lock();
            try {
                // NB. Another thread may have renewed it already; that one is not thrown away.
                current = current.filter(token -> !token.value().equals(rejected));
                return true;
            } finally {
                renewing.unlock();
            }
        }
    }
}
