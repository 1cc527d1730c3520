package dev.sallyport.posture.realm;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sallyport.configuration.realm.DocumentFactory;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.realm.DocumentComponents;
import dev.sallyport.outbound.realm.Outbound;
import dev.sallyport.posture.PostureSource;
import dev.sallyport.posture.PostureSource.Outage;
import dev.sallyport.posture.SourceDocument;
import dev.sallyport.posture.SourceDocument.Credential;
import dev.sallyport.server.realm.PackSpi;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderConfigProperty;

/** The posture sources that a realm has configured, one component each. */
public final class PostureSourceProvider implements Provider {

    private PostureSourceProvider() {}

    @Override
    public void close() {}

    /**
     * Connects to one kind of device management. Its id is the {@code type} in documents. A component holds the document
     * without its secrets, and each secret as a property of its own, which Keycloak masks in what it shows and exports.
     */
    public abstract static class Factory extends DocumentFactory<PostureSourceProvider> {

        private static final String KIND = "posture-source";
        private static final String SECRETS_GIVEN = "sallyport.secrets-given";
        private static final Duration FOR_LOOKUP = Duration.ofSeconds(2);
        private static final int MAX_CONNECTED = 1_000;

        /** NB. By component, so that each keeps its token and its circuit for as long as its configuration stays. */
        private final Cache<String, Connected> connected = Caffeine.newBuilder()
                .maximumSize(MAX_CONNECTED)
                .expireAfterAccess(Duration.ofHours(1))
                .build();

        private record Connected(SourceDocument resolved, PostureSource source) {}

        /**
         * @param id what documents name as their {@code type}
         * @param help what it connects to, for administrators
         */
        protected Factory(String id, String help) {
            super(id, KIND, help, PostureSourceProvider::new);
        }

        /** What it takes to sign in to the management. */
        public abstract List<Credential> credentials();

        /** A source over that connection. Called once for each configuration and node; must not connect yet. */
        public abstract PostureSource connect(Connection connection);

        /**
         * Every place that secrets are sent to, by where the document says so.
         *
         * @throws DocumentFault if the document says so in a way that cannot be read
         */
        public Map<String, URI> destinations(SourceDocument document) {
            return Map.of("url", document.service());
        }

        /**
         * Which devices a notification of the management is about, by the management's own ids.
         *
         * @param presented the secret that came with the request, outside of its body
         * @param proven whether that secret, or one in the body, is the configured one
         * @return empty when the notification is not proven to be the management's, or this kind sends none
         */
        public Optional<Set<String>> notified(String body, Optional<String> presented, Predicate<String> proven) {
            return Optional.empty();
        }

        /** Whether the management asks for proof that an address wants its notifications, by having a text sent back. */
        public boolean validates() {
            return false;
        }

        /** The document with its secrets as they are stored. */
        SourceDocument document(ComponentModel model) {
            var document = SourceDocument.read(DocumentComponents.document(model));
            if (!document.name().equals(model.getName())) {
                throw new DocumentFault("name", "differs from the name of its component");
            }
            if (!document.type().equals(getId())) throw new DocumentFault("type", "differs from its component's");
            var all = new LinkedHashMap<>(document.credentials());
            for (var credential : credentials()) {
                if (!credential.secret()) continue;
                if (all.containsKey(credential.name())) {
                    throw new DocumentFault("credentials." + credential.name(), "must be a property of its own");
                }
                Optional.ofNullable(model.get(credential.name())).ifPresent(value -> all.put(credential.name(), value));
            }
            var whole = document.with(all);
            whole.check(credentials());
            return whole;
        }

        /** The source, ready to be asked. */
        PostureSource source(KeycloakSession session, ComponentModel model, SourceDocument document) {
            var resolved = Secrets.resolved(session, document);
            if (resolved.isEmpty()) return keys -> new Outage("A credential is not in the server's vault.");
            return connected
                    .asMap()
                    .compute(
                            model.getId(),
                            (id, known) -> known != null && known.resolved().equals(resolved.get())
                                    ? known
                                    : new Connected(resolved.get(), fresh(session, resolved.get())))
                    .source();
        }

        /** A source of its own, that neither knows of earlier failures nor counts towards them. */
        PostureSource fresh(KeycloakSession session, SourceDocument resolved) {
            var http = Outbound.of(session);
            if (http.isEmpty()) return keys -> new Outage("The server's configuration lets nothing out.");
            var breaker = new Breaker(Clock.systemUTC());
            var connection =
                    new Connection(resolved.service(), resolved.credentials(), resolved.timeout(), http.get(), breaker);
            return new GuardedSource(resolved.name(), resolved.timeout(), breaker, connect(connection));
        }

        @Override
        protected final void validate(KeycloakSession session, RealmModel realm, ComponentModel model) {
            var document = document(model);
            var http = Outbound.of(session);
            destinations(document).forEach((path, uri) -> http.flatMap(way -> way.objection(uri, FOR_LOOKUP))
                    .ifPresent(objection -> {
                        throw new DocumentFault(path, objection);
                    }));
            refuseSecretsElsewhere(session, realm, model, document);
        }

        /** Says that whoever changes a source in this request knows the secrets that the change holds. */
        static void secretsGiven(KeycloakSession session) {
            session.setAttribute(SECRETS_GIVEN, true);
        }

        // NB. Whoever may edit a source need not know its secrets, and could have them sent to a host of their own.
        // Keycloak's
        // component API puts the stored secret in place of its mask before it asks us, so that both look alike here.
        private void refuseSecretsElsewhere(
                KeycloakSession session, RealmModel realm, ComponentModel model, SourceDocument document) {
            var stored = Optional.ofNullable(model.getId()).map(realm::getComponent);
            if (stored.isEmpty() || session.getAttribute(SECRETS_GIVEN) != null) return;
            if (!goesElsewhere(stored.get(), document)) return;
            document.credentials(credentials(), true).forEach((name, value) -> {
                if (!SourceDocument.inVault(value) && value.equals(stored.get().get(name))) {
                    throw new DocumentFault(
                            "credentials." + name, "has to be given again, since it would be sent elsewhere");
                }
            });
        }

        private boolean goesElsewhere(ComponentModel stored, SourceDocument document) {
            try {
                return !destinations(document).equals(destinations(document(stored)));
            } catch (DocumentFault unreadable) {
                return true;
            }
        }

        @Override
        public final List<ProviderConfigProperty> getConfigProperties() {
            var properties = new ArrayList<>(DocumentComponents.properties());
            for (var credential : credentials()) {
                if (!credential.secret()) continue;
                var property = new ProviderConfigProperty(
                        credential.name(), credential.name(), "", ProviderConfigProperty.PASSWORD, null);
                property.setSecret(true);
                properties.add(property);
            }
            return List.copyOf(properties);
        }
    }

    /** Makes {@code sallyport-posture-source} known to Keycloak. */
    public static final class ProviderSpi extends PackSpi {

        public ProviderSpi() {
            super("sallyport-posture-source", PostureSourceProvider.class, Factory.class);
        }
    }
}
