package dev.sallyport.authenticators;

import dev.sallyport.authenticators.ElevationStep.Result;
import org.keycloak.Config;
import org.keycloak.authentication.InitiatedActionSupport;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.RequiredActionFactory;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;

/** Lets a user request the privilege that an application names: {@code kc_action=sallyport-elevate:<privilege>}. */
public final class ElevateRequiredAction implements RequiredActionProvider {

    /** The provider id. */
    public static final String ID = "sallyport-elevate";

    /** A year, in seconds. */
    private static final int MAX_AGE = 31_536_000;

    private final KeycloakSession session;

    private ElevateRequiredAction(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public InitiatedActionSupport initiatedActionSupport() {
        return InitiatedActionSupport.SUPPORTED;
    }

    // NB. How old an authentication may be, the privilege says, and the gate asks for a newer one.
    @Override
    public int getMaxAuthAge(KeycloakSession asked) {
        return MAX_AGE;
    }

    // NB. Never by itself: only an application starts it.
    @Override
    public void evaluateTriggers(RequiredActionContext context) {}

    @Override
    public void requiredActionChallenge(RequiredActionContext context) {
        var wish = new ElevationWish(session, context.getAuthenticationSession());
        if (wish.parameter().isEmpty()) context.ignore();
        else end(context, step(context).open());
    }

    @Override
    public void processAction(RequiredActionContext context) {
        end(context, step(context).act(context.getHttpRequest().getDecodedFormParameters()));
    }

    private ElevationStep step(RequiredActionContext context) {
        var authSession = context.getAuthenticationSession();
        var privilege = new ElevationWish(session, authSession).parameter().orElse("");
        return new ElevationStep(session, authSession, privilege, context::form, context::getActionUrl);
    }

    private static void end(RequiredActionContext context, Result result) {
        if (result instanceof Result.Shown shown) context.challenge(shown.response());
        else if (result instanceof Result.Elevated) context.success();
        else context.cancel();
    }

    @Override
    public void close() {}

    /** Describes the action to administrators. */
    public static final class Factory implements RequiredActionFactory {

        @Override
        public RequiredActionProvider create(KeycloakSession session) {
            return new ElevateRequiredAction(session);
        }

        @Override
        public String getId() {
            return ID;
        }

        @Override
        public String getDisplayText() {
            return "Request elevated access";
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {}

        @Override
        public void close() {}
    }
}
