package dev.sallyport.delivery.realm;

import dev.sallyport.audit.realm.AuditTree;
import dev.sallyport.delivery.Message;
import dev.sallyport.delivery.Messages;
import dev.sallyport.delivery.OcsfEvent;
import dev.sallyport.delivery.Pause;
import dev.sallyport.delivery.SinkDocument;
import dev.sallyport.delivery.Standing;
import dev.sallyport.delivery.Standing.Answer;
import dev.sallyport.delivery.realm.Courier.Failure;
import dev.sallyport.delivery.realm.Courier.Outcome;
import dev.sallyport.delivery.realm.Cursors.Due;
import dev.sallyport.delivery.realm.SinkProvider.Unusable;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.outbound.realm.Deadline;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * One sink's turn: it is claimed, read for in one transaction, sent to outside of any, and written down in the next, until
 * it has everything or its time is up. Whoever lost the claim writes nothing down, so what it sent is sent again: twice, but
 * never not at all.
 */
final class DeliveryRound {

    private static final Logger LOG = Logger.getLogger(DeliveryRound.class);

    private static final Duration TURN = Duration.ofSeconds(10);
    private static final Duration PART = Duration.ofSeconds(2);

    /** NB. Longer than a part and its last message take together; what is written down renews it. */
    private static final Duration LEASE = Duration.ofSeconds(20);

    private static final Duration BETWEEN_CHECKPOINTS = Duration.ofSeconds(1);
    private static final Duration PUT_OFF = Duration.ofMinutes(1);
    private static final int PAGE = 100;
    private static final int MAX_REASON = 2_000;

    private final KeycloakSessionFactory factory;
    private final Couriers couriers;
    private final Clock clock;
    private final Due due;
    private final String owner = UUID.randomUUID().toString();

    DeliveryRound(KeycloakSessionFactory factory, Couriers couriers, Clock clock, Due due) {
        this.factory = factory;
        this.couriers = couriers;
        this.clock = clock;
        this.due = due;
    }

    private enum Kind {
        AGAIN,
        EVENTS,
        /** Something else than the next entry, to see whether it is that which is not taken. */
        PROOF,
        CHECKPOINT
    }

    /**
     * What is sent next.
     *
     * @param through where the cursor stands once all of it is sent; of a checkpoint its size; of dead letters how many were
     *     looked at
     */
    private record Part(Kind kind, Courier courier, List<Message> messages, long through) {}

    void run() {
        try {
            var now = clock.instant();
            if (!inTransaction(session -> new Cursors(session).claim(due.sinkId(), owner, now, now.plus(LEASE))))
                return;
            var end = Deadline.in(TURN);
            boolean more = true;
            while (more && !end.passed() && !Thread.currentThread().isInterrupted()) more = part();
            // NB. The database does not work for a thread that was told to stop; the next node need not wait all the
            // same.
            boolean stopping = Thread.interrupted();
            inTransaction(this::release);
            if (stopping) Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.errorf(
                    e,
                    "nothing could be delivered to sink %s of realm %s; it is tried again",
                    due.sinkId(),
                    due.realmId());
        }
    }

    private boolean part() {
        try {
            var part = inTransaction(this::read);
            if (part.isEmpty()) return false;
            var outcome = part.get().messages().isEmpty()
                    ? Outcome.taken(0)
                    : part.get().courier().send(part.get().messages(), Deadline.in(PART));
            return inTransaction(session -> write(session, part, outcome));
        } catch (Unread unread) {
            return unread(unread.getMessage());
        } catch (RuntimeException e) {
            LOG.errorf(
                    e,
                    "nothing could be delivered to sink %s of realm %s; it is tried again",
                    due.sinkId(),
                    due.realmId());
            return unread("Something is wrong on this side; the server's log says what.");
        }
    }

    private boolean unread(String reason) {
        var outcome = Outcome.stopped(0, Failure.unavailable(reason));
        return inTransaction(session -> write(session, Optional.empty(), outcome));
    }

    /** NB. Unchecked, to come out of the transaction that reads. */
    private static final class Unread extends RuntimeException {

        private static final long serialVersionUID = 1;

        Unread(String reason) {
            super(reason);
        }
    }

