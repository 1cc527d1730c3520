package dev.sallyport.evaluation.realm;

import dev.sallyport.elevation.realm.Assignments;
import dev.sallyport.elevation.realm.ElevationEnds;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import dev.sallyport.server.realm.Realms;
import dev.sallyport.session.realm.Reevaluation.Scope;
import dev.sallyport.session.realm.ReevaluationQueue.Work;
import java.time.Clock;
import java.util.List;
import java.util.function.BiFunction;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** Ends what nobody told of: who left a group in a directory outside, a session that expired in silence. */
record ElevationSweep(KeycloakSessionFactory factory) {

    private static final Logger LOG = Logger.getLogger(ElevationSweep.class);
    private static final int PAGE = 50;

    /** @return of how many realms */
    int run() {
        var realms = KeycloakModelUtils.runJobInTransactionWithResult(
                factory, session -> Realms.having(session, PrivilegeProvider.class));
        realms.forEach(this::sweep);
        assignments();
        return realms.size();
    }

    private void sweep(String realmId) {
        try {
            each(
                    realmId,
                    (session, model, after) -> ends(session, model).touched(Scope.REALM, realmId, after, PAGE),
                    (session, model, ids) ->
                            ids.stream().filter(id -> lost(session, model, id)).toList(),
                    (session, model, id) -> ends(session, model).lookClearly(id));
        } catch (RuntimeException e) {
            LOG.warnf(e, "elevations of realm %s were not all looked at; the next sweep will", realmId);
        }
    }

    private static boolean lost(KeycloakSession session, RealmModel realm, String id) {
        try {
            return ends(session, realm).clearlyLost(id);
        } catch (RuntimeException e) {
            LOG.warnf(
                    "nobody can tell now whether elevation %s in realm %s still holds; it is asked again: %s",
                    id, realm.getId(), e.getMessage());
            return false;
        }
    }

    /** Takes away what is mapped to users for elevations that are over; also where the privilege is gone. */
    void assignments() {
        for (var realm : KeycloakModelUtils.runJobInTransactionWithResult(factory, Assignments::realms)) {
            each(
                    realm,
                    (session, model, after) -> assignments(session, model).elevations(after, PAGE),
                    (session, model, id) -> assignments(session, model).sweep(id));
            inRealm(realm, realm, (session, model) -> {
                assignments(session, model).forget();
                return realm;
            });
        }
    }

    /** Ends all that a change touches and nobody has any more. */
    void all(String realmId, Scope scope, String subject) {
        each(
                realmId,
                (session, model, after) -> ends(session, model).touched(scope, subject, after, PAGE),
                (session, model, id) -> ends(session, model).look(id));
    }

    private interface Reading {
        List<String> page(KeycloakSession session, RealmModel realm, String after);
    }

    private interface Choosing {
        List<String> choose(KeycloakSession session, RealmModel realm, List<String> ids);
    }

    private interface Looking {
        void look(KeycloakSession session, RealmModel realm, String id);
    }

    // NB. Each in a transaction of its own: one that fails, because a directory cannot be written for one, keeps none
    // of the
    // others, and two sweeps that meet do not wait for each other with many users in hand.
    private void each(String realmId, Reading reading, Looking looking) {
        each(realmId, reading, (session, realm, ids) -> ids, looking);
    }

    /** @param choosing which of a page need a transaction of their own, where most will not */
    private void each(String realmId, Reading reading, Choosing choosing, Looking looking) {
        var after = ElevationEnds.BEGINNING;
        for (boolean more = true; more; ) {
            var from = after;
            var ids = inRealm(realmId, List.<String>of(), (session, realm) -> reading.page(session, realm, from));
            var chosen = inRealm(realmId, List.<String>of(), (session, realm) -> choosing.choose(session, realm, ids));
            for (var id : chosen) look(realmId, id, looking);
            more = ids.size() == PAGE;
            if (more) after = ids.get(ids.size() - 1);
        }
    }

    private void look(String realmId, String id, Looking looking) {
        try {
            inRealm(realmId, id, (session, realm) -> {
                looking.look(session, realm, id);
                return id;
            });
        } catch (RuntimeException e) {
            LOG.warnf(
                    e, "elevation %s in realm %s is over, which could not be followed; it is tried again", id, realmId);
        }
    }

    private <T> T inRealm(String realmId, T otherwise, BiFunction<KeycloakSession, RealmModel, T> job) {
        return KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> Realms.enter(session, realmId)
                .map(realm -> job.apply(session, realm))
                .orElse(otherwise));
    }

    private static Assignments assignments(KeycloakSession session, RealmModel realm) {
        return new Assignments(session, realm, Clock.systemUTC());
    }

    private static ElevationEnds ends(KeycloakSession session, RealmModel realm) {
        return new ElevationEnds(session, realm, Clock.systemUTC());
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
}
