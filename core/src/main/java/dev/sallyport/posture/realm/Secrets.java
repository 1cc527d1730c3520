package dev.sallyport.posture.realm;

import dev.sallyport.document.realm.Vault;
import dev.sallyport.posture.SourceDocument;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;

/** Credentials as they are to be sent. */
final class Secrets {

    private Secrets() {}

    /** @return empty when one is kept in the vault and cannot be had from there */
    static Optional<SourceDocument> resolved(KeycloakSession session, SourceDocument document) {
        var values = new LinkedHashMap<String, String>();
        for (var credential : document.credentials().entrySet()) {
            var value = Vault.secret(session, credential.getValue());
            if (value.isEmpty()) return Optional.empty();
            values.put(credential.getKey(), value.get());
        }
        return Optional.of(document.with(values));
    }
}