    private Optional<Part> read(KeycloakSession session) {
        var cursors = new Cursors(session);
        var found = cursors.find(due.sinkId());
        if (found.isEmpty() || !owner.equals(found.get().leaseOwner) || !found.get().enabled) return Optional.empty();
        var row = found.get();
        var realm = session.realms().getRealm(due.realmId());
        var model = realm == null ? null : realm.getComponent(due.sinkId());
        if (model == null) {
            cursors.remove(due.sinkId());
            return Optional.empty();
        }
        session.getContext().setRealm(realm);
        if (row.fileName != null && !cursors.mayWrite(row.fileName, Optional.of(row.sinkId))) {
            throw new Unread("The file is that of another sink.");
        }
        var sinks =
                Sinks.factory(session, model.getProviderId()).orElseThrow(() -> new Unread("The type is not known."));
        SinkDocument document;
        Courier courier;
        try {
            document = sinks.document(model);
            courier = couriers.of(session, due.sinkId(), sinks, document);
        } catch (DocumentFault fault) {
            throw new Unread("The sink is not configured correctly: " + fault.getMessage() + ".");
        } catch (Unusable unusable) {
            throw new Unread(unusable.getMessage());
        }
        return next(cursors, row, realm, document, courier, new AuditTree(session, realm));
    }

    private Optional<Part> next(
            Cursors cursors, SinkEntity row, RealmModel realm, SinkDocument document, Courier courier, AuditTree tree) {
        var note = tree.checkpoint();
        if (note.isEmpty()) return Optional.empty();
        var log = note.get().lines().findFirst().orElse("");
        var source = new OcsfEvent.Source(log, realm.getName());
        long size = tree.size();
        var now = clock.instant();
        if (row.checkpointSize < size
                && row.checkpointAt <= now.minus(BETWEEN_CHECKPOINTS).toEpochMilli()) {
            var checkpoint = Messages.checkpoint(realm.getId(), size, note.get(), source, now);
            return Optional.of(new Part(Kind.CHECKPOINT, courier, List.of(checkpoint), size));
        }
        if (row.again) {
            var marked = cursors.toSendAgain(row.sinkId, PAGE);
            var letters = new ArrayList<Message>();
            for (var letter : marked) {
                var lines = tree.lines(letter.leafIndex, letter.leafIndex + 1);
                // NB. What has been pruned cannot be sent any more.
                if (messages(lines, source).isEmpty()) cursors.taken(row.sinkId, letter.leafIndex);
                letters.addAll(messages(lines, source));
            }
            return Optional.of(new Part(Kind.AGAIN, courier, letters, marked.size()));
        }
        if (row.nextIndex >= size) return Optional.empty();
        if (standing(row).wantsProof(true)) {
            var proof = taken(row, tree, source)
                    .orElseGet(() -> Messages.checkpoint(realm.getId(), size, note.get(), source, now));
            if (standing(row).wantsProof(entry(proof))) {
                return Optional.of(new Part(Kind.PROOF, courier, List.of(proof), row.nextIndex));
            }
        }
        long through = Math.min(size, row.nextIndex + PAGE);
        var filter = document.filter();
        var events = messages(tree.lines(row.nextIndex, through), source).stream()
                .filter(message -> filter.admits(message.type()))
                .toList();
        return Optional.of(new Part(Kind.EVENTS, courier, events, through));
    }

    /**
     * What the receiver took before; empty where it took nothing yet, or the log does not have it any more.
     *
     * <p>NB. Nothing that comes after the next entry: where all is well again by then, it would have overtaken it.
     */
    private static Optional<Message> taken(SinkEntity row, AuditTree tree, OcsfEvent.Source source) {
        return Optional.ofNullable(row.lastIndex).stream()
                .flatMap(index -> messages(tree.lines(index, index + 1), source).stream())
                .findFirst();
    }

    private static boolean entry(Message message) {
        return message.index().isPresent();
    }

    private static Standing standing(SinkEntity row) {
        return new Standing(row.refusals, row.refusedInRow);
    }

    private static void keep(SinkEntity row, Standing standing) {
        row.refusals = standing.refusals();
        row.refusedInRow = standing.inRow();
    }

    private static List<Message> messages(List<AuditTree.Line> lines, OcsfEvent.Source source) {
        return lines.stream()
                .filter(line -> line.entry() != null && line.entry().isObject())
                .map(line -> Messages.event(line.index(), line.leafHash(), line.entry(), source))
                .toList();
    }

