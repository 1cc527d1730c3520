package dev.sallyport.access.realm;

import dev.sallyport.server.realm.PackSpi;
import dev.sallyport.server.realm.ServerPart;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.provider.Provider;
import org.keycloak.timer.TimerProvider;

/**
 * What holds for access in all realms of this server, from its configuration and its memory:
 * {@code --spi-sallyport-access--default--report-only=true} suspends every access policy, for the day somebody has locked
 * everybody out. Only who starts the server can set it.
 */
public final class AccessServer implements Provider {

    static final String OPTION = "--spi-sallyport-access--default--report-only=true";

    private final Factory factory;

    private AccessServer(Factory factory) {
        this.factory = factory;
    }

    /** @return empty when the provider was switched off in the server's configuration */
    static Optional<AccessServer> of(KeycloakSession session) {
        return Optional.ofNullable(session.getProvider(AccessServer.class));
    }

    /** Whether enforced policies are only reported. Locks stay in force. */
    public static boolean reportOnly(KeycloakSession session) {
        return of(session).map(server -> server.factory.reportOnly).orElse(false);
    }

    /** Whether this is the first time since the start that the realm is asked about. */
    boolean firstSeen(RealmModel realm) {
        return factory.seen.add(realm.getId());
    }

    /** Where sign-ins are counted; empty when the provider was switched off. */
    public static Optional<PolicyImpact> impact(KeycloakSession session) {
        return of(session).map(server -> server.factory.impact);
    }

    @Override
    public void close() {}

    /** Reads the option and adds what was counted to the database from time to time. */
    public static final class Factory extends ServerPart<AccessServer> {

        private static final Logger LOG = Logger.getLogger(AccessServer.class);
        private static final long FLUSH_MILLIS = 10_000;

        private final PolicyImpact impact = new PolicyImpact();
        private final Set<String> seen = ConcurrentHashMap.newKeySet();
        private final AccessServer provider = new AccessServer(this);
        private boolean reportOnly;
        private Optional<KeycloakSessionFactory> sessions = Optional.empty();

        @Override
        public void init(Config.Scope config) {
            reportOnly = config.getBoolean("reportOnly", false);
        }

        @Override
        protected void start(KeycloakSessionFactory factory) {
            sessions = Optional.of(factory);
            if (reportOnly) {
                LOG.warn("No access policy is enforced in any realm, because the server was started with " + OPTION
                        + ": they are only reported. Locks still refuse.");
            }
            KeycloakModelUtils.runJobInTransaction(factory, session -> session.getProvider(TimerProvider.class)
                    .schedule(() -> impact.flush(factory), FLUSH_MILLIS, "sallyport-policy-impact"));
        }

        @Override
        public AccessServer create(KeycloakSession session) {
            return provider;
        }

        @Override
        public void close() {
            sessions.ifPresent(impact::flush);
        }
    }

    /** Makes {@code --spi-sallyport-access--default--…} options of the server. */
    public static final class ProviderSpi extends PackSpi {

        public ProviderSpi() {
            super("sallyport-access", AccessServer.class, Factory.class);
        }
    }
}
