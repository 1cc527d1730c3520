package dev.sallyport.delivery;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.DocumentName;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Secret;
import dev.sallyport.outbound.OutboundRule;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Where the audit log is delivered to, as administrators write it.
 *
 * @param url of a webhook or a syslog server; of a file its bare name
 * @param format of the events; {@code ocsf} is the only one
 * @param events which types are delivered, such as {@code elevation.*}; all if absent
 * @param secret what webhooks are signed with (Standard Webhooks)
 * @param previousSecret what they are signed with besides, while receivers change to the new one
 * @param authorization what webhooks carry as their {@code Authorization}, for receivers that want one
 * @param key the private key of the client certificate, PEM (PKCS #8)
 * @param certificate the client certificate that a syslog server is shown, and its chain, PEM
 * @param trustAnchors what a syslog server's certificate may end at, PEM; what the server trusts if absent
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record SinkDocument(
        String name,
        String type,
        String url,
        String format,
        List<String> events,
        Optional<String> secret,
        Optional<String> previousSecret,
        Optional<String> authorization,
        Optional<String> key,
        Optional<String> certificate,
        List<String> trustAnchors,
        Boolean enabled) {

    public static final String WEBHOOK = "webhook";
    public static final String SYSLOG = "syslog";
    public static final String FILE = "file";

    /** The properties that are secret, in the order in which they are shown. */
    public static final List<String> SECRETS = List.of("secret", "previousSecret", "authorization", "key");

    /** NB. Whoever configures sinks must not be able to send what belongs to another kind of document to a host of theirs. */
    public static final String VAULT = "sink-";

    /** The longest text, a chain of certificates. */
    private static final int MAX_TEXT = 32 * 1024;

    private static final int MAX_AUTHORIZATION = 4_000;
    private static final int MAX_ANCHORS = 20;
    private static final String BARE_NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}";

    public SinkDocument {
        DocumentName.check(name);
        if (type == null) throw new DocumentFault("type", "is required");
        if (!Set.of(WEBHOOK, SYSLOG, FILE).contains(type)) {
            throw new DocumentFault("type", "must be webhook, syslog or file");
        }
        if (url == null) throw new DocumentFault("url", "is required");
        Documents.textFault(url, Documents.MAX_TEXT).ifPresent(fault -> {
            throw new DocumentFault("url", fault);
        });
        if (format == null) throw new DocumentFault("format", "is required");
        if (!format.equals("ocsf")) throw new DocumentFault("format", "must be ocsf");
        events = EventFilter.of(events).patterns();
        secret = given(secret);
        previousSecret = given(previousSecret);
        authorization = given(authorization);
        key = given(key);
        certificate = given(certificate);
        trustAnchors = trustAnchors == null ? List.of() : List.copyOf(trustAnchors);
        if (trustAnchors.size() > MAX_ANCHORS) {
            throw new DocumentFault("trustAnchors", "must be at most " + MAX_ANCHORS);
        }
        enabled = enabled == null || enabled;
        try {
            destination(type, url);
        } catch (DocumentFault fault) {
            throw fault.below("url");
        }
        var form = Map.of("secret", secret, "previousSecret", previousSecret);
        form.forEach((path, value) -> value.filter(text -> !Secret.inVault(text) && !text.equals(Secret.MASK))
                .ifPresent(text -> WebhookSecret.check(path, text)));
        authorization.ifPresent(SinkDocument::checkHeader);
        only(type, WEBHOOK, Map.of("secret", secret, "previousSecret", previousSecret, "authorization", authorization));
        only(type, SYSLOG, Map.of("key", key, "certificate", certificate));
        if (!type.equals(SYSLOG) && !trustAnchors.isEmpty()) throw new DocumentFault("trustAnchors", unknownFor(type));
        if (key.isPresent() != certificate.isPresent()) {
            throw new DocumentFault(key.isPresent() ? "certificate" : "key", "is required beside the other");
        }
        if (previousSecret.isPresent() && secret.isEmpty()) throw new DocumentFault("secret", "is required");
    }

    private static Optional<String> given(Optional<String> text) {
        return text == null ? Optional.empty() : text;
    }

    private static void only(String type, String of, Map<String, Optional<String>> fields) {
        fields.forEach((path, value) -> {
            if (value.isEmpty()) return;
            if (!type.equals(of)) throw new DocumentFault(path, unknownFor(type));
            if (value.get().isBlank()) throw new DocumentFault(path, "must not be empty");
            Secret.check(path, value.get(), VAULT);
        });
    }

    private static String unknownFor(String type) {
        return "is not a field of a sink of type " + type;
    }

    private static void checkHeader(String value) {
        if (value.length() > MAX_AUTHORIZATION || !value.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new DocumentFault(
                    "authorization", "must be at most " + MAX_AUTHORIZATION + " characters of printable ASCII");
        }
    }

    private static Optional<URI> destination(String type, String url) {
        return switch (type) {
            case WEBHOOK -> Optional.of(OutboundRule.service(url));
            case SYSLOG -> Optional.of(OutboundRule.stream(url));
            default -> {
                if (!url.matches(BARE_NAME)) {
                    throw new DocumentFault("", "must be a bare name of letters, digits, dots, dashes and underscores");
                }
                yield Optional.empty();
            }
        };
    }

    public static SinkDocument read(String json) {
        return Documents.read(json, SinkDocument.class, MAX_TEXT);
    }

    /** Where connections go; empty for a file. */
    public Optional<URI> destination() {
        return destination(type, url);
    }

    public EventFilter filter() {
        return new EventFilter(events);
    }

    /** The secrets that it holds, by the names of {@link #SECRETS}. */
    public Map<String, String> secrets() {
        var all = new LinkedHashMap<String, String>();
        secret.ifPresent(value -> all.put("secret", value));
        previousSecret.ifPresent(value -> all.put("previousSecret", value));
        authorization.ifPresent(value -> all.put("authorization", value));
        key.ifPresent(value -> all.put("key", value));
        return all;
    }

    /** The same sink with these secrets, and no others. */
    public SinkDocument with(Map<String, String> secrets) {
        Function<String, Optional<String>> of = name -> Optional.ofNullable(secrets.get(name));
        return new SinkDocument(
                name,
                type,
                url,
                format,
                events,
                of.apply("secret"),
                of.apply("previousSecret"),
                of.apply("authorization"),
                of.apply("key"),
                certificate,
                trustAnchors,
                enabled);
    }

    /** As it may be read back. */
    public SinkDocument masked() {
        var shown = secrets();
        shown.replaceAll((name, value) -> Secret.masked(value));
        return with(shown);
    }

    // NB. Not the record's own, which would show the secrets to a log.
    @Override
    public String toString() {
        return "SinkDocument[" + name + "]";
    }
}
