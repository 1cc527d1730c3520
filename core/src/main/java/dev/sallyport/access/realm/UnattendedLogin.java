package dev.sallyport.access.realm;

import java.util.Optional;
import java.util.Set;
import org.keycloak.authentication.authenticators.browser.SpnegoAuthenticatorFactory;
import org.keycloak.authentication.authenticators.x509.AbstractX509ClientCertificateAuthenticator;
import org.keycloak.authentication.authenticators.x509.X509ClientCertificateAuthenticatorFactory;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.AuthenticatorConfigModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserCredentialModel;
import org.keycloak.sessions.AuthenticationSessionModel;

/** Whether a login took nothing but what a machine gives by itself: a Kerberos ticket, or a certificate without a page. */
record UnattendedLogin(KeycloakSession session, RealmModel realm) {

    /** The categories of steps that nobody sees, as Keycloak names them. */
    private static final Set<String> OF_NO_USER = Set.of("cookie", UserCredentialModel.KERBEROS, "condition");

    /** What begins the names of our own steps, of which none asks for a proof. */
    private static final String OURS = "sallyport-";

    boolean is(AuthenticationSessionModel authSession) {
        var done = new CompletedSteps(session, realm).of(authSession).keySet();
        return done.stream().anyMatch(this::byItself) && done.stream().noneMatch(this::byTheUser);
    }

    private boolean byItself(AuthenticationExecutionModel execution) {
        return switch (execution.getAuthenticator()) {
            case SpnegoAuthenticatorFactory.PROVIDER_ID -> true;
            case X509ClientCertificateAuthenticatorFactory.PROVIDER_ID -> !asksToConfirm(execution);
            default -> false;
        };
    }

    private boolean asksToConfirm(AuthenticationExecutionModel execution) {
        return Optional.ofNullable(execution.getAuthenticatorConfig())
                .map(realm::getAuthenticatorConfigById)
                .map(AuthenticatorConfigModel::getConfig)
                .map(config -> config.get(AbstractX509ClientCertificateAuthenticator.CONFIRMATION_PAGE_DISALLOWED))
                .filter(Boolean::parseBoolean)
                .isEmpty();
    }

    private boolean byTheUser(AuthenticationExecutionModel execution) {
        if (execution.getAuthenticator().startsWith(OURS)) return false;
        return new CompletedSteps(session, realm)
                .category(execution)
                .filter(category -> !OF_NO_USER.contains(category))
                .isPresent();
    }
}
