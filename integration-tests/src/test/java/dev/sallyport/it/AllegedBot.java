package dev.sallyport.it;

import dev.sallyport.risk.Risk;
import dev.sallyport.risk.realm.RiskEvaluator;
import dev.sallyport.risk.realm.SignIn;
import java.util.List;
import java.util.Optional;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;

/** An evaluator of risk as somebody else would write one, in a jar of its own: it knows a bot by what the bot calls itself. */
public final class AllegedBot implements RiskEvaluator.Factory {

    static final String NAME = "AllegedBot/1.0";

    @Override
    public RiskEvaluator create(KeycloakSession session) {
        return signIn -> opinion(session, signIn);
    }

    private static Optional<Risk> opinion(KeycloakSession session, SignIn signIn) {
        var name = session.getContext().getRequestHeaders().getHeaderString("User-Agent");
        boolean bot = NAME.equals(name) && signIn.client().getClientId().equals("vault");
        return bot ? Optional.of(new Risk(Optional.of(Risk.Level.HIGH), List.of("alleged-bot"))) : Optional.empty();
    }

    @Override
    public String getId() {
        return "alleged-bot";
    }

    @Override
    public void init(Config.Scope config) {}

    @Override
    public void postInit(KeycloakSessionFactory factory) {}

    @Override
    public void close() {}
}
