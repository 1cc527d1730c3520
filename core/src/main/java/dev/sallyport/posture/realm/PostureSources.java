package dev.sallyport.posture.realm;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.document.realm.DocumentComponents;
import dev.sallyport.posture.Freshness;
import dev.sallyport.posture.PostureSource;
import dev.sallyport.posture.PostureSource.Outage;
import dev.sallyport.posture.SourceDocument;
import dev.sallyport.posture.SourceDocument.Credential;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** The posture sources of a realm: to be asked, and to be administered. */
public final class PostureSources {

    private static final Duration NO_WAIT = Duration.ofSeconds(1);

    private final KeycloakSession session;
    private final RealmModel realm;

    public PostureSources(KeycloakSession session, RealmModel realm) {
        this.session = session;
        this.realm = realm;
    }

    /**
     * A source of a realm.
     *
     * @param name unique in the realm, never {@code registry}; postures that it finds carry it as their source
     * @param timeout how long an answer takes at most
     * @param cache how long an answer may be used without asking again
     */
    public record Configured(String name, Duration timeout, Duration cache, PostureSource source) {}

    /**
     * The enabled sources in the order of their names. One whose configuration cannot be used is among them and answers
     * with an outage, since what it would say is not known. They keep nothing of the session: get them in a short
     * transaction, and ask them outside of it. The realm has to be the session's, whose vault holds the secrets.
     */
    public static List<Configured> enabled(KeycloakSession session, RealmModel realm) {
        var sources = new PostureSources(session, realm);
        return sources.stored().stream()
                .filter(Stored::enabled)
                .map(sources::configured)
                .toList();
    }

    /** The enabled source of that name. */
    public static Optional<Configured> enabled(KeycloakSession session, RealmModel realm, String name) {
        return enabled(session, realm).stream()
                .filter(source -> source.name().equals(name))
                .findFirst();
    }

    /**
     * What the doors have to know of the enabled sources before any is asked.
     *
     * @param patience how long the slowest of them may take; empty when there are none
     */
    record Expected(Freshness freshness, Optional<Duration> patience) {

        private static final Expected NOTHING = new Expected(new Freshness(Map.of()), Optional.empty());

        private static Expected of(List<Stored> sources) {
            var enabled = sources.stream().filter(Stored::enabled).toList();
            if (enabled.isEmpty()) return NOTHING;
            return new Expected(
                    new Freshness(enabled.stream()
                            .collect(Collectors.toMap(Stored::name, Stored::cache, (one, other) -> one))),
                    enabled.stream().map(Stored::timeout).max(Duration::compareTo));
        }
    }

    /** For every request of every realm: made once for each version of the realm, and fetches no secrets. */
    static Expected expected(KeycloakSession session, RealmModel realm) {
        var sources = new PostureSources(session, realm);
        return sources.documents("").together(sources::read, Expected::of);
    }

    /**
     * A source as the realm holds it.
     *
     * @param document with its secrets as they are stored; empty when it cannot be read
     * @param fault what is wrong with it then
     */
    public record Stored(ComponentModel model, Optional<SourceDocument> document, Optional<String> fault) {

        public String name() {
            return String.valueOf(model.getName());
        }

        // NB. One that cannot be read is not left out: what it would say is not known.
        private boolean enabled() {
            return document.map(SourceDocument::enabled).orElse(true);
        }

        private Duration cache() {
            return document.map(SourceDocument::cache).orElse(Duration.ZERO);
        }

        private Duration timeout() {
            return document.map(SourceDocument::timeout).orElse(NO_WAIT);
        }

        // NB. Not the record's own, which would show the secrets to a log.
        @Override
        public String toString() {
            return "Stored[" + name() + "]";
        }
    }

    /** Every source of the realm, also those that cannot be read, in the order of their names. */
    public List<Stored> stored() {
        return documents("").all(this::read);
    }

    /** @param type of what is put there; empty when nothing is */
    private DocumentComponents documents(String type) {
        return new DocumentComponents(realm, PostureSourceProvider.class, type);
    }

    public Optional<Stored> find(String name) {
        return stored().stream().filter(stored -> stored.name().equals(name)).findFirst();
    }

    private Stored read(ComponentModel model) {
        try {
            var factory = factory(model.getProviderId());
            if (factory.isEmpty()) return new Stored(model, Optional.empty(), Optional.of("type: is not known"));
            return new Stored(model, Optional.of(factory.get().document(model)), Optional.empty());
        } catch (DocumentFault fault) {
            return new Stored(model, Optional.empty(), Optional.of(fault.getMessage()));
        }
    }

