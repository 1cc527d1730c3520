package dev.sallyport.outbound.realm;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.outbound.OutboundRule;
import dev.sallyport.server.realm.PackSpi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderFactory;
import org.keycloak.truststore.TruststoreProvider;

/**
 * The way out of this server for what realms configure, and its rule:
 * {@code --spi-sallyport-outbound--default--allow=<range or host>,…} allows more than public addresses. Only who starts the
 * server can set it.
 */
public final class Outbound implements Provider {

    private final OutboundHttp http;
    private final OutboundHttp delivery;

    private Outbound(OutboundHttp http, OutboundHttp delivery) {
        this.http = http;
        this.delivery = delivery;
    }

    /** @return empty when the provider was switched off in the server's configuration: then nothing goes out */
    public static Optional<OutboundHttp> of(KeycloakSession session) {
        return Optional.ofNullable(session.getProvider(Outbound.class)).map(outbound -> outbound.http);
    }

    /**
     * The same way for what nobody waits for, with connections and look-ups of its own: what is slow there must not take the
     * places of those who ask for a decision.
     */
    public static Optional<OutboundHttp> ofDelivery(KeycloakSession session) {
        return Optional.ofNullable(session.getProvider(Outbound.class)).map(outbound -> outbound.delivery);
    }

    @Override
    public void close() {}

    /** Reads the option, and makes the clients of the server when they are first needed. */
    public static final class Factory implements ProviderFactory<Outbound> {

        private OutboundRule rule = OutboundRule.PUBLIC_ONLY;
        private Optional<Outbound> made = Optional.empty();

        @Override
        public void init(Config.Scope config) {
            try {
                rule = OutboundRule.of(config.get("allow", ""));
            } catch (DocumentFault fault) {
                // NB. A server that starts all the same would allow less than was meant, or something else.
                throw new IllegalArgumentException("spi-sallyport-outbound--default--allow " + fault.reason(), fault);
            }
        }

        @Override
        public synchronized Outbound create(KeycloakSession session) {
            if (made.isEmpty()) made = Optional.of(new Outbound(client(session), client(session)));
            return made.get();
        }

        private OutboundHttp client(KeycloakSession session) {
            return new OutboundHttp(rule, InetAddress::getAllByName, tls(session));
        }

        /** Trusts what the server trusts. */
        private static SSLContext tls(KeycloakSession session) {
            try {
                var store = Optional.ofNullable(session.getProvider(TruststoreProvider.class))
                        .map(TruststoreProvider::getTruststore);
                return store.isPresent() ? trusting(store.get()) : SSLContext.getDefault();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("The server's truststore cannot be used", e);
            }
        }

        private static SSLContext trusting(KeyStore store) throws GeneralSecurityException {
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var tls = SSLContext.getInstance("TLS");
            tls.init(null, trust.getTrustManagers(), null);
            return tls;
        }

        @Override
        public void postInit(KeycloakSessionFactory factory) {}

        @Override
        public synchronized void close() {
            try {
                if (made.isEmpty()) return;
                made.get().http.close();
                made.get().delivery.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public String getId() {
            return "default";
        }
    }

    /** Makes {@code --spi-sallyport-outbound--default--…} options of the server. */
    public static final class ProviderSpi extends PackSpi {

        public ProviderSpi() {
            super("sallyport-outbound", Outbound.class, Factory.class);
        }
    }
}
