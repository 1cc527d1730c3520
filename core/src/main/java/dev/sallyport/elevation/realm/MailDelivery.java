package dev.sallyport.elevation.realm;

import dev.sallyport.document.Documents;
import dev.sallyport.server.realm.Realms;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.keycloak.email.EmailException;
import org.keycloak.email.EmailTemplateProvider;
import org.keycloak.events.outbox.OutboxBackoff;
import org.keycloak.events.outbox.OutboxConfig;
import org.keycloak.events.outbox.OutboxDeliveryHandler;
import org.keycloak.events.outbox.OutboxDeliveryResult;
import org.keycloak.events.outbox.OutboxDrainerTask;
import org.keycloak.events.outbox.OutboxStore;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.jpa.entities.OutboxEntryEntity;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Sends what waits in Keycloak's outbox, each mail by one node and in a transaction of its own. A node that dies between sending
 * one and writing that down has that one sent again: better twice than never.
 */
final class MailDelivery {

    private static final Logger LOG = Logger.getLogger(MailDelivery.class);

    private static final OutboxConfig CONFIG = new OutboxConfig(
            Post.KIND,
            1,
            new OutboxBackoff(
                    6,
                    List.of(
                            Duration.ofSeconds(10),
                            Duration.ofMinutes(1),
                            Duration.ofMinutes(10),
                            Duration.ofHours(1),
                            Duration.ofHours(4))),
            Duration.ofDays(7),
            Duration.ofHours(1),
            Duration.ofDays(1));

    /** How many looks at the outbox there are between two that also clear it. */
    private static final int CLEARING = 600;

    private final KeycloakSessionFactory factory;
    private final ExecutorService threads;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final Drain drain = new Drain();
    private int looks;

    MailDelivery(KeycloakSessionFactory factory, ExecutorService threads) {
        this.factory = factory;
        this.threads = threads;
    }

    // NB. On a thread of its own: a mail server may be slow, and all timers of Keycloak share one thread.
    void wake() {
        if (!busy.compareAndSet(false, true)) return;
        threads.execute(() -> {
            try {
                if (looks++ % CLEARING == 0) KeycloakModelUtils.runJobInTransaction(factory, drain::run);
                for (boolean more = true; more; ) {
                    more = KeycloakModelUtils.runJobInTransactionWithResult(factory, drain::next);
                }
            } catch (RuntimeException e) {
                LOG.warn("mails could not be sent; the next look will try again", e);
            } finally {
                busy.set(false);
            }
        });
    }

    private static final class Drain extends OutboxDrainerTask {

        Drain() {
            super(CONFIG, new Handler(), OutboxStore::new);
        }

        /** Sends the next one; false when there is none. What could not be sent is put off, so that it is not the next one. */
        boolean next(KeycloakSession session) {
            var store = storeFactory.apply(session);
            var due = store.lockDueForDrain(config.entryKind(), config.batchSize());
            due.forEach(row -> processOne(session, store, row));
            return !due.isEmpty();
        }
    }

    private static final class Handler implements OutboxDeliveryHandler {

        @Override
        public String entryKind() {
            return Post.KIND;
        }

        @Override
        public OutboxDeliveryResult deliver(KeycloakSession session, OutboxEntryEntity row) {
            var realm = Realms.enter(session, row.getRealmId());
            if (realm.isEmpty()) return OutboxDeliveryResult.orphaned("the realm is gone");
            var letter = Documents.bind(Documents.tree(row.getPayload()), Letter.class);
            var user = Optional.ofNullable(session.users().getUserById(realm.get(), letter.recipient()));
            if (user.filter(Post::reachable).isEmpty()) return OutboxDeliveryResult.orphaned("nobody reads it");
            try {
                session.getProvider(EmailTemplateProvider.class)
                        .setRealm(realm.get())
                        .setUser(user.get())
                        .send(
                                "sallyport.mail." + letter.kind() + ".subject",
                                List.of(letter.privilege(), letter.requester()),
                                "sallyport-elevation-mail.ftl",
                                attributes(letter));
                return OutboxDeliveryResult.delivered();
            } catch (EmailException e) {
                return OutboxDeliveryResult.retry(String.valueOf(e.getMessage()));
            }
        }

        private static Map<String, Object> attributes(Letter letter) {
            var attributes = new HashMap<String, Object>();
            attributes.put("kind", letter.kind());
            attributes.put("privilege", letter.privilege());
            attributes.put("requester", letter.requester());
            attributes.put("reason", letter.reason().orElse(""));
            attributes.put("until", letter.until().orElse(""));
            attributes.put("link", letter.link().orElse(""));
            return attributes;
        }
    }
}
