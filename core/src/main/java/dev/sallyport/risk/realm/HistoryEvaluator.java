package dev.sallyport.risk.realm;

import dev.sallyport.risk.Risk;
import dev.sallyport.risk.Unfamiliarity;
import java.util.Optional;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;

/** Compares a login with the user's earlier ones. Rules: {@link Unfamiliarity}. */
final class HistoryEvaluator implements RiskEvaluator {

    private final KeycloakSession session;

    private HistoryEvaluator(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public Optional<Risk> evaluate(SignIn signIn) {
        var history = new JpaLoginHistoryStore(session, signIn.realm())
                .of(signIn.user().getId());
        return Optional.of(Unfamiliarity.judge(history, signIn.attempt()));
    }

    /** Creates it; {@code --spi-sallyport-risk--history--enabled=false} leaves risk to others. */
    public static final class Factory implements RiskEvaluator.Factory {

        @Override
        public RiskEvaluator create(KeycloakSession session) {
            return new HistoryEvaluator(session);
        }

        @Override
        public String getId() {
            return "history";
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {}

        @Override
        public void close() {}
    }
}
