package dev.sallyport.access.realm;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.ConfigurableAuthenticatorFactory;
import org.keycloak.authentication.authenticators.util.AuthenticatorUtils;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.sessions.AuthenticationSessionModel;

/** The steps of flows that an authentication has behind it. */
record CompletedSteps(KeycloakSession session, RealmModel realm) {

    /** By step, when it was completed; those of earlier logins in the same session among them. */
    Map<AuthenticationExecutionModel, Instant> of(AuthenticationSessionModel authSession) {
        var completed = authSession.getUserSessionNotes().get(Constants.AUTHENTICATORS_COMPLETED);
        var steps = new LinkedHashMap<AuthenticationExecutionModel, Instant>();
        AuthenticatorUtils.parseCompletedExecutions(completed)
                .forEach((id, seconds) -> Optional.ofNullable(realm.getAuthenticationExecutionById(id))
                        .ifPresent(step -> steps.put(step, Instant.ofEpochSecond(seconds))));
        return steps;
    }

    /** What kind of credential a step takes, or how it recognises users otherwise, as Keycloak names it. */
    Optional<String> category(AuthenticationExecutionModel step) {
        var factory =
                session.getKeycloakSessionFactory().getProviderFactory(Authenticator.class, step.getAuthenticator());
        return factory instanceof ConfigurableAuthenticatorFactory kind
                ? Optional.ofNullable(kind.getReferenceCategory())
                : Optional.empty();
    }

    /** By kind of credential, when one was last given. */
    Map<String, Instant> proofs(AuthenticationSessionModel authSession) {
        var proofs = new TreeMap<String, Instant>();
        of(authSession).forEach((step, time) -> category(step)
                .ifPresent(kind -> proofs.merge(kind, time, (one, other) -> one.isAfter(other) ? one : other)));
        return proofs;
    }
}
