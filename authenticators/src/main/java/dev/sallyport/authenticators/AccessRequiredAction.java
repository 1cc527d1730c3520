package dev.sallyport.authenticators;

import dev.sallyport.access.Door;
import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.access.realm.AccessGate.Judgement;
import java.util.List;
import org.keycloak.Config;
import org.keycloak.authentication.InitiatedActionSupport;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.RequiredActionFactory;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RequiredActionProviderModel;

/**
 * Asks the realm's access policies after every authentication, whatever flow it took: brokered logins, a client's own flow
 * and forgotten gates all end here. It cannot ask for more, so what a gate would have sent to a stronger authentication it
 * refuses.
 *
 * <p>NB. Keycloak passes over an action that was ignored once, and it ignores one that was requested by {@code kc_action}
 * but does not support that. So this one supports it, and is never ignored.
 */
public final class AccessRequiredAction implements RequiredActionProvider {

    /** The provider id. */
    public static final String ID = "sallyport-access";

    private final KeycloakSession session;

    private AccessRequiredAction(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public InitiatedActionSupport initiatedActionSupport() {
        return InitiatedActionSupport.SUPPORTED;
    }

    @Override
    public void evaluateTriggers(RequiredActionContext context) {
        var authSession = context.getAuthenticationSession();
        // NB. Without a gate in the flow nobody has waited for the device's management yet.
        boolean allowed = !checking(context).needed(door(context))
                && judge(context).decision().allowed();
        aliases(context.getRealm()).forEach(alias -> {
            if (allowed) authSession.removeRequiredAction(alias);
            else authSession.addRequiredAction(alias);
        });
    }

    @Override
    public void requiredActionChallenge(RequiredActionContext context) {
        var checking = checking(context).page(door(context), context::form, context::getActionUrl);
        if (checking.isPresent()) {
            context.challenge(checking.get());
            return;
        }
        var judgement = judge(context);
        if (judgement.decision().allowed()) context.success();
        else
            context.challenge(new Refusal(session, context.getAuthenticationSession(), judgement).page(context.form()));
    }

    @Override
    public void processAction(RequiredActionContext context) {
        if (Refusal.accepted(session)) context.failure();
        else requiredActionChallenge(context);
    }

    private Judgement judge(RequiredActionContext context) {
        return new AccessGate(session).atBrowser(door(context), context.getAuthenticationSession());
    }

    private DeviceChecking checking(RequiredActionContext context) {
        return new DeviceChecking(new AccessGate(session), context.getAuthenticationSession());
    }

    private Door door(RequiredActionContext context) {
        return Entrance.of(session, context.getAuthenticationSession());
    }

    // NB. Keycloak looks an action up by its alias, which administrators may change, and passes over one it does not
    // find.
    private static List<String> aliases(RealmModel realm) {
        return realm.getRequiredActionProvidersStream()
                .filter(action -> ID.equals(action.getProviderId()))
                .map(RequiredActionProviderModel::getAlias)
                .toList();
    }

    @Override
    public void close() {}

    /** Describes the action to administrators. */
    public static final class Factory implements RequiredActionFactory {

        @Override
        public RequiredActionProvider create(KeycloakSession session) {
            return new AccessRequiredAction(session);
        }

        @Override
        public String getId() {
            return ID;
        }

        @Override
        public String getDisplayText() {
            return "Conditional access";
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {}

        @Override
        public void close() {}
    }
}
