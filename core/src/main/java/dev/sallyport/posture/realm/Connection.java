package dev.sallyport.posture.realm;

import dev.sallyport.outbound.realm.OutboundHttp;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What a source is made of. Lives as long as the configuration stays as it is, on one node.
 *
 * @param credentials by name, as they are to be sent: references into the vault are resolved
 * @param timeout how long an answer may take
 * @param http the way out
 * @param breaker told of how long the management wants to be left alone
 */
public record Connection(
        URI url, Map<String, String> credentials, Duration timeout, OutboundHttp http, Breaker breaker) {

    /** A credential that the kind of source requires. */
    public String credential(String name) {
        return Optional.ofNullable(credentials.get(name)).orElseThrow();
    }

    /** A place below the URL, whether or not that ends in a slash. */
    public URI at(String pathAndQuery) {
        return below(url, pathAndQuery);
    }

    static URI below(URI url, String pathAndQuery) {
        var base = url.toString();
        return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + pathAndQuery);
    }

    // NB. Not the record's own, which would show the credentials to a log.
    @Override
    public String toString() {
        return "Connection[" + url + "]";
    }
}
