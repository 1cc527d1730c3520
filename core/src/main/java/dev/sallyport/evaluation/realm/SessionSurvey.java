package dev.sallyport.evaluation.realm;

import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.evaluation.Toll;
import dev.sallyport.session.realm.SessionIndex;
import java.time.Clock;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * How many live sessions the rules would end as they are in this transaction, before it is committed. The engine is the one
 * that ends them; of a realm with many sessions a sample is asked, since whoever saves a policy waits for the answer.
 */
public record SessionSurvey(KeycloakSession session, RealmModel realm) {

    /** Fewer touched sessions than these need no confirmation, whatever their share. */
    private static final int NEGLIGIBLE = 50;

    private static final int SAMPLE = 500;

    /** What a change that has been made in this transaction would end. */
    public Toll toll() {
        var index = new SessionIndex(session, realm);
        long live = index.size();
        int share = EvaluationServer.confirmShare(session);
        if (live < NEGLIGIBLE) return new Toll(live, 0, 0, NEGLIGIBLE, share);
        var gate = AccessGate.ofRulesAsTheyAre(session, realm, Clock.systemUTC());
        var evaluation = new SessionEvaluation(session, realm, gate, Clock.systemUTC());
        var sample = index.sample(SAMPLE);
        long ending = sample.stream().filter(evaluation::ends).count();
        return new Toll(live, sample.size(), ending, NEGLIGIBLE, share);
    }
}
