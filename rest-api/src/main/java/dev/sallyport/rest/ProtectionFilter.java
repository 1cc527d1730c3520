package dev.sallyport.rest;

import dev.sallyport.protection.realm.Protection;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.ext.Provider;
import java.time.Clock;
import java.util.Set;
import org.keycloak.models.KeycloakSession;
import org.keycloak.utils.KeycloakSessionUtil;

/**
 * Looks, in the transaction of each change that an administrator makes, whether something of the pack stopped working by it.
 * No event listener could: Keycloak tells of no change of client policies, and a listener can be taken out of its realm.
 */
@Provider
public final class ProtectionFilter implements ContainerResponseFilter {

    private static final Set<String> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (READING.contains(request.getMethod())) return;
        if (response.getStatusInfo().getFamily() != Status.Family.SUCCESSFUL) return;
        var session = KeycloakSessionUtil.getKeycloakSession();
        if (session == null || session.isClosed() || session.getContext().getBearerToken() == null) return;
        if (!AccessFilter.administers(request.getUriInfo())) return;
        try {
            look(session);
        } catch (RuntimeException e) {
            // NB. What would leave no trace is not done.
            session.getTransactionManager().setRollbackOnly();
            throw e;
        }
    }

    private static void look(KeycloakSession session) {
        var transaction = session.getTransactionManager();
        if (!transaction.isActive() || transaction.getRollbackOnly()) return;
        var concerned = session.getContext().getRealm();
        // NB. It may be the realm that is gone.
        var realm = concerned == null ? null : session.realms().getRealm(concerned.getId());
        if (realm != null) new Protection(session, realm, Clock.systemUTC()).look();
    }
}
