package dev.sallyport.posture;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.DocumentName;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Secret;
import dev.sallyport.outbound.OutboundRule;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A posture source as administrators write it.
 *
 * @param type which device management it is: the id of the provider that connects to it
 * @param credentials texts by the names that the provider gives them; in what is read back, secrets are masked
 * @param timeout how long an answer may take
 * @param cache how long an answer may be used
 */
public record SourceDocument(
        String name,
        String type,
        String url,
        Map<String, String> credentials,
        Duration timeout,
        Duration cache,
        Boolean enabled) {

    /** The source of what is pushed to the registry; no other may be called so. */
    public static final String REGISTRY = "registry";

    /** What stands for a secret when it is read back. */
    public static final String MASK = Secret.MASK;

    /** The credential that a management proves its notifications with. */
    public static final String WEBHOOK_SECRET = "webhookSecret";

    private static final int SHORTEST_WEBHOOK_SECRET = 16;

    static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(10);
    static final Duration LONGEST_CACHE = Duration.ofDays(1);

    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(100);

    public SourceDocument {
        DocumentName.check(name);
        if (name.equalsIgnoreCase(REGISTRY)) throw new DocumentFault("name", "is that of the registry itself");
        if (type == null) throw new DocumentFault("type", "is required");
        if (url == null) throw new DocumentFault("url", "is required");
        try {
            OutboundRule.service(url);
        } catch (DocumentFault fault) {
            throw fault.below("url");
        }
        credentials = credentials == null ? Map.of() : Map.copyOf(credentials);
        credentials.forEach((key, value) -> {
            Secret.check("credentials." + key, value);
            if (value.startsWith("${vault.sallyport-sink-")) {
                throw new DocumentFault("credentials." + key, "may not name entries of the vault that are for sinks");
            }
        });
        timeout = timeout == null ? Duration.ofSeconds(2) : timeout;
        if (timeout.compareTo(SHORTEST_TIMEOUT) < 0 || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new DocumentFault("timeout", "must be from PT0.1S to " + LONGEST_TIMEOUT);
        }
        cache = cache == null ? Duration.ofMinutes(5) : cache;
        if (cache.isNegative() || cache.compareTo(LONGEST_CACHE) > 0) {
            throw new DocumentFault("cache", "must be from PT0S to " + LONGEST_CACHE);
        }
        enabled = enabled == null || enabled;
    }

    public static SourceDocument read(String json) {
        return Documents.read(json, SourceDocument.class);
    }

    public URI service() {
        return OutboundRule.service(url);
    }

    /**
     * A credential that a kind of source takes.
     *
     * @param secret whether it is masked when read back, and needed again when it would be sent elsewhere
     */
    public record Credential(String name, boolean secret, boolean required) {

        public static Credential secret(String name) {
            return new Credential(name, true, true);
        }

        public static Credential open(String name) {
            return new Credential(name, false, true);
        }

        public Credential optional() {
            return new Credential(name, secret, false);
        }
    }

    /** @throws DocumentFault unless the credentials are those of this kind of source, with nothing missing */
    public void check(Collection<Credential> known) {
        for (var given : credentials.keySet()) {
            if (known.stream().noneMatch(credential -> credential.name().equals(given))) {
                throw new DocumentFault("credentials." + given, "is not a known field");
            }
        }
        for (var credential : known) {
            var value = Optional.ofNullable(credentials.get(credential.name()));
            if (credential.required()
                    && value.filter(Predicate.not(String::isBlank)).isEmpty()) {
                throw new DocumentFault("credentials." + credential.name(), "is required");
            }
            if (credential.name().equals(WEBHOOK_SECRET)
                    && value.filter(secret -> secret.length() < SHORTEST_WEBHOOK_SECRET)
                            .isPresent()) {
                throw new DocumentFault(
                        "credentials." + WEBHOOK_SECRET,
                        "must have at least " + SHORTEST_WEBHOOK_SECRET + " characters");
            }
            if (value.filter(text -> text.chars().anyMatch(Character::isISOControl))
                    .isPresent()) {
                throw new DocumentFault("credentials." + credential.name(), "must not contain control characters");
            }
        }
    }

    /** The same source with these credentials instead. */
    public SourceDocument with(Map<String, String> other) {
        return new SourceDocument(name, type, url, other, timeout, cache, enabled);
    }

    /** The credentials that are secret, or those that are not. */
    public Map<String, String> credentials(Collection<Credential> known, boolean secret) {
        var chosen = new LinkedHashMap<String, String>();
        for (var credential : known) {
            var value = credentials.get(credential.name());
            if (credential.secret() == secret && value != null) chosen.put(credential.name(), value);
        }
        return chosen;
    }

    /** As it may be read back. A reference into the vault is no secret. */
    public SourceDocument masked(Collection<Credential> known) {
        var shown = new LinkedHashMap<>(credentials);
        credentials(known, true).forEach((key, value) -> {
            if (!inVault(value)) shown.put(key, MASK);
        });
        return with(shown);
    }

    public static boolean inVault(String credential) {
        return Secret.inVault(credential);
    }
}