    private Configured configured(Stored stored) {
        if (stored.document().isEmpty()) {
            var outage = new Outage(
                    "The source is not configured correctly: " + stored.fault().orElse(""));
            return new Configured(stored.name(), stored.timeout(), stored.cache(), keys -> outage);
        }
        var document = stored.document().get();
        var source = factory(document.type()).orElseThrow().source(session, stored.model(), document);
        return new Configured(document.name(), document.timeout(), document.cache(), source);
    }

    /**
     * The source apart from what else goes on with it: earlier failures do not matter, and what comes of it does not either.
     *
     * @return empty when it cannot be read
     */
    public Optional<PostureSource> apart(Stored stored) {
        return stored.document().map(document -> Secrets.resolved(session, document)
                .map(resolved -> factory(document.type()).orElseThrow().fresh(session, resolved))
                .orElse(keys -> new Outage("A credential is not in the server's vault.")));
    }

    /**
     * Which devices a notification is about, by the management's own ids.
     *
     * @param presented the secret that came with the request, outside of its body
     * @return empty unless there is such a source, it is enabled and to be heard, and the notification is proven to be its
     */
    public Optional<Set<String>> notified(String name, String body, Optional<String> presented) {
        return listening(name)
                .flatMap(listening ->
                        listening.factory().notified(body, presented, given -> same(given, listening.secret())));
    }

    /** Whether a management may ask for proof that its notifications are wanted here. */
    public boolean validates(String name) {
        return listening(name).map(listening -> listening.factory().validates()).orElse(false);
    }

    private record Listening(PostureSourceProvider.Factory factory, String secret) {}

    private Optional<Listening> listening(String name) {
        return find(name)
                .flatMap(Stored::document)
                .filter(SourceDocument::enabled)
                .flatMap(document -> Secrets.resolved(session, document))
                .flatMap(document -> Optional.ofNullable(document.credentials().get(SourceDocument.WEBHOOK_SECRET))
                        .map(secret -> new Listening(factory(document.type()).orElseThrow(), secret)));
    }

    // NB. In constant time, and by digests, so that not even the length can be measured.
    private static boolean same(String given, String secret) {
        return MessageDigest.isEqual(digest(given), digest(secret));
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The credentials that a kind of source takes; empty when there is no such kind. */
    public Optional<List<Credential>> credentials(String type) {
        return factory(type).map(PostureSourceProvider.Factory::credentials);
    }

    /**
     * Puts a source in place of the one of that name, or beside the others. A masked secret is the stored one.
     *
     * @throws DocumentFault if it cannot be a source, or a masked secret would be sent elsewhere
     */
    public SourceDocument put(SourceDocument given) {
        var factory = factory(given.type()).orElseThrow(() -> new DocumentFault("type", "is not known"));
        var stored = find(given.name());
        if (stored.isPresent() && !factory.getId().equals(stored.get().model().getProviderId())) {
            throw new DocumentFault("type", "cannot be changed");
        }
        var known = factory.credentials();
        boolean masked = given.credentials().containsValue(SourceDocument.MASK);
        var whole = given.with(unmasked(given, stored));
        whole.check(known);
        var document = Documents.write(whole.with(whole.credentials(known, false)));
        if (!masked) PostureSourceProvider.Factory.secretsGiven(session);
        var properties = new LinkedHashMap<String, Optional<String>>();
        for (var credential : known) {
            if (credential.secret()) {
                properties.put(
                        credential.name(),
                        Optional.ofNullable(whole.credentials().get(credential.name())));
            }
        }
        documents(factory.getId()).put(whole.name(), document, properties);
        return whole;
    }

    private static Map<String, String> unmasked(SourceDocument given, Optional<Stored> stored) {
        var credentials = new LinkedHashMap<String, String>();
        given.credentials().forEach((name, value) -> {
            var kept = stored.map(Stored::model).map(model -> model.get(name));
            credentials.put(name, value.equals(SourceDocument.MASK) ? kept.orElse("") : value);
        });
        return credentials;
    }

    public boolean remove(String name) {
        return documents("").remove(name);
    }

    private Optional<PostureSourceProvider.Factory> factory(String type) {
        return Optional.ofNullable(session.getKeycloakSessionFactory()
                        .getProviderFactory(PostureSourceProvider.class, String.valueOf(type)))
                .map(PostureSourceProvider.Factory.class::cast);
    }
}
