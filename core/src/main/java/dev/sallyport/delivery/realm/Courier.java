package dev.sallyport.delivery.realm;

import dev.sallyport.delivery.Message;
import dev.sallyport.delivery.Standing.Answer;
import dev.sallyport.outbound.realm.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Carries messages to one sink, outside of any transaction. It is used by one thread at a time, and may keep a connection in
 * between.
 */
interface Courier extends AutoCloseable {

    /**
     * Sends messages in their order. It never throws, and no single message takes it longer than ten seconds.
     *
     * @param deadline after which no further message is begun; the first always is
     */
    Outcome send(List<Message> messages, Deadline deadline);

    @Override
    default void close() {}

    /**
     * @param taken how many of them the sink has, from the first on
     * @param failure why the next one did not get there; empty if there is none, or time was up
     */
    record Outcome(int taken, Optional<Failure> failure) {

        static Outcome taken(int taken) {
            return new Outcome(taken, Optional.empty());
        }

        static Outcome stopped(int taken, Failure failure) {
            return new Outcome(taken, Optional.of(failure));
        }
    }

    /**
     * @param answer what the sink said to this very message; empty where it said nothing, or only that it has too much to do
     * @param reason a sentence for administrators; holds no secret and no text of the other side
     * @param wish how long the sink asked us to wait
     */
    record Failure(Optional<Answer> answer, String reason, Optional<Duration> wish) {

        static Failure unavailable(String reason) {
            return new Failure(Optional.empty(), reason, Optional.empty());
        }
    }
}
