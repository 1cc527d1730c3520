package dev.sallyport.protection.realm;

import dev.sallyport.access.realm.AccessPolicyProvider;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import dev.sallyport.server.realm.Realms;
import java.time.Clock;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.logging.Logger;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;

/** Looks at every realm that has documents of the pack, or was set up: changes need not come through an API that tells. */
public record ProtectionSweep(KeycloakSessionFactory factory) {

    private static final Logger LOG = Logger.getLogger(ProtectionSweep.class);

    /** Each in a transaction of its own, so that one that fails keeps none of the others. */
    public void run() {
        for (var id : KeycloakModelUtils.runJobInTransactionWithResult(factory, ProtectionSweep::realms)) {
            try {
                KeycloakModelUtils.runJobInTransaction(factory, session -> Realms.enter(session, id)
                        .ifPresent(realm -> new Protection(session, realm, Clock.systemUTC()).look()));
            } catch (RuntimeException e) {
                LOG.warnf(e, "realm %s could not be looked at for what protects it; the next look will", id);
            }
        }
    }

    private static Set<String> realms(KeycloakSession session) {
        var known = session.getProvider(JpaConnectionProvider.class)
                .getEntityManager()
                .createNamedQuery("protectedRealms", String.class)
                .getResultList();
        var realms = new TreeSet<>(known);
        realms.addAll(Realms.having(session, PrivilegeProvider.class));
        realms.addAll(Realms.having(session, AccessPolicyProvider.class));
        return realms;
    }
}