    /**
     * @param part empty where it could not even be read what is to be sent
     * @return whether to go on at once
     */
    private boolean write(KeycloakSession session, Optional<Part> part, Outcome outcome) {
        var cursors = new Cursors(session);
        var row = cursors.locked(due.sinkId()).filter(sink -> owner.equals(sink.leaseOwner));
        if (row.isEmpty()) return false;
        var sink = row.get();
        sink.leaseUntil = clock.instant().plus(LEASE).toEpochMilli();
        boolean events = part.filter(sent -> sent.kind() == Kind.EVENTS).isPresent();
        if (outcome.taken() > 0) {
            sink.lastDelivered = clock.millis();
            if (events || sink.refusals == 0) {
                sink.lastError = null;
                sink.failures = 0;
            }
            // NB. A checkpoint that was taken says nothing of the entry that was not.
            if (events) {
                keep(sink, Standing.GOOD);
                sink.lastIndex =
                        part.get().messages().get(outcome.taken() - 1).index().orElseThrow();
            }
        }
        part.ifPresent(sent -> advance(cursors, sink, sent, outcome));
        return outcome.failure()
                .map(failure -> failed(cursors, sink, part, outcome, failure))
                .orElse(true);
    }

    private void advance(Cursors cursors, SinkEntity sink, Part part, Outcome outcome) {
        var messages = part.messages();
        boolean whole = outcome.taken() == messages.size();
        switch (part.kind()) {
            case EVENTS ->
                sink.nextIndex = whole
                        ? part.through()
                        : messages.get(outcome.taken()).index().orElseThrow();
            case CHECKPOINT -> {
                if (whole) checkpointed(sink, part);
            }
            case AGAIN -> {
                messages.subList(0, outcome.taken())
                        .forEach(sent -> cursors.taken(sink.sinkId, sent.index().orElseThrow()));
                if (whole && part.through() < PAGE) sink.again = false;
            }
            case PROOF -> keep(sink, standing(sink).tried(whole, entry(messages.get(0))));
        }
    }

    private void checkpointed(SinkEntity sink, Part part) {
        sink.checkpointSize = part.through();
        sink.checkpointAt = clock.millis();
    }

    private boolean failed(Cursors cursors, SinkEntity sink, Optional<Part> part, Outcome outcome, Failure failure) {
        sink.lastError =
                failure.reason().length() > MAX_REASON ? failure.reason().substring(0, MAX_REASON) : failure.reason();
        sink.failures = Math.min(sink.failures + 1, 1_000);
        if (part.isPresent() && goesOn(cursors, sink, part.get(), outcome, failure)) return true;
        var pause = Pause.after(
                sink.failures, failure.wish(), ThreadLocalRandom.current().nextDouble());
        sink.nextTry = clock.instant().plus(pause).toEpochMilli();
        return false;
    }

    /** @return whether the message was given up or put off, and something else can be sent */
    private boolean goesOn(Cursors cursors, SinkEntity sink, Part part, Outcome outcome, Failure failure) {
        if (failure.answer().isEmpty()) return false;
        var answer = failure.answer().get();
        switch (part.kind()) {
            case CHECKPOINT -> {
                // NB. The next one says all that this one did. Who has no use for it gets the events all the same.
                if (answer == Answer.FAILURE)
                    sink.checkpointAt = clock.instant().plus(PUT_OFF).toEpochMilli();
                else checkpointed(sink, part);
                sink.failures--;
                return true;
            }
            case AGAIN -> {
                // NB. It stays a dead letter, whatever the answer: one that is stuck would keep all entries behind it.
                giveUp(cursors, sink, part, outcome);
                return answer != Answer.FAILURE;
            }
            case EVENTS -> {
                var standing = standing(sink).answered();
                keep(sink, standing);
                if (!standing.givesUp(answer)) return false;
                keep(sink, standing.givenUp());
                sink.nextIndex = giveUp(cursors, sink, part, outcome) + 1;
                return true;
            }
            default -> {
                return false;
            }
        }
    }

    private long giveUp(Cursors cursors, SinkEntity sink, Part part, Outcome outcome) {
        long index = part.messages().get(outcome.taken()).index().orElseThrow();
        sink.failures = 0;
        cursors.refused(sink, index, sink.lastError, clock.instant());
        LOG.warnf(
                "sink %s of realm %s refused entry %d of the audit log: it is a dead letter",
                sink.sinkId, sink.realmId, index);
        return index;
    }

    private boolean release(KeycloakSession session) {
        new Cursors(session)
                .locked(due.sinkId())
                .filter(row -> owner.equals(row.leaseOwner))
                .ifPresent(row -> {
                    row.leaseOwner = null;
                    row.leaseUntil = 0;
                    // NB. To the end of the line: sinks that are slow and always have something must not keep others
                    // from it.
                    if (row.failures == 0) row.nextTry = clock.millis();
                });
        return true;
    }

    private <T> T inTransaction(Function<KeycloakSession, T> work) {
        return KeycloakModelUtils.runJobInTransactionWithResult(factory, work::apply);
    }
}
