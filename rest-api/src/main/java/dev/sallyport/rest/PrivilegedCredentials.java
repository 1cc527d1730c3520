package dev.sallyport.rest;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.keycloak.credential.CredentialModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.models.credential.RecoveryAuthnCodesCredentialModel;
import org.keycloak.models.credential.WebAuthnCredentialModel;

/** With what somebody signs in. */
final class PrivilegedCredentials {

    /** Kinds that prove more than a password does; that they exist does not say that every login asks for one. */
    private static final Set<String> SECOND_FACTORS = Set.of(
            OTPCredentialModel.TYPE,
            WebAuthnCredentialModel.TYPE_TWOFACTOR,
            WebAuthnCredentialModel.TYPE_PASSWORDLESS,
            RecoveryAuthnCodesCredentialModel.TYPE);

    private PrivilegedCredentials() {}

    /**
     * One of them.
     *
     * @param secondFactor whether its owner has any second factor, by this credential or another
     * @param kind as Keycloak calls it; empty where Keycloak keeps none, for example since a directory does
     * @param createdAt for a password, when it was changed last
     */
    record Credential(
            boolean secondFactor,
            Optional<String> kind,
            Optional<String> label,
            Optional<Instant> createdAt,
            Optional<Long> ageDays) {}

    static List<Credential> of(UserModel user, Instant now) {
        boolean second = SECOND_FACTORS.stream().anyMatch(user.credentialManager()::isConfiguredFor);
        var stored = user.credentialManager()
                .getStoredCredentialsStream()
                .map(credential -> credential(credential, second, now))
                .toList();
        return stored.isEmpty()
                ? List.of(
                        new Credential(second, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()))
                : stored;
    }

    private static Credential credential(CredentialModel stored, boolean second, Instant now) {
        var created = Optional.ofNullable(stored.getCreatedDate())
                // NB. What was imported without one is as old as nobody knows.
                .filter(millis -> millis > 0)
                .map(Instant::ofEpochMilli);
        return new Credential(
                second,
                Optional.of(stored.getType()),
                Optional.ofNullable(stored.getUserLabel()).filter(label -> !label.isBlank()),
                created,
                created.map(time -> Duration.between(time, now).toDays()));
    }
}
