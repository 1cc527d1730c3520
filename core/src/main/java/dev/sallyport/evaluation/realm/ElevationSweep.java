package dev.sallyport.evaluation.realm;

import dev.sallyport.elevation.realm.Assignments;
import dev.sallyport.elevation.realm.ElevationEnds;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import dev.sallyport.session.realm.Reevaluation.Scope;
import dev.sallyport.session.realm.ReevaluationQueue.Work;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** Ends what nobody told of: who left a group in a directory outside, a session that expired in silence. */
record ElevationSweep(KeycloakSessionFactory factory) {

    private static final int PAGE = 50;

    void run() {
        realms().forEach(realm -> all(realm, Scope.REALM, realm));
        assignments();
    }

    /** Takes away what is mapped to users for elevations that are over; also where the privilege is gone. */
    void assignments() {
        var realms = KeycloakModelUtils.runJobInTransactionWithResult(factory, Assignments::realms);
        for (var realm : realms) {
            var position = Optional.of(ElevationEnds.BEGINNING);
            while (position.isPresent()) {
                var from = position.get();
                position = KeycloakModelUtils.runJobInTransactionWithResult(
                        factory, session -> assignments(session, realm, from));
            }
        }
    }

    private static Optional<String> assignments(KeycloakSession session, String realmId, String from) {
        var realm = session.realms().getRealm(realmId);
        if (realm == null) return Optional.empty();
        session.getContext().setRealm(realm);
        return new Assignments(session, realm, Clock.systemUTC()).sweep(from, PAGE);
    }

    private List<String> realms() {
        return KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> session.realms()
                .getRealmsWithProviderTypeStream(PrivilegeProvider.class)
                .map(RealmModel::getId)
                .toList());
    }

    /** Which of them touch an elevation. What many devices did together mostly touches none. */
    List<Work> concerned(List<Work> works) {
        return KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> works.stream()
                .filter(work -> concerned(session, work))
                .toList());
    }

    private static boolean concerned(KeycloakSession session, Work work) {
        var realm = session.realms().getRealm(work.realmId());
        if (realm == null) return false;
        // NB. The change may be that the last privilege is gone.
        if (work.scope() == Scope.REALM) return true;
        return new ElevationEnds(session, realm, Clock.systemUTC()).any(work.scope(), work.subject());
    }

    /** Ends all that a change touches and nobody has any more. */
    void all(String realmId, Scope scope, String subject) {
        var position = Optional.of(ElevationEnds.BEGINNING);
        while (position.isPresent()) {
            var from = position.get();
            position = KeycloakModelUtils.runJobInTransactionWithResult(
                    factory, session -> page(session, realmId, scope, subject, from));
        }
    }

    private static Optional<String> page(
            KeycloakSession session, String realmId, Scope scope, String subject, String from) {
        var realm = session.realms().getRealm(realmId);
        if (realm == null) return Optional.empty();
        session.getContext().setRealm(realm);
        return new ElevationEnds(session, realm, Clock.systemUTC()).page(scope, subject, from, PAGE);
    }
}
