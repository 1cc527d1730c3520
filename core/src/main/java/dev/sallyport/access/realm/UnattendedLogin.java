package dev.sallyport.access.realm;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.ConfigurableAuthenticatorFactory;
import org.keycloak.authentication.authenticators.browser.SpnegoAuthenticatorFactory;
import org.keycloak.authentication.authenticators.util.AuthenticatorUtils;
import org.keycloak.authentication.authenticators.x509.AbstractX509ClientCertificateAuthenticator;
import org.keycloak.authentication.authenticators.x509.X509ClientCertificateAuthenticatorFactory;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.AuthenticatorConfigModel;
import org.keycloak.models.Constants;
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
        var done = done(authSession);
        return done.stream().anyMatch(this::byItself) && done.stream().noneMatch(this::byTheUser);
    }

    private List<AuthenticationExecutionModel> done(AuthenticationSessionModel authSession) {
        var completed = authSession.getUserSessionNotes().get(Constants.AUTHENTICATORS_COMPLETED);
        return AuthenticatorUtils.parseCompletedExecutions(completed).keySet().stream()
                .flatMap(id -> Optional.ofNullable(realm.getAuthenticationExecutionById(id)).stream())
                .toList();
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
        var factory = session.getKeycloakSessionFactory()
                .getProviderFactory(Authenticator.class, execution.getAuthenticator());
        return factory instanceof ConfigurableAuthenticatorFactory kind
                && kind.getReferenceCategory() != null
                && !OF_NO_USER.contains(kind.getReferenceCategory());
    }
}
