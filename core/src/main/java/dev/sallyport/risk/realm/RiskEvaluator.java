package dev.sallyport.risk.realm;

import dev.sallyport.risk.Risk;
import dev.sallyport.server.realm.PackSpi;
import java.util.Optional;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderFactory;

/**
 * Has an opinion on how suspicious a login is. The pack brings {@link HistoryEvaluator}; anybody may add others, with a
 * {@link Factory} in a jar of their own and its name in
 * {@code META-INF/services/dev.sallyport.risk.realm.RiskEvaluator$Factory}. The contract:
 *
 * <ul>
 *   <li><b>When.</b> Asked where the user's own browser or device is at the other end: at a login, at SSO re-entry, at a
 *       direct grant, if a policy that may apply asks for risk. Once when the login is first judged, usually between the first
 *       factor and the second, and once more when it is complete; a condition that stands earlier in a flow asks as
 *       well. So an opinion may be on what will be refused or abandoned: being asked is no sign of success. Later doors
 *       of the session (refresh, introspection and the like) go by what was said at its last browser door. Service
 *       accounts are not asked about; their risk is low.
 *   <li><b>What is returned.</b> Empty is no opinion, and leaves the answer to the others; if nobody has an opinion the
 *       risk is unknown. A {@link Risk} without a level says that it is unknown. Reasons are ids, which administrators
 *       read in decisions and in the audit log: no personal data.
 *   <li><b>Several evaluators.</b> All are asked, in no particular order. The highest level wins, and the reasons are
 *       united: an evaluator can raise the risk but never lower it.
 *   <li><b>Failure.</b> An exception, a level that is unknown, or null makes the risk unknown, unless another evaluator says
 *       high. Every policy with a floor of risk applies to an unknown risk.
 *   <li><b>Time.</b> The user waits, and a database transaction is open: answer from memory or from Keycloak's database,
 *       in milliseconds. No request to another system; fetch what it knows beforehand. Nothing interrupts an evaluator.
 *   <li><b>Threads.</b> An instance belongs to one {@code KeycloakSession} and its thread, and lives as long; the factory is
 *       shared. An evaluator must not change users, sessions or the response, nor mark the transaction for roll-back.
 * </ul>
 */
public interface RiskEvaluator extends Provider {

    /** @return the opinion; empty for none */
    Optional<Risk> evaluate(SignIn signIn);

    @Override
    default void close() {}

    /** Creates evaluators. */
    interface Factory extends ProviderFactory<RiskEvaluator> {}

    /** Makes the SPI {@code sallyport-risk} known to Keycloak. */
    final class ProviderSpi extends PackSpi {

        public ProviderSpi() {
            super("sallyport-risk", RiskEvaluator.class, Factory.class);
        }
    }
}
