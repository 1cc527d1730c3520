package dev.sallyport.audit.realm;

import dev.sallyport.audit.SigningKey;
import dev.sallyport.server.realm.Daemons;
import dev.sallyport.server.realm.PackSpi;
import dev.sallyport.server.realm.ServerPart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.keycloak.Config;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.provider.Provider;

/**
 * This server's share of giving entries their place in the trees of audit logs. Any number of nodes may try; the row of a
 * realm's tree lets one do it at a time.
 *
 * <p>With {@code --spi-sallyport-audit--default--keys=<directory>} the keys that sign are not in the database: that of a realm
 * is read from {@code <realm>.pem} in that directory (PKCS #8) and {@code <realm>.pub.pem} beside it, on every node.
 * {@code --spi-sallyport-audit--default--retention-grace=<duration>} is how long it takes until less is kept once a realm says so.
 */
public final class AuditServer implements Provider {

    private final Factory factory;

    private AuditServer(Factory factory) {
        this.factory = factory;
    }

    /** The realm's key, where keys are in files. */
    static Optional<SigningKey> keyFile(KeycloakSession session, RealmModel realm, String name) {
        return Optional.ofNullable(session.getProvider(AuditServer.class))
                .flatMap(server -> server.factory.keys)
                .map(directory -> read(directory, realm, name));
    }

    /** How long it takes until less is kept once a realm says so. */
    static Duration grace(KeycloakSession session) {
        return session.getProvider(AuditServer.class).factory.grace;
    }

    private static SigningKey read(Path directory, RealmModel realm, String name) {
        var encoded = pem(directory, realm.getName() + ".pub.pem");
        // NB. Of an encoded Ed25519 key the last 32 bytes are the key (RFC 8410).
        var key = Arrays.copyOfRange(encoded, Math.max(0, encoded.length - 32), encoded.length);
        return SigningKey.read(name, key, pem(directory, realm.getName() + ".pem"));
    }

    private static byte[] pem(Path directory, String file) {
        var path = directory.resolve(file).normalize();
        if (!directory.equals(path.getParent())) throw new IllegalArgumentException("no file of its own: " + file);
        try {
            return Base64.getMimeDecoder().decode(Files.readString(path).replaceAll("-----[A-Z ]+-----", ""));
        } catch (IOException e) {
            throw new UncheckedIOException("the key that signs checkpoints cannot be read", e);
        }
    }

    @Override
    public void close() {}

    /** Starts with the server and stops with it. */
    public static final class Factory extends ServerPart<AuditServer> {

        private static final Logger LOG = Logger.getLogger(AuditServer.class);
        private static final long PAUSE_MILLIS = 500;

        private final AuditServer provider = new AuditServer(this);
        private final ScheduledExecutorService thread =
                Executors.newSingleThreadScheduledExecutor(Daemons.named("sallyport-audit"));
        private Optional<Path> keys = Optional.empty();
        private Duration grace = AuditRetention.GRACE;

        @Override
        public void init(Config.Scope config) {
            keys = Optional.ofNullable(config.get("keys"))
                    .map(Path::of)
                    .map(Path::toAbsolutePath)
                    .map(Path::normalize);
            grace = Optional.ofNullable(config.get("retentionGrace"))
                    .map(Duration::parse)
                    .orElse(AuditRetention.GRACE);
        }

        @Override
        protected void start(KeycloakSessionFactory factory) {
            thread.scheduleWithFixedDelay(() -> sequence(factory), PAUSE_MILLIS, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }

        private static void sequence(KeycloakSessionFactory factory) {
            try {
                behind(factory).forEach(realm -> sequence(factory, realm));
            } catch (RuntimeException e) {
                LOG.error("entries of audit logs could not be looked for", e);
            }
        }

        private static List<String> behind(KeycloakSessionFactory factory) {
            return KeycloakModelUtils.runJobInTransactionWithResult(
                    factory, session -> session.getProvider(JpaConnectionProvider.class)
                            .getEntityManager()
                            .createNamedQuery("treesBehind", String.class)
                            .getResultList());
        }

        private static void sequence(KeycloakSessionFactory factory, String realmId) {
            try {
                boolean more = true;
                while (more) {
                    more = KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> {
                        var realm = session.realms().getRealm(realmId);
                        return realm != null && new AuditTree(session, realm).sequence(Clock.systemUTC());
                    });
                }
            } catch (RuntimeException e) {
                LOG.errorf(e, "entries of the audit log of realm %s have no place yet; it is tried again", realmId);
            }
        }

        @Override
        public AuditServer create(KeycloakSession session) {
            return provider;
        }

        @Override
        public void close() {
            thread.shutdownNow();
        }
    }

    /** Makes {@code --spi-sallyport-audit--default--…} options of the server. */
    public static final class ProviderSpi extends PackSpi {

        public ProviderSpi() {
            super("sallyport-audit", AuditServer.class, Factory.class);
        }
    }
}
