package dev.sallyport.authenticators;

import dev.sallyport.access.Door;
import dev.sallyport.authenticators.ElevationStep.Result;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.keycloak.Config;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.AuthenticationFlowError;
import org.keycloak.authentication.AuthenticationFlowException;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.AuthenticatorFactory;
import org.keycloak.models.AuthenticationExecutionModel.Requirement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.provider.ProviderConfigProperty;

/** Lets a user request the privileges that the application wants this login to end with, one after the other. */
public final class ElevationAuthenticator implements Authenticator {

    /** The provider id. */
    public static final String ID = "sallyport-elevation";

    /** The note with a privilege that the user goes on without; its name follows. */
    private static final String WITHOUT = "sallyport.elevation.without.";

    private final KeycloakSession session;

    private ElevationAuthenticator(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public void authenticate(AuthenticationFlowContext context) {
        proceed(context, ElevationStep::open);
    }

    @Override
    public void action(AuthenticationFlowContext context) {
        proceed(context, step -> step.act(context.getHttpRequest().getDecodedFormParameters()));
    }

    /** @param first what happens to the privilege that it is about now; those that follow are opened */
    private void proceed(AuthenticationFlowContext context, Function<ElevationStep, Result> first) {
        var authSession = context.getAuthenticationSession();
        var door = Entrance.of(session, authSession);
        // NB. Nobody is there to be asked, and no session of the user's for whom it could be.
        if (door == Door.DIRECT_GRANT) {
            context.success();
            return;
        }
        var todo = first;
        for (var wanted = wanted(context); wanted.isPresent(); wanted = wanted(context)) {
            if (Entrance.passive(authSession)) throw silent();
            var result = todo.apply(step(context, wanted.get()));
            todo = ElevationStep::open;
            if (result instanceof Result.Shown shown) {
                context.forceChallenge(shown.response());
                return;
            }
            if (result instanceof Result.Again) {
                context.resetFlow();
                return;
            }
            if (result instanceof Result.Without) authSession.setAuthNote(WITHOUT + wanted.get(), "true");
        }
        // NB. A login that ended in a script's request would not be the browser's.
        if (ElevationStep.asked(session)) context.forceChallenge(ElevationStep.goOn(next(context)));
        else context.success();
    }

    /** The next privilege that the user neither has nor goes on without. */
    private Optional<String> wanted(AuthenticationFlowContext context) {
        var authSession = context.getAuthenticationSession();
        return new ElevationWish(session, authSession)
                .inLogin().stream()
                        .filter(privilege -> authSession.getAuthNote(WITHOUT + privilege) == null)
                        .filter(privilege -> !step(context, privilege).elevated())
                        .findFirst();
    }

    private ElevationStep step(AuthenticationFlowContext context, String privilege) {
        return new ElevationStep(
                session, context.getAuthenticationSession(), privilege, context::form, () -> next(context));
    }

    private static URI next(AuthenticationFlowContext context) {
        return context.getActionUrl(context.generateAccessCode());
    }

    // NB. Thrown, since a mere answer from an authenticator becomes login_required when no page may be shown.
    private AuthenticationFlowException silent() {
        var authSession = session.getContext().getAuthenticationSession();
        return new AuthenticationFlowException(
                AuthenticationFlowError.GENERIC_AUTHENTICATION_ERROR,
                Refusal.interactionRequired(session, authSession));
    }

    @Override
    public boolean requiresUser() {
        return true;
    }

    @Override
    public boolean configuredFor(KeycloakSession session, RealmModel realm, UserModel user) {
        return true;
    }

    @Override
    public void setRequiredActions(KeycloakSession session, RealmModel realm, UserModel user) {}

    @Override
    public void close() {}

    /** Describes the authenticator to administrators. */
    public static final class Factory implements AuthenticatorFactory {

        private static final Requirement[] REQUIREMENTS = {Requirement.REQUIRED, Requirement.DISABLED};

        @Override
        public Authenticator create(KeycloakSession session) {
            return new ElevationAuthenticator(session);
        }

        @Override
        public String getId() {
            return ID;
        }

        @Override
        public String getDisplayType() {
            return "Just-in-time elevation";
        }

        @Override
        public String getReferenceCategory() {
            return "elevation";
        }

        @Override
        public String getHelpText() {
            return "Lets a user request a privilege when the application asks for the client scope elevate:<privilege>, or"
                    + " for an ACR that the realm's attribute " + ElevationWish.ACRS
                    + " maps to a privilege, and waits for"
                    + " its approval. Who goes on without it is logged in all the same. Place it last in the sub-flow of"
                    + " \"Conditional access\", so that it also runs on SSO re-entry, and after what that asks for.";
        }

        @Override
        public boolean isConfigurable() {
            return false;
        }

        @Override
        public Requirement[] getRequirementChoices() {
            return REQUIREMENTS.clone();
        }

        @Override
        public boolean isUserSetupAllowed() {
            return false;
        }

        @Override
        public List<ProviderConfigProperty> getConfigProperties() {
            return List.of();
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {}

        @Override
        public void close() {}
    }
}
