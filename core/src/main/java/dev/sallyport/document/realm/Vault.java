package dev.sallyport.document.realm;

import dev.sallyport.document.Secret;
import java.util.Optional;
import java.util.function.Predicate;
import org.keycloak.models.KeycloakSession;

/** Secrets as they are to be used. */
public final class Vault {

    private Vault() {}

    /**
     * The session's realm has to be the one whose document holds it.
     *
     * @return empty when it is kept in the vault and cannot be had from there
     */
    public static Optional<String> secret(KeycloakSession session, String value) {
        if (!Secret.inVault(value)) return Optional.of(value);
        try (var secret = session.vault().getStringSecret(value)) {
            // NB. Without a vault Keycloak hands back the reference itself, which must not be sent as if it were the
            // secret.
            return secret.get()
                    .filter(kept -> !kept.equals(value))
                    .map(String::strip)
                    .filter(Predicate.not(String::isEmpty));
        }
    }
}
