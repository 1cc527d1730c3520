package dev.sallyport.risk.realm;

import dev.sallyport.risk.LoginHistory.Sighting;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** When somebody was seen last, as far as the history of their logins tells. */
public final class LastSignIn {

    private LastSignIn() {}

    /** @return empty when nothing is known; that need not mean that they never signed in */
    public static Optional<Instant> of(KeycloakSession session, RealmModel realm, String userId) {
        return new JpaLoginHistoryStore(session, realm)
                .of(userId).seen().values().stream()
                        .flatMap(List::stream)
                        .map(Sighting::last)
                        .max(Comparator.naturalOrder());
    }

    /**
     * When they last completed a login for which they gave a credential of that kind.
     *
     * @param kind as Keycloak calls it
     */
    public static Optional<Instant> with(KeycloakSession session, RealmModel realm, String userId, String kind) {
        return Optional.ofNullable(
                new JpaLoginHistoryStore(session, realm).of(userId).proofs().get(kind));
    }
}
