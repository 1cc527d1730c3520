package dev.sallyport.device;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;

/** How a device proved that it is the one it says. What a browser could type itself is no method. */
public enum ProofMethod {
    /** A client certificate of the TLS connection, or one that a trusted reverse proxy took from it. */
    CERTIFICATE;

    @JsonValue
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<ProofMethod> of(String id) {
        for (var method : values()) if (method.id().equals(id)) return Optional.of(method);
        return Optional.empty();
    }
}
