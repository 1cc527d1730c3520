package dev.sallyport.rest;

import dev.sallyport.audit.realm.RecordFirst;
import jakarta.annotation.Priority;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;
import org.keycloak.utils.KeycloakSessionUtil;

/** Has each request begin with what makes it fail if what it does cannot be recorded. */
@Provider
@Priority(0)
public final class RecordFilter implements ContainerRequestFilter {

    @Override
    public void filter(ContainerRequestContext request) {
        var session = KeycloakSessionUtil.getKeycloakSession();
        if (session != null && !session.isClosed()) RecordFirst.begin(session);
    }
}
