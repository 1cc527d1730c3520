package dev.sallyport.protection.realm;

import dev.sallyport.access.realm.AccessPolicyProvider;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import java.time.Clock;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** Looks at every realm that has documents of the pack, or was set up: changes need not come through an API that tells. */
public record ProtectionSweep(KeycloakSessionFactory factory) {

    private static final Logger LOG = Logger.getLogger(ProtectionSweep.class);

    /** Each in a transaction of its own, so that one that fails keeps none of the others. */
    public void run() {
        for (var id : KeycloakModelUtils.runJobInTransactionWithResult(factory, ProtectionSweep::realms)) {
            try {
                KeycloakModelUtils.runJobInTransaction(factory, session -> look(session, id));
            } catch (RuntimeException e) {
                LOG.warnf(e, "realm %s could not be looked at for what protects it; the next look will", id);
            }
        }
    }

    private static void look(KeycloakSession session, String id) {
        var realm = session.realms().getRealm(id);
        if (realm == null) return;
        session.getContext().setRealm(realm);
        new Protection(session, realm, Clock.systemUTC()).look();
    }

    private static Set<String> realms(KeycloakSession session) {
        var known = session.getProvider(JpaConnectionProvider.class)
                .getEntityManager()
                .createNamedQuery("protectedRealms", String.class)
                .getResultList();
        var realms = new TreeSet<>(known);
        Stream.of(PrivilegeProvider.class, AccessPolicyProvider.class)
                .flatMap(session.realms()::getRealmsWithProviderTypeStream)
                .map(RealmModel::getId)
                .forEach(realms::add);
        return realms;
    }
}
